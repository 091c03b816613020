"""Writes that are refused, and writes that are written down, shown, and sent later, once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from axme import AxmeClient, AxmeConnectionError, AxmeError, AxmePlanError, AxmeReadOnlyError, AxmeValidationError
from axme.gateway import LocalGateway, start
from tests.wire.recorder import Recorder, recording

# ---- reading only ----------------------------------------------------------------------------------------------------


def test_a_client_that_only_reads_refuses_every_write(client: AxmeClient) -> None:
    intent = client.intents.create("order.v1", to="read-only", payload={"n": 1})
    with client.read_only() as careful:
        seen = careful.intents.get(intent.id)
        assert seen.payload == {"n": 1}
        assert len(careful.intents.list(to="read-only")) == 1
        with seen.observe() as events:
            assert next(events).status == "CREATED"
        with pytest.raises(AxmeReadOnlyError, match=r"resolve_intent \(POST /v1/intents/.*\) would write"):
            seen.cancel()
        for write in (
            lambda: careful.create_intent(intent_type="order.v1", to_agent="x", payload={}),
            lambda: careful.post("/v1/intents", json={}),
            lambda: careful.delete("/v1/anything"),
            lambda: careful.agents.create("read-only-agent"),
            lambda: careful.with_options(timeout=3).create_organization({"name": "read only"}),
            lambda: careful.intents.bulk_cancel(dry_run=False),
            lambda: careful.media.upload(b"x", filename="x.txt"),
        ):
            with pytest.raises(AxmeReadOnlyError):
                write()
        assert careful.intents.bulk_cancel(older_than=timedelta(hours=1)).dry_run
        assert careful.mcp_list_tools()["tools"]
    assert intent.refresh().status == "DELIVERED"


def test_nothing_that_writes_gets_through() -> None:
    """Whatever method and path: only what is known to change nothing is sent."""
    with recording() as recorder, recorder.client().read_only() as careful:
        careful.get("/v1/things")
        for write in (careful.post, careful.put, careful.patch, careful.delete):
            with pytest.raises(AxmeReadOnlyError):
                write("/v1/things")
        careful.validate_scenario({"scenario_id": "s"})
        assert [asked.method for asked in recorder.asked] == ["GET", "POST"]


# ---- planning --------------------------------------------------------------------------------------------------------


def test_a_plan_writes_nothing_shows_itself_and_is_applied(fresh_gateway: LocalGateway) -> None:
    with fresh_gateway.client() as client:
        before = len(client.agents.list())
        with client.plan() as plan:
            org = client.organizations.create("Acme")
            workspace = org.workspaces.create("production", environment="production")
            agent = client.agents.create("billing")
            with pytest.raises(AxmePlanError, match="name of step 1 is only planned"):
                _ = org.name
            with pytest.raises(AxmePlanError, match=r"reads .*<org_id of 1>, which is only planned"):
                org.refresh()
            assert len(client.agents.list()) == before
        text = str(plan)
        assert "POST /v1/organizations/<org_id of 1>/workspaces" in text
        assert [step.state for step in plan.steps] == ["planned"] * 3
        assert "<script" not in plan._repr_html_()
        assert len(client.agents.list()) == before
        assert not plan.is_done
        plan.apply()
        assert plan.is_done
        assert org.name == "Acme"
        assert client.organizations.get(org.id).workspaces["production"].id == workspace.id
        assert agent.refresh().address == "agent://local/default/billing"
        plan.apply()
        assert len(client.agents.list()) == before + 1


def test_a_verb_on_what_is_there_leaves_it_as_it_is_until_then(client: AxmeClient) -> None:
    intent = client.intents.create("order.v1", to="planned-cancel")
    with client.plan() as plan:
        intent.cancel("cleaning up")
        assert intent.status == "CREATED" or intent.status == "DELIVERED"
    assert intent.refresh().status == "DELIVERED"
    plan.apply()
    assert intent.refresh().status == "CANCELED"


def test_flat_calls_are_planned_too(client: AxmeClient) -> None:
    with client.plan() as plan:
        made = client.create_intent(intent_type="order.v1", to_agent="flat-planned", payload={"n": 1})
        client.resolve_intent(made["intent_id"], {"status": "CANCELED", "reason": "never mind"})
        with pytest.raises(AxmePlanError):
            dict(made)
    plan.apply()
    assert client.get_intent(made["intent_id"])["intent"]["status"] == "CANCELED"


def test_a_plan_whose_gateway_dies_in_the_middle_is_applied_again_without_doubles(tmp_path: Path) -> None:
    with start(data_dir=tmp_path / "gateway") as gateway:
        client = gateway.client().with_options(timeout=5, max_retries=0)
        with client.plan() as plan:
            intents = [client.intents.create("order.v1", to="halved", payload={"n": n}) for n in range(6)]
            intents[0].cancel("the first is not needed")
        plan.save(tmp_path / "plan.json")
        send, sent = client.transport.send, []

        def dying(call: object) -> object:
            answer = send(call)  # type: ignore[arg-type]
            sent.append(call)
            if len(sent) == 3:
                # It has taken effect, and the answer is lost.
                gateway.kill()
                raise AxmeConnectionError("the answer was lost")
            return answer

        client.transport.send = dying  # type: ignore[method-assign]
        with pytest.raises(AxmeConnectionError) as caught:
            plan.apply()
        assert caught.value.__notes__ == ["step 3 of 7 of the plan; apply it again to go on here"]
        assert [step.state for step in plan.steps] == ["done"] * 2 + ["failed"] + ["planned"] * 4
    with start(data_dir=tmp_path / "gateway") as again, again.client() as client:
        loaded = client.load_plan(_moved(tmp_path / "plan.json", gateway.base_url, again.base_url))
        loaded.apply().apply()
        found = client.intents.list(to="halved")
        assert sorted(intent.payload["n"] for intent in found) == list(range(6))
        assert [intent.payload["n"] for intent in found if intent.status == "CANCELED"] == [0]


def _moved(path: Path, old: str, new: str) -> Path:
    path.write_text(path.read_text().replace(old, new))
    return path


def test_a_step_that_is_refused_stops_the_plan_and_says_where(client: AxmeClient) -> None:
    with client.plan() as plan:
        client.intents.create("order.v1", to="refused")
        client.create_intent(intent_type="NOT A TYPE", to_agent="refused", payload={})
        client.intents.create("order.v1", to="refused")
    for _ in range(2):
        with pytest.raises(AxmeValidationError) as caught:
            plan.apply()
        assert "step 2 of 3" in caught.value.__notes__[0]
    assert len(client.intents.list(to="refused")) == 1


def test_a_block_that_broke_is_not_applied(client: AxmeClient) -> None:
    plan = client.plan()
    with suppress(ZeroDivisionError), plan:
        client.intents.create("order.v1", to="broken-plan")
        raise ZeroDivisionError
    with pytest.raises(AxmePlanError, match="left by an error"):
        plan.apply()
    with client.plan() as plan, pytest.raises(AxmePlanError, match="not left yet"):
        plan.apply()
    assert not client.intents.list(to="broken-plan")


def test_other_threads_are_refused_meanwhile_and_a_second_plan_too(client: AxmeClient) -> None:
    caught: list[AxmeError] = []

    def write() -> None:
        try:
            client.intents.create("order.v1", to="other-thread")
        except AxmeError as error:
            caught.append(error)

    with client.plan() as plan:
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        with pytest.raises(AxmePlanError, match="already"), client.plan():
            pass
    assert [type(error) for error in caught] == [AxmePlanError]
    assert len(plan) == 0
    assert str(plan) == "an empty plan"


def test_a_plan_of_a_client_that_only_reads_can_be_looked_at_alone(client: AxmeClient) -> None:
    with client.read_only() as careful:
        with careful.plan() as plan:
            careful.intents.create("order.v1", to="looked-at")
        with pytest.raises(AxmeReadOnlyError):
            plan.apply()


def test_a_saved_plan_is_private_and_for_its_gateway(recorder: Recorder, tmp_path: Path) -> None:
    with recorder.client() as client:
        with client.plan() as plan:
            client.post("/v1/things", json={"n": 1}, query={"dry": True})
        plan.save(tmp_path / "plan.json")
        assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o600
        assert "key-of-the-recorder" not in (tmp_path / "plan.json").read_text()
        with pytest.raises(FileExistsError):
            plan.save(tmp_path / "plan.json")
        loaded = client.load_plan(tmp_path / "plan.json").apply()
        assert recorder.last.body == {"n": 1}
        assert recorder.last.query == {"dry": "true"}
        assert loaded.steps[0].call.idempotency_key == plan.steps[0].call.idempotency_key
        (tmp_path / "other.json").write_text("{}")
        for text, why in (("{}", "holds no plan"), ("[", "holds no plan")):
            (tmp_path / "other.json").write_text(text)
            with pytest.raises(AxmePlanError, match=why):
                client.load_plan(tmp_path / "other.json")
        with pytest.raises(AxmePlanError, match="is for http://elsewhere"):
            client.load_plan(_moved(tmp_path / "plan.json", recorder.base_url, "http://elsewhere:1"))


def test_tokens_of_calls_belong_into_no_file(recorder: Recorder, tmp_path: Path) -> None:
    with recorder.client() as client:
        with client.plan() as plan:
            client.resolve_intent("i-1", {"status": "CANCELED"}, authorization="Bearer of-somebody")
        with pytest.raises(AxmePlanError, match="authorization"):
            plan.save(tmp_path / "plan.json")
    assert not (tmp_path / "plan.json").exists()
    assert not recorder.asked


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with recording() as made:
        yield made
