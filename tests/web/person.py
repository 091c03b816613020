"""A person with a link, and plain HTTP in place of a browser: reads the page, fills in its form, sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import requests

from axme.gateway.web.answers import write
from axme.gateway.web.fields import read_form

TIMEOUT = 20


@dataclass
class Form(HTMLParser):
    """The one form of a page: what it holds, and its buttons."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "button":
            self.buttons.setdefault(name, []).append(given["value"])
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.fields.setdefault(name, []).append(given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            self.fields[name] = [""]
        elif tag == "select":
            self._select = name
            self.fields[name] = [""]
        elif tag == "option" and "selected" in given and self._select:
            self.fields[self._select] = [given["value"]]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            # The first line break belongs to the tag.
            self.fields[self._area] = [self.fields[self._area][0].removeprefix("\n")]
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area][0] += data


def open_page(url: str) -> tuple[requests.Response, Form]:
    """The page behind a link, and its form."""
    page = requests.get(url, timeout=TIMEOUT)
    return page, read(page)


def read(page: requests.Response) -> Form:
    """The form of a page."""
    form = Form()
    form.feed(page.text)
    return form


def send(url: str, form: Form, **changed: Any) -> requests.Response:
    """Send the form as it is, with some fields changed; the answer is where that leads."""
    fields = form.fields | {name: value if isinstance(value, list) else [value] for name, value in changed.items()}
    return requests.post(url, data=fields, timeout=TIMEOUT)


def decide_by_page(
    url: str,
    outcome: str,
    *,
    comment: str = "",
    evidence: str = "",
    data: Mapping[str, Any] | None = None,
    form_schema: Mapping[str, Any] | None = None,
) -> requests.Response:
    """Open the page of a task, fill in its form and press the button of ``outcome``.

    Args:
        url: the link.
        outcome: one that the page has a button for.
        comment: typed into its field.
        evidence: typed into its field, which the page must have.
        data: the fields of the form, for a task with one.
        form_schema: of the task, to type ``data`` into the right controls.

    Returns:
        What the person sees then: 200 and "done", 409 when somebody was first, 422 with errors beside the fields.
    """
    page, form = open_page(url)
    if page.status_code != 200 or not form.buttons:
        return page
    assert outcome in form.buttons["outcome"], form.buttons
    typed: dict[str, Any] = {"comment": comment, "outcome": outcome}
    if evidence:
        assert "evidence" in form.fields
        typed["evidence"] = evidence
    if data is not None:
        typed |= write(read_form(form_schema or {}), data)
    return send(url, form, **typed)
