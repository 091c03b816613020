"""What a page of the console is given: who has signed in, what they may do, and the operations of the API to do it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from axme.contract import jsontext
from axme.contract.clock import from_micros, to_micros, to_text
from axme.gateway.actions import console
from axme.gateway.actions.console import Session
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.routes.layer import perform, prepare
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Writes
from axme.gateway.routes.table import OPERATIONS
from axme.gateway.web import guard
from axme.gateway.web.answers import Typed
from axme.gateway.web.console import cookie
from axme.gateway.web.console.words import NAVIGATION, NOTES
from axme.gateway.web.html import Answer, Html, SeeOther
from axme.gateway.web.layer import Live, Visit

_BY_NAME = {operation.name: operation for operation in OPERATIONS}
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Room:
    """A visit of somebody who has signed in."""

    visit: Visit
    session: Session
    cookie: str

    @property
    def who(self) -> Identity:
        """Whose key it is."""
        return self.session.who

    @property
    def root(self) -> str:
        """The way from this page to the console's first, whatever a proxy puts before."""
        return "../" * (self.visit.request.path.count("/") - 2)

    @property
    def query(self) -> dict[str, str]:
        """The query of the page."""
        return self.visit.query

    def may(self, name: str) -> bool:
        """Whether the key has a role for an operation."""
        wanted = operation(name)
        held = self.who.roles_anywhere if wanted.access is Access.TENANT else self.who.roles
        return wanted.may is None or bool(held & wanted.may)

    async def ask(
        self,
        name: str,
        params: Mapping[str, str] = _NONE,
        *,
        query: Mapping[str, Any] = _NONE,
        body: Mapping[str, Any] = _NONE,
        once: str = "",
    ) -> Body:
        """Do an operation of the API as the owner of the key, with all that it checks and records.

        Raises:
            GatewayError: whatever the API refuses.
        """
        wanted = operation(name)
        asked = await self.asked(wanted, params, query, body)
        answer = await perform(self.visit.services, wanted, asked, f"console-{once}" if once else None)
        return dict(jsontext.loads(answer.text))

    async def asked(
        self, wanted: Operation, params: Mapping[str, str], query: Mapping[str, Any], body: Mapping[str, Any] = _NONE
    ) -> Asked:
        """The request of the API that a visit stands for."""

        async def sent() -> Body:
            return dict(body)

        return await prepare(
            self.visit.services,
            wanted,
            self.visit.request,
            self.who,
            params=dict(params),
            query=urlencode(query).encode(),
            body=sent if isinstance(wanted.action, Writes) else None,
        )

    def page(self, name: str, title: str, /, http_status: int = 200, **context: Any) -> Html:
        """One page."""
        shared = {
            "title": title,
            "root": self.root,
            "here": self.visit.request.path.split("/")[2],
            "navigation": [item for item in NAVIGATION if self.may(item.operation)],
            "who": self.who,
            "form_token": guard.form_token(self.cookie),
            # The same form sent twice makes one thing.
            "once": secrets.token_urlsafe(16),
            "now": self.visit.services.clock.now(),
            "session_ends": from_micros(self.session.ends_at),
            "note": NOTES.get(self.query.get("note", "")),
            "may": self.may,
        }
        return Html(f"console/{name}.html", shared | context, http_status)

    def back(self, to: str, note: str) -> SeeOther:
        """What was sent has been done: look ``to`` there, and read ``note`` on top."""
        return SeeOther(f"{to}?note={note}")

    def back_to_owner(self, to: str, note: str, owner: str) -> SeeOther:
        """:meth:`back`, where the page is about things of one owner."""
        return SeeOther(f"{to}?{urlencode({'owner': owner, 'note': note})}")

    def in_days(self, days: int) -> str:
        """The end of the day, in UTC, that is so many days away."""
        then = self.visit.services.clock.now() + timedelta(days=days)
        return to_text(to_micros(then.replace(hour=23, minute=59, second=59, microsecond=0)))


Shows = Callable[[Room], Awaitable[Answer | Live]]
Takes = Callable[[Room, Typed], Awaitable[Answer]]


def showing(show: Shows) -> Callable[[Visit], Awaitable[Answer | Live]]:
    """A page for those who have signed in; others are sent to do so."""

    async def shown(visit: Visit) -> Answer | Live:
        room = await enter(visit)
        if room is None:
            return to_sign_in(visit)
        try:
            return await show(room)
        except GatewayError as error:
            return _refused(room, error)

    return shown


def taking(take: Takes) -> Callable[[Visit], Awaitable[Answer]]:
    """What a form of a page does, once it is certain that it came from the page."""

    async def taken(visit: Visit) -> Answer:
        room = await enter(visit)
        if room is None:
            return to_sign_in(visit)
        try:
            return await take(room, await visit.form(room.cookie))
        except GatewayError as error:
            return _refused(room, error)

    return taken


async def enter(visit: Visit) -> Room | None:
    """The room of whoever has signed in."""
    said = cookie.read(visit)
    session = await visit.services.store.glance(lambda tx: console.find(tx, said)) if said else None
    if session is None:
        return None
    if session.stale:
        await visit.services.store.write(lambda tx: console.note_use(tx, said))
    return Room(visit, session, said)


def to_sign_in(visit: Visit) -> SeeOther:
    """To the page where one signs in, and from there to where one was going."""
    path = visit.request.path
    there = path.removeprefix("/console").strip("/") if visit.request.method == "GET" else ""
    to = "../" * (path.count("/") - 2) + ("console/sign-in" if path == "/console" else "sign-in")
    return SeeOther(f"{to}?{urlencode({'to': there})}" if there else to)


def operation(name: str) -> Operation:
    """An operation of the API."""
    return _BY_NAME[name]


def first(typed: Typed, name: str) -> str:
    """One field of a form."""
    return (typed.get(name) or [""])[0].replace("\r\n", "\n").strip()


def given(**fields: str) -> dict[str, str]:
    """The fields that are not empty."""
    return {name: value for name, value in fields.items() if value}


def _refused(room: Room, error: GatewayError) -> Html:
    text = error.message[:1].upper() + error.message[1:] + "."
    titles = {403: "This is not yours to do", 404: "This is not here", 409: "This cannot be done now",
              422: "This does not fit", 429: "Too many requests"}  # fmt: skip
    title = titles.get(error.code.status, "This did not work")
    page = room.page("trouble", title, error.code.status, text=text)
    page.headers.extend((name.lower().encode(), value.encode("latin-1")) for name, value in error.headers.items())
    return page
