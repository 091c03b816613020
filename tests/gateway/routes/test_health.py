"""What watches over a gateway is told: health, readiness, metrics, and who may read them."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from axme.gateway import LocalGateway
from axme.gateway.datadir import READY, read_json
from tests.plain import TIMEOUT, Caller, admin, refused, until

pytestmark = pytest.mark.slow

INTENT = {"intent_type": "test.task.v1", "to_agent": "worker", "payload": {"text": "x" * 2000}}


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=TIMEOUT)


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(text)
    return {(it.name, frozenset(it.labels.items())): it.value for family in families for it in family.samples}


def test_a_well_gateway_is_ready_for_everybody(gateway: LocalGateway) -> None:
    assert get(f"{gateway.base_url}/ready").json() == {"ok": True, "status": "ready"}
    assert get(f"{gateway.base_url}/health").json()["status"] == "ok"


def test_metrics_count_what_was_asked_by_operation_and_name_no_id(caller: Caller, gateway: LocalGateway) -> None:
    intent_id = caller.create()
    caller.get(f"/v1/intents/{intent_id}")
    refused(caller.send("GET", "/v1/intents/00000000-0000-4000-8000-000000000000"), 404, "not_found")
    answer = get(f"{gateway.base_url}/metrics")
    assert answer.status_code == 200
    found = samples(answer.text)
    for status in ("200", "404"):
        assert found["axme_requests_total", frozenset({("operation", "get_intent"), ("status", status)})] >= 1
    assert found["axme_request_seconds_count", frozenset({("operation", "create_intent")})] >= 1
    assert found["axme_database_up", frozenset()] == 1
    for secret in (intent_id, gateway.api_key, gateway.org_id, "local"):
        assert secret not in answer.text


@pytest.mark.parametrize("header", [{"X-Forwarded-For": "10.0.0.1"}, {"Forwarded": "for=10.0.0.1"}, {"Via": "1.1 p"}])
def test_metrics_are_not_told_through_a_proxy(gateway: LocalGateway, header: dict[str, str]) -> None:
    refused(get(f"{gateway.base_url}/metrics", **header), 403, "forbidden")


def test_a_metrics_token_is_asked_for_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXME_GATEWAY_METRICS_TOKEN", "s3cret-token")
    gateway = LocalGateway(tmp_path, 0, "real", None)
    gateway._launch(20)
    try:
        url = f"{gateway.base_url}/metrics"
        refused(get(url), 401, "invalid_platform_api_key")
        refused(get(url, Authorization="Bearer s3cret-tokeN"), 401, "invalid_platform_api_key")
        assert get(url, Authorization="Bearer s3cret-token", Via="1.1 proxy").status_code == 200
    finally:
        gateway.stop()


@pytest.mark.sqlite
def test_a_disk_that_is_full_is_told_and_gets_well_without_a_restart(tmp_path: Path) -> None:
    """The limit of a file's size stands for the disk's: SQLite cannot write, and can still read."""
    prlimit = shutil.which("prlimit")
    if prlimit is None:
        pytest.skip("needs prlimit, of Debian's package util-linux")
    gateway = LocalGateway(tmp_path, 0, "real", None)
    gateway._launch(20)

    def limit(size: str) -> None:
        subprocess.run([prlimit, f"--pid={gateway.pid}", f"--fsize={size}:unlimited"], check=True)

    try:
        with admin(gateway) as caller:
            kept = caller.create()
            wal = (tmp_path / "axme.db-wal").stat().st_size
            limit(str(wal + 4096))
            answers = [caller.send("POST", "/v1/intents", json=INTENT) for _ in range(20)]
            assert {answer.status_code for answer in answers} <= {200, 503}
            assert answers[-1].status_code == 503
            assert answers[-1].headers["retry-after"]
            assert caller.get(f"/v1/intents/{kept}")["intent"]["intent_id"] == kept
            health = get(f"{gateway.base_url}/health").json()
            assert (health["ok"], health["status"]) == (True, "degraded")
            assert get(f"{gateway.base_url}/ready").status_code == 503
            limit("unlimited")
            assert get(f"{gateway.base_url}/ready").status_code == 200
            assert get(f"{gateway.base_url}/health").json()["status"] == "ok"
            for answer in answers:
                if answer.status_code == 200:
                    caller.get(f"/v1/intents/{answer.json()['intent_id']}")
            assert caller.create()
    finally:
        gateway.stop()


def test_a_certificate_makes_it_speak_tls(tmp_path: Path) -> None:
    certificates = Path(__file__).parents[2] / "transport" / "certificates"
    tls = ["--tls-cert", str(certificates / "localhost.pem"), "--tls-key", str(certificates / "localhost.key")]
    gateway = LocalGateway(tmp_path, 0, "real", None, flags=tls)
    with subprocess.Popen(gateway._command(), env=gateway._environment(), stderr=subprocess.DEVNULL) as process:
        try:
            ready = until(lambda: read_json(tmp_path / READY), seconds=20)
            assert ready["base_url"].startswith("https://")
            trusting = ssl.create_default_context(cafile=str(certificates / "localhost.pem"))
            trusting.check_hostname = False
            with urlopen(f"{ready['base_url']}/ready", context=trusting, timeout=TIMEOUT) as answer:
                assert answer.status == 200
        finally:
            process.terminate()
