"""A real kernel: what a notebook shows, and one card that stays one card while an intent lives."""

from __future__ import annotations

from typing import Any

import pytest

from axme.gateway import LocalGateway

CELLS = (
    """
import threading
from axme import AxmeClient, AxmeClientConfig, HumanTask
client = AxmeClient(AxmeClientConfig())
task = HumanTask.approval("May we?", notify="anna@example.com")
intent = client.intents.create("budget.approval.v1", to="shop", human_task=task)
intent
""",
    "client.intents.list()",
    "client.intents.get('00000000-0000-0000-0000-000000000000')",
    """
threading.Timer(1, lambda: client.intents.handle(intent.id).decide("approved")).start()
intent.watch(timeout=60).status
""",
    "intent.timeline()",
    "client.close()",
)


@pytest.fixture
def outputs(gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
    """What each cell left below itself."""
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    monkeypatch.setenv("AXME_API_KEY", gateway.api_key)
    monkeypatch.setenv("AXME_BASE_URL", gateway.base_url)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3", allow_errors=True).execute()
    return [cell.outputs for cell in book.cells]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_notebook_shows_cards_and_keeps_one(outputs: list[list[Any]]) -> None:
    card, table, refused, watched, drawn, _ = outputs
    assert "axme-card" in card[0].data["text/html"]
    assert "axme-grid" in table[0].data["text/html"]
    assert refused[0].ename == "AxmeNotFoundError"
    live, result = watched
    assert "approved by admin" in live.data["text/html"]
    assert live.data["text/plain"].endswith("COMPLETED")
    assert "COMPLETED" in result.data["text/plain"]
    assert "<svg" in drawn[0].data["text/html"]
    assert drawn[0].data["text/plain"].startswith("at")
