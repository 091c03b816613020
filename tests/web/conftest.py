"""Links to tasks, and a real Chromium to open them with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from axme.client import AxmeClient

MIA = "mia@example.com"


class Asked(NamedTuple):
    """A task, and the link to its page."""

    intent_id: str
    url: str


Ask = Callable[..., Asked]


def ask_with(client: AxmeClient, recipient: str = MIA, payload: dict[str, Any] | None = None, **asked: Any) -> Asked:
    """Ask somebody; what is no part of the intent belongs to the task."""
    own = {name: asked.pop(name) for name in ("deadline_at", "intent_type") if name in asked}
    body = {"intent_type": "page.test.v1", "to_agent": "manager", "payload": payload or {}}
    created = client.create_intent(body | own | {"human_task": {"title": "Approve it"} | asked})
    link = client.create_task_link(created["intent_id"], recipient=recipient)["link"]
    return Asked(created["intent_id"], link["url"])


@pytest.fixture
def ask(client: AxmeClient) -> Ask:
    """Ask Mia, on the shared gateway."""

    def asking(**asked: Any) -> Asked:
        return ask_with(client, **asked)

    return asking


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser of the machine; its event loop is gone before the tests of another module want one."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("the program chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
