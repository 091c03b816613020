"""The page of a task in a real Chromium: all eight types, on a phone and a desktop, and people of all kinds at it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from axme.client import AxmeClient
from axme.gateway import LocalGateway
from tests.web.browser import DESKTOP, DOCS, PHONE, check, made_in_the_docs, press, tab
from tests.web.conftest import MIA, Ask

#: What a picture in the documentation may weigh.
PICTURE_BYTES = 60_000
TALLEST_PICTURE = 1100
SIZES = {"phone": PHONE, "desktop": DESKTOP}
Steps = Callable[[Any], None]


def _fill_form(page: Any) -> None:
    page.get_by_label("high").check()
    page.get_by_label("What happened?").fill("A full disk.\nLogs were not rotated.")
    page.get_by_label("Customers affected").fill("12")
    page.get_by_label("Since when?").fill("2026-03-31T16:00")
    page.get_by_label("Show it on the status page").uncheck()
    page.get_by_label("database").check()
    page.get_by_label("What", exact=True).fill("Removed old logs")
    press(page, "Add another")
    page.get_by_role("group", name="Step 2").get_by_label("What", exact=True).fill("Turned on rotation")


def _assign(page: Any) -> None:
    page.get_by_label("Colleague").fill("ben@example.com")
    page.get_by_label("High").check()


def _fill(label: str, text: str) -> Steps:
    return lambda page: page.get_by_label(label).fill(text)


def _nothing(page: Any) -> None:
    pass


#: What a person does on the page of each type, the button, what the page says then, and the status.
EIGHT: dict[str, tuple[Steps, str, str, str]] = {
    "approval": (_fill("Comment", "Within the plan."), "Approve", "Approved", "COMPLETED"),
    "confirmation": (_nothing, "Deny", "Denied", "CANCELED"),
    "review": (_fill("Comment", "Shorter."), "Request changes", "Changes requested", "COMPLETED"),
    "assignment": (_assign, "Assign", "Assigned", "COMPLETED"),
    "form": (_fill_form, "Submit", "Submitted", "COMPLETED"),
    "clarification": (_fill("Comment", "Without shipping."), "Send answer", "Answered", "COMPLETED"),
    "manual_action": (_fill("Evidence", "Photo 88"), "Mark as done", "Done", "COMPLETED"),
    "override": (_fill("Comment", "Agreed."), "Approve override", "Override approved", "COMPLETED"),
}


@pytest.fixture
def docs_task(gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[str, Any]]:
    """The task of a page of the documentation, on the shared gateway."""
    monkeypatch.setenv("AXME_API_KEY", gateway.api_key)
    monkeypatch.setenv("AXME_BASE_URL", gateway.base_url)
    return made_in_the_docs


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("task_type", EIGHT)
def test_each_type_is_walked(
    task_type: str, size: str, docs_task: Callable[[str], dict[str, Any]], chromium: Any, client: AxmeClient
) -> None:
    steps, button, said, status = EIGHT[task_type]
    made = docs_task(task_type)
    scheme = "dark" if size == "phone" else "light"
    with tab(chromium, viewport=SIZES[size], color_scheme=scheme, is_mobile=size == "phone") as page:
        page.goto(made["link"].url)
        check(page)
        steps(page)
        press(page, button)
        assert page.get_by_role("heading", level=1).inner_text() == said
        assert MIA in page.get_by_role("main").inner_text()
        check(page)
        page.reload()
        assert page.get_by_role("heading", level=1).inner_text() == said
    intent = client.get_intent(made["intent"].id)["intent"]
    assert intent["status"] == status
    made["client"].close()


def test_a_form_is_refused_without_being_filled_in(ask: Ask, chromium: Any, client: AxmeClient) -> None:
    schema = {"properties": {"reason": {"type": "string", "title": "Reason"}}, "required": ["reason"]}
    asked = ask(task_type="form", form_schema=schema)
    with tab(chromium, viewport=PHONE) as page:
        page.goto(asked.url)
        press(page, "Reject")
        assert page.get_by_role("heading", level=1).inner_text() == "Rejected"
    assert client.get_intent(asked.intent_id)["intent"]["status"] == "CANCELED"


def test_the_form_arrives_as_it_was_filled_in(
    docs_task: Callable[[str], dict[str, Any]], chromium: Any, client: AxmeClient
) -> None:
    made = docs_task("form")
    with tab(chromium) as page:
        page.goto(made["link"].url)
        _fill_form(page)
        press(page, "Submit")
    assert client.get_intent(made["intent"].id)["intent"]["result"]["task_result"]["data"] == {
        "severity": "high",
        "summary": "A full disk.\nLogs were not rotated.",
        "customers": 12,
        "since": "2026-03-31T16:00:00Z",
        "public": False,
        "teams": ["database"],
        "steps": [{"what": "Removed old logs"}, {"what": "Turned on rotation"}],
    }
    made["client"].close()


@pytest.mark.parametrize("task_type", EIGHT)
def test_the_pictures_of_the_documentation(
    task_type: str, docs_task: Callable[[str], dict[str, Any]], chromium: Any, request: pytest.FixtureRequest
) -> None:
    made = docs_task(task_type)
    picture = DOCS / "images" / f"{task_type}.png"
    with tab(chromium, viewport={"width": 640, "height": 560}, bypass_csp=True) as page:
        page.goto(made["link"].url)
        height = min(page.evaluate("document.body.scrollHeight"), TALLEST_PICTURE)
        clip = {"x": 0, "y": 0, "width": 640, "height": height}
        # A shadow is made of very many colours.
        taken = page.screenshot(full_page=True, clip=clip, style=".card { box-shadow: none }")
    assert len(taken) > 5_000
    if request.config.getoption("--update-screenshots"):
        picture.write_bytes(taken)
    assert picture.stat().st_size < PICTURE_BYTES
    made["client"].close()


@pytest.mark.parametrize("size", SIZES)
def test_errors_are_led_to_and_beside_their_fields(size: str, ask: Ask, chromium: Any) -> None:
    schema = {"properties": {"size": {"type": "integer", "minimum": 3}, "ok": {"type": "boolean"}}}
    asked = ask(task_type="form", form_schema=schema | {"required": ["size", "ok"]}, required_comment=True)
    with tab(chromium, viewport=SIZES[size], color_scheme="dark" if size == "desktop" else "light") as page:
        page.goto(asked.url)
        page.get_by_label("Size").fill("2")
        press(page, "Submit")
        check(page)
        assert page.title().startswith("Please check: ")
        assert page.evaluate("document.activeElement.id") == "errors"
        page.get_by_role("link", name="Size – Must be 3 or more.").click()
        assert page.evaluate("document.activeElement.name") == "form/size"
        wrong = page.get_by_label("Size")
        assert (wrong.input_value(), wrong.get_attribute("aria-invalid")) == ("2", "true")
        said = page.locator(f"#{wrong.get_attribute('aria-describedby').split()[-1]}").text_content()
        assert said == "Error: Must be 3 or more."
        assert page.get_by_role("group", name="Ok").get_by_text("Please choose one.").is_visible()


def test_a_new_row_is_where_one_goes_on(ask: Ask, chromium: Any) -> None:
    entry = {"type": "object", "properties": {"what": {"type": "string"}}}
    schema = {"properties": {"long": {"type": "string", "maxLength": 999}, "steps": {"type": "array", "items": entry}}}
    with tab(chromium, viewport=PHONE) as page:
        page.goto(ask(task_type="form", form_schema=schema).url)
        for row in (1, 2, 3):
            press(page, "Add another")
            assert page.evaluate("document.activeElement.name") == f"form/steps/{row - 1}/what"
            assert page.evaluate("document.activeElement.getBoundingClientRect().top < innerHeight")
            page.keyboard.type(f"step {row}")
        press(page, "Remove Steps 2")
        page.get_by_role("group", name="Steps 3").wait_for(state="detached")
        assert [field.input_value() for field in page.get_by_label("What").all()] == ["step 1", "step 3"]


def test_everything_goes_by_keyboard(ask: Ask, chromium: Any, client: AxmeClient) -> None:
    schema = {"properties": {"size": {"type": "integer"}, "ok": {"type": "boolean"}}, "required": ["size", "ok"]}
    asked = ask(task_type="assignment", form_schema=schema)
    with tab(chromium) as page:
        page.goto(asked.url)
        page.keyboard.press("Tab")
        page.keyboard.type("7")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        # Enter in a field shows what is missing, and decides nothing.
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Choose one of the buttons").wait_for()
        for key in ("Tab", "Tab", "End", "7", "Tab", "Space", "Tab", "h", "i", "Tab", "Enter"):
            page.keyboard.press(key)
        page.get_by_role("heading", level=1, name="Assigned").wait_for()
    result = client.get_intent(asked.intent_id)["intent"]["result"]["task_result"]
    assert result == {"outcome": "assigned", "data": {"size": 77, "ok": True}, "comment": "hi"}


def test_a_double_click_decides_once(ask: Ask, chromium: Any, client: AxmeClient) -> None:
    asked = ask()
    with tab(chromium) as page:
        page.goto(asked.url)
        page.get_by_role("button", name="Approve").dblclick()
        page.get_by_text("Approved").first.wait_for()
    events = client.list_intent_events(asked.intent_id)["events"]
    assert [event["event_type"] for event in events].count("intent.completed") == 1


def test_who_is_too_late_is_told_who_was_first(ask: Ask, chromium: Any, client: AxmeClient) -> None:
    asked = ask()
    joes = client.create_task_link(asked.intent_id, recipient="joe@example.com")["link"]["url"]
    with tab(chromium, viewport=PHONE) as mia, tab(chromium) as joe:
        mia.goto(asked.url)
        joe.goto(joes)
        press(joe, "Reject")
        press(mia, "Approve")
        assert mia.get_by_role("heading", level=1).inner_text() == "Already decided"
        assert "joe@example.com decided first" in mia.get_by_role("main").inner_text()
        check(mia)
    assert client.get_intent(asked.intent_id)["intent"]["status"] == "CANCELED"


def test_going_back_and_sending_again_decides_nothing(ask: Ask, chromium: Any, client: AxmeClient) -> None:
    asked = ask()
    with tab(chromium) as page:
        page.goto(asked.url)
        press(page, "Approve")
        page.go_back()
        # Nothing is kept by the browser: the page says what is so now.
        assert page.get_by_role("button").count() == 0


def test_code_in_a_task_does_nothing_even_with_scripts(ask: Ask, chromium: Any) -> None:
    code = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)>{{7*7}}"
    part = {"type": "string", "title": code, "default": code, "pattern": "^a$"}
    schema = {"properties": {code: part, "pick": {"enum": [code, "b"], "title": code}}, "required": [code, "pick"]}
    asked = ask(title=code, description=code, payload={code: code}, task_type="form", form_schema=schema)
    with tab(chromium, java_script_enabled=True) as page:
        page.goto(asked.url)
        assert code in page.get_by_role("heading", level=1).inner_text()
        press(page, "Submit")
        assert page.get_by_role("alert").is_visible()
        assert page.locator("script, img, svg").count() == 0


def test_the_browser_refuses_any_script_on_the_page(ask: Ask, chromium: Any) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(ask().url)
    added = "const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s)"
    page.evaluate(f"() => {{ {added} }}")
    assert page.evaluate("window.ran") is None
    context.close()


def test_no_other_site_can_frame_the_page_or_send_its_form(
    ask: Ask, chromium: Any, client: AxmeClient, tmp_path: Path
) -> None:
    asked = ask()
    evil = tmp_path / "evil.html"
    evil.write_text(
        f'<iframe src="{asked.url}"></iframe><form method="post" action="{asked.url}">'
        '<input name="outcome" value="approved"><input name="form_token" value="a.b"><button>Win</button></form>'
    )
    context = chromium.new_context()
    page = context.new_page()
    page.goto(evil.as_uri())
    framed = page.frames[1]
    framed.wait_for_load_state()
    assert "Approve" not in framed.content()
    press(page, "Win")
    assert page.get_by_role("heading", level=1).inner_text() == "This did not come from the page"
    context.close()
    assert client.get_intent(asked.intent_id)["intent"]["status"] == "WAITING"


@pytest.mark.parametrize("size", SIZES)
def test_links_that_are_open_no_more(size: str, ask: Ask, chromium: Any, client: AxmeClient) -> None:
    revoked, ended = ask(), ask()
    client.revoke_task_links(revoked.intent_id)
    client.resolve_intent(ended.intent_id, {"status": "CANCELED", "reason": "never mind"})
    expected = {
        revoked.url: "This link was withdrawn",
        ended.url: "This request has ended",
        revoked.url + "x": "This link leads nowhere",
    }
    with tab(chromium, viewport=SIZES[size], color_scheme="dark" if size == "phone" else "light") as page:
        for url, heading in expected.items():
            page.goto(url)
            assert page.get_by_role("heading", level=1).inner_text() == heading
            check(page)


def test_a_link_to_what_is_asked_no_more_or_anew(chromium: Any, movable_gateway: LocalGateway) -> None:
    asked = {"runtime_type": "human_approval", "assigned_to": MIA, "human_task": {"title": "Ship it?"}}
    steps = [
        {**asked, "step_id": "ask", "step_deadline_seconds": 60, "on_failure": "look"},
        {"step_id": "look", "tool_id": "tool.agent.task.v1", "assigned_to": "looker", "on_success": "again"},
        {**asked, "step_id": "again"},
    ]
    with movable_gateway.client() as client, tab(chromium, viewport=PHONE) as page:
        applied = client.apply_scenario(
            {
                "scenario_id": "shipping.v1",
                "agents": [{"role": "looks", "address": "looker", "create_if_missing": True}],
                "workflow": {"steps": steps},
                "intent": {"type": "shipping.v1", "payload": {}},
            }
        )

        def link() -> str:
            url: str = client.create_task_link(applied["intent_id"], recipient=MIA)["link"]["url"]
            return url

        first = link()
        movable_gateway.advance(timedelta(seconds=61))
        page.goto(first)
        assert page.get_by_role("heading", level=1).inner_text() == "This is no longer asked"
        check(page)
        claim = client.claim_deliveries("looker", {"worker_id": "w", "wait_seconds": 20})["claims"][0]
        client.complete_claim(claim["claim_id"], {"result": {"seen": True}})
        movable_gateway.advance(timedelta(seconds=1))
        second = link()
        page.goto(first)
        assert page.get_by_role("heading", level=1).inner_text() == "This was asked anew"
        check(page)
        page.goto(second)
        press(page, "Approve")
        assert page.get_by_role("heading", level=1).inner_text() == "Approved"


def test_much_is_folded_and_nothing_is_beyond_the_edge(ask: Ask, chromium: Any) -> None:
    payload = {
        "log": "a line of a log\n" * 200,
        "word": "w" * 500,
        "orders": [{"id": n, "name": f"order {n}", "a_rather_long_column_name": "x" * 40} for n in range(60)],
        "deep": {"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}},
        "many": {f"key_{n}": n for n in range(60)},
    }
    with tab(chromium, viewport=PHONE) as page:
        page.goto(ask(payload=payload).url)
        check(page)
        assert page.locator("summary").count() == 4
        assert page.get_by_role("button", name="Approve").bounding_box()["y"] < 3000
        page.locator("summary", has_text="60 entries").first.click()
        assert page.get_by_text("order 59").is_visible()
        check(page)
