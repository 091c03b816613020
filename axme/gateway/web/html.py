"""Rendering pages: one environment that escapes everything, one style, one way out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.types import Send

from axme.gateway.web import guard, words

_environment = Environment(
    loader=PackageLoader("axme.gateway.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_FILTERS = (words.on_the_clock, words.away, words.in_words, words.moment, words.name, words.look)
_environment.filters |= {function.__name__: function for function in _FILTERS}
_STYLE = _environment.get_template("style.css").render()
_environment.globals["style"] = Markup(_STYLE)
_CONSOLE_STYLE = _STYLE + _environment.get_template("console/console.css").render()
_SCRIPT = _environment.get_template("console/live.js").render()
_environment.globals |= {"console_style": Markup(_CONSOLE_STYLE), "console_script": Markup(_SCRIPT)}
_TYPE = (b"content-type", b"text/html; charset=utf-8")
_HEADERS = [_TYPE, *guard.headers(_STYLE)]
_CONSOLE_HEADERS = [_TYPE, *guard.headers(_CONSOLE_STYLE, _SCRIPT)]

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Html:
    """One page to be shown."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    headers: Headers = field(default_factory=list)

    @property
    def policy(self) -> Headers:
        """The headers that keep it safe."""
        return _CONSOLE_HEADERS if self.template.startswith("console/") else _HEADERS

    def text(self) -> str:
        """The page."""
        return _environment.get_template(self.template).render(self.context)


@dataclass(frozen=True, slots=True)
class SeeOther:
    """What was sent has been done: look there, so that reloading sends nothing again."""

    #: Seen from the page itself, because a proxy may have put something before its path.
    there: str
    headers: Headers = field(default_factory=list)


Answer = Html | SeeOther


def notice(title: str, *lines: str, sign: str = "note", status: int = 200) -> Html:
    """A page with nothing to do on it."""
    return Html("notice.html", {"title": title, "lines": lines, "sign": sign}, status)


async def send_page(send: Send, answer: Answer, extra: Headers, *, head: bool = False) -> None:
    """Send a whole page; without its body where only the head was asked for."""
    if isinstance(answer, SeeOther):
        status, data, headers = 303, b"", [(b"location", answer.there.encode()), *answer.headers, *_HEADERS]
    else:
        status, data, headers = answer.status, answer.text().encode(), [*answer.headers, *answer.policy]
    length = (b"content-length", b"%d" % len(data))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length, *extra]})
    await send({"type": "http.response.body", "body": b"" if head else data})
