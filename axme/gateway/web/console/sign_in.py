"""Signing in, by an API key or by a link that the gateway printed, and signing out."""

from __future__ import annotations

import re
from typing import Any, Final

from axme.contract.codes import RATE_LIMITED
from axme.gateway.actions import console
from axme.gateway.errors import GatewayError
from axme.gateway.web import guard
from axme.gateway.web.answers import Typed
from axme.gateway.web.console import cookie
from axme.gateway.web.console.room import Room, first, taking
from axme.gateway.web.html import Answer, Html, SeeOther
from axme.gateway.web.layer import Page, Visit

#: Where one may be led after signing in: to a page of the console, nowhere else.
_PLACE = re.compile(r"[a-z]+(?:/[\w-]+){0,3}", re.ASCII)
_FIRST = "intents"
_USED_UP = "This link has been used, or is too old. Sign in with an API key instead."
_EMPTY: Final[dict[str, Any]] = {"to": "", "said": "", "error": "", "action": "", "by_link": False}
_UNKNOWN = "This key is not known here, or it has expired or was revoked."


async def show(visit: Visit) -> Answer:
    """Ask for a key."""
    query = visit.query
    return _form(visit, to=query.get("to", ""), said="You have signed out." if "out" in query else "")


async def take(visit: Visit) -> Answer:
    """Sign in with the key that was typed."""
    typed = await visit.form(cookie.read(visit))
    key, request_id = first(typed, "api_key"), visit.request.request_id
    session = await visit.services.store.write(lambda tx: console.sign_in(tx, key, request_id=request_id))
    to = first(typed, "to")
    if session is None:
        _slow_down(visit)
        return _form(visit, to=to, error=_UNKNOWN if key else "Type or paste an API key.")
    return SeeOther(to if _PLACE.fullmatch(to) else _FIRST, cookie.write(visit, session))


async def show_link(visit: Visit) -> Answer:
    """Ask whether to sign in: whoever only looks at the link, such as a scanner, does not use it up."""
    ticket = visit.params["ticket"]
    if not await visit.services.store.read(lambda tx: console.is_open(tx, ticket)):
        return _used_up(visit)
    secret, headers = _door(visit)
    return Html("sign_in.html", _EMPTY | {"form_token": guard.form_token(secret), "by_link": True}, headers=headers)


async def take_link(visit: Visit) -> Answer:
    """Sign in with the link."""
    await visit.form(cookie.read(visit))
    ticket, request_id = visit.params["ticket"], visit.request.request_id
    session = await visit.services.store.write(lambda tx: console.redeem(tx, ticket, request_id=request_id))
    if session is None:
        return _used_up(visit)
    return SeeOther(f"../{_FIRST}", cookie.write(visit, session))


async def sign_out(room: Room, _typed: Typed) -> Answer:
    """End the session."""
    await room.visit.services.store.write(lambda tx: console.sign_out(tx, room.who, room.cookie))
    return SeeOther("sign-in?out=1", cookie.drop(room.visit))


async def start(_visit: Visit) -> Answer:
    """The first page."""
    return SeeOther(f"console/{_FIRST}")


async def nothing_to_see(_visit: Visit) -> Answer:
    """What shows nothing itself leads to the first page."""
    return SeeOther(_FIRST)


def _form(visit: Visit, **shown: str) -> Html:
    secret, headers = _door(visit)
    context = _EMPTY | {"form_token": guard.form_token(secret)} | shown
    return Html("sign_in.html", context, 401 if shown.get("error") else 200, headers)


def _door(visit: Visit) -> tuple[str, list[tuple[bytes, bytes]]]:
    """The secret that the form is sealed with, and the cookie that keeps it."""
    known = cookie.read(visit)
    if known:
        return known, []
    made = cookie.fresh()
    return made, cookie.write(visit, made)


def _used_up(visit: Visit) -> Html:
    _slow_down(visit)
    return _form(visit, error=_USED_UP, action="../sign-in")


def _slow_down(visit: Visit) -> None:
    visit.refused("console_sign_in")
    try:
        visit.services.guesses.take(visit.request.source, "console")
    except GatewayError as error:
        message = "too many keys were tried from here: wait a minute"
        raise GatewayError(RATE_LIMITED, message, headers=error.headers) from None


PAGES = (
    Page(path="/console", name="console", show=start),
    Page(path="/console/", name="console", show=nothing_to_see),
    Page(path="/console/sign-in", name="sign-in", show=show, take=take),
    Page(path="/console/enter/{ticket}", name="sign-in link", show=show_link, take=take_link),
    Page(path="/console/sign-out", name="sign-out", show=nothing_to_see, take=taking(sign_out)),
)
