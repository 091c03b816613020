"""One grammar for addresses (contract 1.9): ``agent://org/workspace/name``, shorter forms and bare names.

The canonical form is lower-case ASCII, so that no two spellings reach two owners.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from axme.contract.limits import ADDRESS_CHARS

_SEGMENT = r"[a-z0-9_](?:[a-z0-9_.@+~:-]*[a-z0-9_])?"
_FULL = re.compile(rf"(?:agent|user)://{_SEGMENT}(?:/{_SEGMENT}){{0,2}}")
_BARE = re.compile(_SEGMENT)
_COLLAPSED = re.compile(r"^(agent|user):/(?!/)")
_SLUG_GAPS = re.compile(r"[^a-z0-9]+")


class AddressError(ValueError):
    """The text is no address; the message says why and shows the form."""


class Parts(NamedTuple):
    """The three parts of a full agent address."""

    org: str
    workspace: str
    name: str


def canonical(text: str, *, org: str = "", workspace: str = "") -> str:
    """The one spelling of ``text``; a bare name is completed with the given organization and workspace slugs.

    Raises:
        AddressError: not a string, too long, or not of the grammar.
    """
    if not isinstance(text, str):
        raise AddressError(f"an address must be text, not {type(text).__name__}")
    return _canonical(text, org, workspace)


@lru_cache(maxsize=4096)
def _canonical(text: str, org: str, workspace: str) -> str:
    if len(text) > ADDRESS_CHARS:
        raise AddressError(f"an address has at most {ADDRESS_CHARS} characters, this one has {len(text)}")
    # Lower-casing some letters outside ASCII gives ASCII ones: those are left alone, and so refused.
    word = _COLLAPSED.sub(r"\1://", text.lower() if text.isascii() else text)
    if _FULL.fullmatch(word):
        return word
    if _BARE.fullmatch(word):
        return f"agent://{org}/{workspace}/{word}" if org else word
    raise AddressError(
        f"{text[:80]!r} is not an agent address: write agent://org/workspace/name or a bare name "
        "(letters, digits and _ . - @ + ~ inside)"
    )


@lru_cache(maxsize=4096)
def parts(address: str) -> Parts | None:
    """Organization, workspace and name of a full agent address, or ``None`` for any shorter form."""
    pieces = address.removeprefix("agent://").split("/")
    return Parts(*pieces) if address.startswith("agent://") and len(pieces) == 3 else None


def slug(name: str) -> str:
    """``"Fulfillment Service"`` → ``"fulfillment-service"``: a name as an address segment ("" when nothing is left)."""
    return _SLUG_GAPS.sub("-", name.lower()).strip("-")
