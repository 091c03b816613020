"""Access: members, service accounts and their keys; and who oneself is."""

from __future__ import annotations

from axme.gateway.web.answers import Typed
from axme.gateway.web.console.room import Room, first, given, showing, taking
from axme.gateway.web.html import Answer
from axme.gateway.web.layer import Page


async def show_all(room: Room) -> Answer:
    """The members of the organization and the service accounts of the workspace, as far as one may see them."""
    here = {"org_id": room.who.org_id}
    members = (await room.ask("list_organization_members", here))["members"]
    query = here | {"workspace_id": room.who.workspace_id}
    accounts = (await room.ask("list_service_accounts", query=query))["service_accounts"]
    return room.page("access", "Access", members=members, accounts=accounts)


async def take(room: Room, typed: Typed) -> Answer:
    """Make a service account."""
    body = given(name=first(typed, "name"), description=first(typed, "description"))
    body |= {"org_id": room.who.org_id, "workspace_id": room.who.workspace_id}
    made = await room.ask("create_service_account", body=body, once=first(typed, "once"))
    return room.back(f"access/{made['service_account']['service_account_id']}", "created")


async def show(room: Room) -> Answer:
    """One service account with its keys."""
    account = (await room.ask("get_service_account", room.visit.params))["service_account"]
    keys = (await room.ask("list_service_account_keys", room.visit.params))["keys"]
    return room.page("account", account["name"], account=account, keys=keys)


async def change(room: Room, typed: Typed) -> Answer:
    """Make a key, which is shown this once, or revoke one."""
    which = room.visit.params
    key_id = first(typed, "revoke")
    if key_id:
        await room.ask("revoke_service_account_key", which | {"key_id": key_id})
        if key_id == room.who.key_id:
            return room.back("../sign-in", "revoked")
        return room.back(which["service_account_id"], "revoked")
    days = first(typed, "days")
    body = {"expires_at": room.in_days(int(days))} if days.isascii() and days.isdigit() and len(days) < 5 else {}
    made = await room.ask("create_service_account_key", which, body=body, once=first(typed, "once"))
    account = (await room.ask("get_service_account", which))["service_account"]
    return room.page("key", "New key", key=made["key"], account=account)


async def show_me(room: Room) -> Answer:
    """Who one is here, and what one may do."""
    return room.page("me", "Who am I", me=(await room.ask("get_me"))["me"])


PAGES = (
    Page(path="/console/access", name="access", show=showing(show_all), take=taking(take)),
    Page(path="/console/access/{service_account_id}", name="account", show=showing(show), take=taking(change)),
    Page(path="/console/me", name="me", show=showing(show_me)),
)
