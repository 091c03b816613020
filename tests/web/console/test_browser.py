"""The console in a real Chromium: every page on a phone and a desktop, and what people do on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from axme.gateway import LocalGateway
from tests.plain import Caller, admin
from tests.web.browser import DESKTOP, PHONE, check, tab
from tests.web.console.visitor import World

PICTURE = Path(__file__).parents[3] / "docs" / "images" / "console.png"
PICTURE_BYTES = 120_000
SIZES = {"phone": PHONE, "desktop": DESKTOP}


@contextmanager
def signed_in(chromium: Any, gateway: LocalGateway, **options: Any) -> Iterator[Any]:
    """A browser that has signed in with the first key."""
    with tab(chromium, "/console", **options) as page:
        page.goto(f"{gateway.base_url}/console")
        page.get_by_label("API key").fill(gateway.api_key)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/console/intents")
        yield page


@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_walked(size: str, chromium: Any, gateway: LocalGateway, world: World) -> None:
    scheme = "dark" if size == "phone" else "light"
    options = {"viewport": SIZES[size], "color_scheme": scheme, "is_mobile": size == "phone"}
    with tab(chromium, "/console", **options) as page:
        page.goto(f"{gateway.base_url}/console/sign-in")
        check(page)
    with signed_in(chromium, gateway, **options) as page:
        for name, path in (world.pages() | {"trouble": "intents/nothing"}).items():
            page.goto(f"{gateway.base_url}/console/{path}")
            for fold in page.locator("summary").all():
                fold.click()
            check(page)
            assert page.locator("a.skip").count() == 1, name
        page.get_by_role("link", name="Agents", exact=True).click()
        page.wait_for_url("**/console/agents")
        assert page.get_by_role("link", name="Agents", exact=True).get_attribute("aria-current") == "page"


def test_the_timeline_goes_on_by_itself(chromium: Any, gateway: LocalGateway, caller: Caller, world: World) -> None:
    with signed_in(chromium, gateway, java_script_enabled=True) as page:
        page.goto(f"{gateway.base_url}/console/intents/{world.intent_id}")
        timeline = page.get_by_role("region", name="Timeline")
        page.locator(".live").wait_for()
        caller.post(f"/v1/intents/{world.intent_id}/resolve", {"status": "CANCELED", "reason": "changed my mind"})
        timeline.get_by_text("Canceled").wait_for()
        page.get_by_text("changed my mind").first.wait_for()
        page.locator("[data-said]").get_by_text("Canceled").wait_for()
        assert page.get_by_text("Cancel this intent").count() == 0
        check(page)


def test_what_is_being_typed_stays_while_the_timeline_goes_on(
    chromium: Any, gateway: LocalGateway, caller: Caller, world: World
) -> None:
    with signed_in(chromium, gateway, java_script_enabled=True) as page:
        page.goto(f"{gateway.base_url}/console/intents/{world.intent_id}")
        page.locator(".live").wait_for()
        page.get_by_text("Cancel this intent").click()
        page.get_by_label("Reason").fill("because")
        caller.post(f"/v1/intents/{world.intent_id}/resolve", {"status": "FAILED", "error": {"message": "broken"}})
        page.get_by_role("region", name="Timeline").get_by_text("Failed").wait_for()
        assert page.get_by_label("Reason").input_value() == "because"


def test_a_session_that_ends_takes_the_page_along(
    chromium: Any, gateway: LocalGateway, caller: Caller, world: World
) -> None:
    with tab(chromium, "/console", java_script_enabled=True) as page:
        page.goto(f"{gateway.base_url}/console")
        page.get_by_label("API key").fill(world.key)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/console/intents")
        page.goto(f"{gateway.base_url}/console/intents/{world.intent_id}")
        page.locator(".live").wait_for()
        caller.post(f"/v1/service-accounts/{world.account_id}/keys/{world.key_id}/revoke")
        page.get_by_label("API key").wait_for()


def test_a_task_is_decided(chromium: Any, gateway: LocalGateway, caller: Caller, world: World) -> None:
    with signed_in(chromium, gateway) as page:
        page.goto(f"{gateway.base_url}/console/intents/{world.task_id}")
        page.get_by_role("link", name="Open the task").click()
        page.get_by_label("Comment").fill("Fine.")
        page.get_by_role("button", name="Approve").click()
        page.get_by_text("Your decision was recorded").wait_for()
        check(page)
    assert caller.get(f"/v1/intents/{world.task_id}")["intent"]["result"]["task_result"]["comment"] == "Fine."


def test_an_agent_is_stopped_and_resumed_and_a_key_revoked(
    chromium: Any, gateway: LocalGateway, caller: Caller, world: World
) -> None:
    with signed_in(chromium, gateway) as page:
        page.goto(f"{gateway.base_url}/console/agents/{world.address_id}")
        page.get_by_text("Stop this agent…").click()
        page.get_by_role("button", name="Stop this agent").click()
        page.get_by_text("The agent was stopped").wait_for()
        check(page)
        page.get_by_role("button", name="Resume this agent").click()
        page.get_by_text("sends and receives again").wait_for()
        page.goto(f"{gateway.base_url}/console/access/{world.account_id}")
        page.get_by_text("Revoke…").click()
        page.get_by_role("button", name="Revoke").click()
        page.get_by_text("The key was revoked").wait_for()
        page.get_by_role("button", name="Make a key").click()
        assert page.get_by_label("The key").inner_text().startswith("axme_sa_")
        check(page)
    with Caller(gateway.base_url, world.key) as revoked:
        assert revoked.send("GET", "/v1/me").status_code == 401


def test_a_delivery_is_replayed_and_one_signs_out(chromium: Any, gateway: LocalGateway, world: World) -> None:
    with signed_in(chromium, gateway) as page:
        page.goto(f"{gateway.base_url}/console/deliveries/{world.delivery_id}")
        page.get_by_role("button", name="Replay").click()
        page.get_by_text("on its way again").wait_for()
        page.get_by_role("link", name="Who am I").click()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_text("You have signed out").wait_for()
        page.goto(f"{gateway.base_url}/console/intents")
        page.get_by_label("API key").wait_for()


def test_the_picture_of_the_documentation(
    chromium: Any, fresh_gateway: LocalGateway, request: pytest.FixtureRequest
) -> None:
    task = {"title": "Approve the Q3 budget", "assignees": ["mia@example.com"]}
    with admin(fresh_gateway) as caller:
        payload = {"team": "data", "amount_usd": 12_000}
        intent_id = caller.create("manager", intent_type="budget.approval.v1", payload=payload, human_task=task)
    with signed_in(chromium, fresh_gateway, viewport={"width": 1100, "height": 760}, bypass_csp=True) as page:
        page.goto(f"{fresh_gateway.base_url}/console/intents/{intent_id}")
        taken = page.screenshot()
    if request.config.getoption("--update-screenshots"):
        PICTURE.write_bytes(taken)
    assert PICTURE.stat().st_size < PICTURE_BYTES
