"""What people are called, so that a task can be for one of them (contract 3.3: e-mails, members, nicks, roles)."""

from __future__ import annotations

from axme.contract.schemas.users import public_address, shown
from axme.gateway.auth.identity import Identity
from axme.gateway.store.queries import members, users
from axme.gateway.store.tx import Tx

#: What a role is written with where people are named.
ROLE = "role:"


def names_of(tx: Tx, who: Identity) -> frozenset[str]:
    """All names of the person behind a request; of a key alone those of its account.

    An e-mail address is a name only where the person is a member by it: profiles are written by their owners.
    """
    if who.actor_id is None:
        return frozenset({who.address, who.service_account_id})
    names = {who.actor_id, *who.roles, *(ROLE + role for role in who.roles)}
    names |= {row["member_id"] for row in tx.run(members.OF_ACTOR_IN, {"org_id": who.org_id, "actor_id": who.actor_id})}
    for user in tx.run(users.OF_ACTOR, {"org_id": who.org_id, "actor_id": who.actor_id}):
        nick = user["nick"]
        names |= {user["user_id"], user["owner_agent"], nick, shown(nick), public_address(nick)}
    return frozenset(names)
