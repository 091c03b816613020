"""Links to tasks: unguessable, bound to a task and a recipient, ending in time, revocable, and harmless to open."""

from __future__ import annotations

import string
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from axme.contract.clock import to_micros, to_text
from axme.contract.schemas.links import LinkCreate
from axme.gateway.actions import cross_org, links
from axme.gateway.auth.identity import Grant, Identity
from axme.gateway.lifecycle.links import LinkState
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.policy.cross_org import CLOSED
from axme.gateway.store.queries import cross_org as queries
from axme.gateway.store.tables import metadata
from tests import databases
from tests.gateway.rig import Rig, refusal

BASE = "https://axme.example.com"
DAY = 86_400


def ask(rig: Rig, **more: Any) -> str:
    """A task that waits."""
    return rig.create(to_agent="agent://agent_core", human_task={"title": "Approve Q3 budget"}, **more)


def make(rig: Rig, intent_id: str, recipient: str = "anna@example.com", **more: Any) -> tuple[str, dict[str, Any]]:
    """A link's token, and the link as it is shown."""
    body = LinkCreate().load({"recipient": recipient, **more})
    link = rig.do(links.create, intent_id, body, base_url=BASE)["link"]
    return token_of(link["url"]), link


def token_of(url: str) -> str:
    """The token at the end of a link."""
    start, _, token = url.rpartition("/")
    assert start == f"{BASE}/tasks"
    return token


def look(rig: Rig, token: str) -> links.Found:
    """What a token leads to."""
    return rig.store.read_sync(lambda tx: links.open(tx, token))


def test_a_link_leads_to_its_task_and_recipient(rig: Rig) -> None:
    intent_id = ask(rig)
    token, link = make(rig, intent_id)
    found = look(rig, token)
    assert found.state is LinkState.OPEN
    assert found.link is not None
    assert found.intent is not None
    assert (found.intent.intent_id, found.link.recipient) == (intent_id, "anna@example.com")
    assert link["state"] == "open"
    listed = rig.do(links.list_links, intent_id)["links"]
    assert listed == [{name: value for name, value in link.items() if name != "url"}]
    assert token not in str(listed)


def test_a_decision_ends_it_and_says_whose_it_was(rig: Rig) -> None:
    intent_id = ask(rig)
    token, _ = make(rig, intent_id)
    rig.resume(intent_id, {"task_result": {"outcome": "rejected", "comment": "too much"}})
    found = look(rig, token)
    assert found.state is LinkState.DECIDED
    assert found.answered is not None
    assert (found.answered.by, found.answered.outcome) == ("agent://local/default/admin", "rejected")
    assert refusal(lambda: make(rig, intent_id)).code.code == "intent_terminal"


def test_a_cancellation_ends_it(one_rig: Rig) -> None:
    intent_id = ask(one_rig)
    token, _ = make(one_rig, intent_id)
    one_rig.resolve(intent_id, "CANCELED")
    assert look(one_rig, token).state is LinkState.ENDED


@pytest.mark.parametrize(("deadline_days", "good_days"), [(None, 30), (5, 5), (90, 90)])
def test_it_is_good_as_long_as_the_task_has_time(one_rig: Rig, deadline_days: int | None, good_days: int) -> None:
    later = {} if deadline_days is None else {"deadline_at": _in_days(one_rig, deadline_days)}
    token, _ = make(one_rig, ask(one_rig, **later))
    one_rig.advance(days=good_days, seconds=-1)
    assert look(one_rig, token).state is LinkState.OPEN
    one_rig.advance(seconds=1)
    assert look(one_rig, token).state is (LinkState.ENDED if deadline_days else LinkState.EXPIRED)


def test_it_can_be_made_for_less(one_rig: Rig) -> None:
    token, _ = make(one_rig, ask(one_rig), expires_in_seconds=600)
    one_rig.advance(seconds=599)
    assert look(one_rig, token).state is LinkState.OPEN
    one_rig.advance(seconds=1)
    assert look(one_rig, token).state is LinkState.EXPIRED


def test_revoking_one_leaves_the_others(rig: Rig) -> None:
    intent_id = ask(rig)
    (first, link), (second, _), (elsewhere, _) = make(rig, intent_id), make(rig, intent_id, "ben"), make(rig, ask(rig))
    answer = rig.do(links.revoke, intent_id, link["link_id"])["link"]
    assert (answer["state"], answer["link_id"]) == ("revoked", link["link_id"])
    assert [look(rig, token).state for token in (first, second)] == [LinkState.REVOKED, LinkState.OPEN]
    again = rig.do(links.revoke, intent_id, link["link_id"])["link"]
    assert again == answer
    rig.do(links.revoke_all, intent_id)
    assert [look(rig, token).state for token in (first, second)] == [LinkState.REVOKED] * 2
    assert look(rig, elsewhere).state is LinkState.OPEN


def test_a_link_of_another_task_is_not_revoked_through_this_one(one_rig: Rig) -> None:
    one, other = ask(one_rig), ask(one_rig)
    _, link = make(one_rig, other)
    assert refusal(lambda: one_rig.do(links.revoke, one, link["link_id"])).code.code == "not_found"


def test_opening_changes_nothing(one_rig: Rig) -> None:
    token, _ = make(one_rig, ask(one_rig))
    before = _everything(one_rig)
    for _ in range(10):
        assert look(one_rig, token).state is LinkState.OPEN
    assert _everything(one_rig) == before


def test_neither_token_nor_a_way_to_it_is_stored_beside_the_link(one_rig: Rig) -> None:
    token, link = make(one_rig, ask(one_rig))
    assert token not in str(_everything(one_rig))
    assert link["link_id"] in token
    forged = Signer("guessed", salt="axme task link", key_derivation="hmac").sign(link["link_id"]).decode()
    assert look(one_rig, forged).state is LinkState.UNKNOWN
    assert look(one_rig, link["link_id"]).state is LinkState.UNKNOWN


def test_every_change_of_a_token_is_noticed(one_rig: Rig) -> None:
    token, _ = make(one_rig, ask(one_rig))
    head, _, tail = token.rpartition(".")
    for place in range(len(token) - 1):
        other = next(sign for sign in string.ascii_letters if sign != token[place])
        changed = token[:place] + other + token[place + 1 :]
        assert look(one_rig, changed).state is LinkState.UNKNOWN, place
    for strange in ("", ".", head, tail, f"{token}.", f".{token}", f"{token}a", token * 9, "é" * 66):
        assert look(one_rig, strange).state is LinkState.UNKNOWN


def test_no_text_breaks_it(tmp_path: Path) -> None:
    rig = Rig(databases.url(tmp_path))
    make(rig, ask(rig))

    @given(st.text(max_size=300))
    def check(text: str) -> None:
        assert look(rig, text).state is LinkState.UNKNOWN

    check()
    rig.close()


def test_tokens_are_long_and_none_is_like_another(one_rig: Rig) -> None:
    intent_id = ask(one_rig)
    tokens = {make(one_rig, intent_id)[0] for _ in range(50)}
    assert len(tokens) == 50
    # 128 random bits, and 256 bits of signature over them.
    assert all(len(token) == 22 + 1 + 43 for token in tokens)


def test_only_the_creator_and_administrators_make_links(one_rig: Rig) -> None:
    creator = one_rig.account("creator")
    intent_id = ask(one_rig, who=creator)
    member = as_member(one_rig.account("someone"))
    body = {"recipient": "eve@example.com"}
    for who in (creator, one_rig.who, as_member(creator)):
        assert one_rig.do(links.create, intent_id, body, base_url=BASE, who=who)["ok"]
    for call in (
        lambda: one_rig.do(links.create, intent_id, body, base_url=BASE, who=member),
        lambda: one_rig.do(links.list_links, intent_id, who=member),
        lambda: one_rig.do(links.revoke_all, intent_id, who=member),
    ):
        assert refusal(call).code.code == "forbidden"


def test_a_sender_makes_no_link_to_a_task_of_another_organization(one_rig: Rig) -> None:
    peer = one_rig.peer("partner")
    theirs = cross_org.Subject(queries.RECEIVE, peer.org_id, peer.org_id, "", CLOSED)
    one_rig.do(cross_org.set_receive_policy, theirs, {"mode": "open"})
    intent_id = one_rig.create(to_agent=peer.address, human_task={"title": "Yours to decide"})
    body = {"recipient": "me@example.com"}
    assert refusal(lambda: one_rig.do(links.create, intent_id, body, base_url=BASE)).code.code == "forbidden"
    assert one_rig.do(links.create, intent_id, body, base_url=BASE, who=peer)["ok"]


def test_an_intent_that_asks_nobody_gets_none(one_rig: Rig) -> None:
    assert refusal(lambda: make(one_rig, one_rig.create())).code.code == "invalid_transition"


def _in_days(rig: Rig, days: int) -> str:
    return to_text(to_micros(rig.clock.now()) + days * DAY * SECOND)


def as_member(who: Identity) -> Identity:
    """The same with the role of a member."""
    return replace(who, grants=(Grant(who.org_id, who.workspace_id, "member"),))


def _everything(rig: Rig) -> dict[str, list[dict[str, Any]]]:
    names = [table for name, table in metadata.tables.items() if name not in ("nodes", "signing_secrets")]
    return {table.name: rig.store.read_sync(lambda tx, t=table: tx.query(t.select())) for table in names}
