"""Sessions of the console, and links that sign in once."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, or_, select, update

from axme.gateway.store.tables import console_sessions, console_tickets

_s, _t = console_sessions.c, console_tickets.c

INSERT_SESSION = insert(console_sessions)
SESSION = select(console_sessions).where(_s.session_hash == bindparam("session_hash"))
SEEN = update(console_sessions).where(_s.session_hash == bindparam("hash")).values(seen_at=bindparam("now"))
END_SESSION = delete(console_sessions).where(_s.session_hash == bindparam("session_hash"))
DROP_OLD_SESSIONS = delete(console_sessions).where(
    or_(_s.created_at <= bindparam("oldest"), _s.seen_at <= bindparam("quietest"))
)

INSERT_TICKET = insert(console_tickets)
TICKET = select(console_tickets).where(_t.ticket_hash == bindparam("ticket_hash"))
#: Of two that take it at once, one gets the row.
TAKE_TICKET = delete(console_tickets).where(_t.ticket_hash == bindparam("ticket_hash")).returning(_t.key_id)
DROP_OLD_TICKETS = delete(console_tickets).where(_t.created_at <= bindparam("oldest"))
