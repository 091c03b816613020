"""The decision whether an intent may go from one agent to another, row by row (contract 3.10)."""

from __future__ import annotations

import itertools

import pytest

from axme.contract.addresses import AddressError
from axme.contract.sender_policies import OVERRIDE_MODES, RECEIVE_MODES, SEND_MODES, Effect, Mode
from axme.gateway.policy.cross_org import (
    CLOSED,
    OPEN,
    USE_ORG_DEFAULT,
    Entry,
    Policy,
    Reason,
    Sender,
    matches,
    pattern,
    refusal,
)

SENDER = Sender("agent://partner/prod/buyer", "org-1", "partner", "partner/prod")
ME, OTHERS = "agent://partner/*", "agent://stranger/*"


def listing(mode: Mode, *patterns: str) -> Policy:
    return Policy(mode, tuple(Entry(one) for one in patterns))


def decided(
    *,
    foreign: bool = True,
    receive: Policy = OPEN,
    override: Policy = USE_ORG_DEFAULT,
    send: Policy = OPEN,
    killed: bool = False,
) -> Reason | None:
    return refusal(SENDER, foreign=foreign, receive=receive, override=override, send=send, killed=killed)


ORGANIZATIONS = [
    (OPEN, None),
    (CLOSED, Reason.RECEIVE_POLICY_CLOSED),
    (listing(Mode.CLOSED, ME), Reason.RECEIVE_POLICY_CLOSED),
    (listing(Mode.ALLOWLIST, ME), None),
    (listing(Mode.ALLOWLIST, "*"), None),
    (listing(Mode.ALLOWLIST, OTHERS), Reason.RECEIVE_POLICY_NOT_ALLOWLISTED),
    (listing(Mode.ALLOWLIST), Reason.RECEIVE_POLICY_NOT_ALLOWLISTED),
]


@pytest.mark.parametrize(("receive", "told"), ORGANIZATIONS)
def test_the_organization_decides_for_its_agents(receive: Policy, told: Reason | None) -> None:
    assert decided(receive=receive) is told


@pytest.mark.parametrize(
    ("override", "behind_open", "behind_closed"),
    [
        (USE_ORG_DEFAULT, None, Reason.RECEIVE_POLICY_CLOSED),
        (OPEN, None, None),
        (CLOSED, Reason.OVERRIDE_CLOSED, Reason.RECEIVE_POLICY_CLOSED),
        (listing(Mode.ALLOWLIST, ME), None, None),
        (listing(Mode.ALLOWLIST, OTHERS), Reason.OVERRIDE_NOT_ALLOWLISTED, Reason.RECEIVE_POLICY_CLOSED),
        (Policy(Mode.OPEN, (Entry(ME, Effect.DENY),)), Reason.OVERRIDE_DENIED, Reason.RECEIVE_POLICY_CLOSED),
        (Policy(Mode.CLOSED, (Entry(ME, Effect.ALLOW),)), None, None),
        (Policy(Mode.OPEN, (Entry(OTHERS, Effect.DENY),)), None, None),
        (
            Policy(Mode.OPEN, (Entry(ME, Effect.ALLOW), Entry("*", Effect.DENY))),
            Reason.OVERRIDE_DENIED,
            Reason.RECEIVE_POLICY_CLOSED,
        ),
    ],
)
def test_the_override_of_an_agent_comes_before_its_organization(
    override: Policy, behind_open: Reason | None, behind_closed: Reason | None
) -> None:
    assert decided(override=override, receive=OPEN) is behind_open
    assert decided(override=override, receive=CLOSED) is behind_closed


@pytest.mark.parametrize("foreign", [True, False])
@pytest.mark.parametrize(
    ("send", "told"),
    [
        (OPEN, None),
        (listing(Mode.OPEN, OTHERS), None),
        (listing(Mode.ALLOWLIST, SENDER.address), None),
        (listing(Mode.ALLOWLIST, OTHERS), Reason.SEND_POLICY_DENIED),
        (listing(Mode.DENYLIST, OTHERS), None),
        (listing(Mode.DENYLIST, "agent://partner/prod/*"), Reason.SEND_POLICY_DENIED),
    ],
)
def test_the_send_policy_holds_for_everybody(send: Policy, told: Reason | None, foreign: bool) -> None:
    assert decided(send=send, foreign=foreign) is told


def test_what_others_may_send_is_no_matter_within_an_organization() -> None:
    assert decided(foreign=False, receive=CLOSED, override=CLOSED) is None


def test_who_may_not_send_does_not_learn_who_is_killed() -> None:
    assert decided(killed=True) is Reason.AGENT_KILLED
    assert decided(killed=True, foreign=False) is Reason.AGENT_KILLED
    assert decided(killed=True, receive=CLOSED) is Reason.RECEIVE_POLICY_CLOSED


def test_behind_a_closed_door_every_agent_that_refuses_answers_alike() -> None:
    """Whatever an agent has set: who is refused hears what one hears of an agent that does not exist."""
    lists = [(), (Entry(ME),), (Entry(ME, Effect.DENY),), (Entry(OTHERS), Entry(OTHERS, Effect.ALLOW))]
    for mode, entries, receive in itertools.product(OVERRIDE_MODES, lists, [CLOSED, listing(Mode.ALLOWLIST, OTHERS)]):
        unknown = decided(receive=receive)
        told = decided(receive=receive, override=Policy(mode, entries))
        assert told in (None, unknown)


#: Every spelling of a sender, and whether it names ours.
PATTERNS = {
    "*": True, ME: True, "agent://org-1/*": True, "agent://partner/prod/*": True, SENDER.address: True,
    OTHERS: False, "agent://partner/test/*": False, "agent://partner/prod/buyer2": False, "agent://partn/*": False,
}  # fmt: skip


def test_nothing_is_accepted_that_any_level_refuses() -> None:
    """The whole table: both sides, every mode of every level, every pattern, killed or not."""
    rows = 0
    for foreign, receive, override, send, named, killed in itertools.product(
        (True, False), RECEIVE_MODES, OVERRIDE_MODES, SEND_MODES, PATTERNS, (True, False)
    ):
        level = override if override is not Mode.USE_ORG_DEFAULT else receive
        received = not foreign or level is Mode.OPEN or (level is Mode.ALLOWLIST and PATTERNS[named])
        sent = send is Mode.OPEN or (send is Mode.ALLOWLIST) == PATTERNS[named]
        told = decided(
            foreign=foreign,
            receive=listing(receive, named),
            override=listing(override, named),
            send=listing(send, named),
            killed=killed,
        )
        assert (told is None) == (received and sent and not killed), (foreign, receive, override, send, named, killed)
        rows += 1
    assert rows == 2 * len(RECEIVE_MODES) * len(OVERRIDE_MODES) * len(SEND_MODES) * len(PATTERNS) * 2 > 1000


@pytest.mark.parametrize(
    ("text", "stored", "names_sender"),
    [
        ("*", "*", True),
        ("agent://partner/*", "agent://partner/*", True),
        ("AGENT://Partner/Prod/*", "agent://partner/prod/*", True),
        ("agent://partner/prod/buyer", "agent://partner/prod/buyer", True),
        ("partner", "agent://partner/*", True),
        ("org-1", "agent://org-1/*", True),
        ("agent://partner/test/*", "agent://partner/test/*", False),
        ("agent://partn/*", "agent://partn/*", False),
        ("agent://partner/prod/buyer2", "agent://partner/prod/buyer2", False),
    ],
)
def test_patterns(text: str, stored: str, names_sender: bool) -> None:
    assert pattern(text) == stored
    assert matches(stored, SENDER) is names_sender


@pytest.mark.parametrize(
    "text", ["", "agent://", "agent://a/b/c/*", "agent://a/*/c", "a*", "agent://a", "agent://a/b", "user://x/*", "//*"]
)
def test_what_is_no_pattern(text: str) -> None:
    with pytest.raises(AddressError):
        pattern(text)
