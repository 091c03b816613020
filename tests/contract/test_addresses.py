"""One grammar, one spelling: two texts never reach two owners by a trick."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.contract.addresses import AddressError, Parts, canonical, parts, slug
from axme.contract.limits import ADDRESS_CHARS


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("agent://acme/production/fulfillment", "agent://acme/production/fulfillment"),
        ("AGENT://Acme/Production/Fulfillment", "agent://acme/production/fulfillment"),
        ("agent:/acme/production/fulfillment", "agent://acme/production/fulfillment"),
        ("agent://bob", "agent://bob"),
        ("agent://example/owner", "agent://example/owner"),
        ("user://ops-lead", "user://ops-lead"),
        ("fulfillment", "agent://acme/production/fulfillment"),
        ("approver@example.com", "agent://acme/production/approver@example.com"),
    ],
)
def test_the_forms_in_use(text: str, address: str) -> None:
    assert canonical(text, org="acme", workspace="production") == address


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "a b", "agent://", "agent://a//b", "agent://a/b/c/d", "http://a", "agent://a/../b", "agent://./b",
        "bob\n", "bob\x00", "\u202ebob", "b\u043eb", "bob?", "bob#x", "bob%2e", "agent://bob/", "-",
        "\u212aate", "a" * (ADDRESS_CHARS + 1),
    ],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(AddressError):
        canonical(text, org="acme", workspace="production")


@given(st.text(max_size=60))
def test_the_canonical_form_is_stable_and_plain(text: str) -> None:
    try:
        address = canonical(text, org="acme", workspace="production")
    except AddressError:
        return
    assert canonical(address) == address == address.lower()
    assert address.isascii()
    assert not set("?#%\\ ") & set(address)
    assert "/../" not in f"{address}/"


def test_parts_of_a_full_address() -> None:
    assert parts("agent://acme/production/bob") == Parts("acme", "production", "bob")
    assert parts("agent://bob") is None
    assert parts("user://a/b/c") is None


@given(st.text(max_size=40))
def test_a_slug_is_an_address_segment(name: str) -> None:
    found = slug(name)
    assert not found or canonical(found) == found


def test_slugs_people_expect() -> None:
    assert slug("Fulfillment Service (EU)") == "fulfillment-service-eu"
    assert slug("…") == ""
