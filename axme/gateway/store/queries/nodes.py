"""Nodes of one PostgreSQL: said in the driver's own words, because they are said on the connection that listens."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

#: A node that was not seen for so long is dead: its work is another's. It is three beats and some patience.
_LEASE: Final = 10 * 1_000_000
#: Rows of nodes that never came back are kept so long, for people to see.
_KEEP: Final = 86_400 * 1_000_000
_NOW: Final = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_LOCK: Final = 0x61786D65

#: Held as long as the connection lives: it dies with the process, and keeps a second node from the same name.
HOLD: Final = f"SELECT pg_try_advisory_lock({_LOCK}, hashtext(%(node_id)s))"
ARRIVE: Final = f"""
    INSERT INTO nodes (node_id, run_id, version, started_at, seen_at)
    VALUES (%(node_id)s, %(run_id)s, %(version)s, {_NOW}, {_NOW})
    ON CONFLICT (node_id) DO UPDATE SET run_id = excluded.run_id, version = excluded.version,
        started_at = CASE WHEN nodes.run_id = excluded.run_id THEN nodes.started_at ELSE excluded.started_at END,
        seen_at = excluded.seen_at"""  # noqa: S608
FORGET: Final = f"DELETE FROM nodes WHERE seen_at < {_NOW} - {_KEEP}"  # noqa: S608
#: Ends a connection of this very node that the server still takes for alive.
END_EARLIER: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = %(name)s AND pid <> pg_backend_pid()"""
#: Says whether there is work that a dead node has left.
BEAT: Final = f"""
    WITH beat AS (UPDATE nodes SET seen_at = {_NOW} WHERE node_id = %(node_id)s AND run_id = %(run_id)s)
    SELECT EXISTS (
        SELECT FROM jobs WHERE taken_by IS NOT NULL AND taken_by <> %(run_id)s AND taken_by NOT IN (
            SELECT run_id FROM nodes WHERE seen_at > {_NOW} - {_LEASE}))"""  # noqa: S608
LEAVE: Final = "DELETE FROM nodes WHERE node_id = %(node_id)s AND run_id = %(run_id)s"
#: The run ids of the living.
ALIVE: Final = f"SELECT run_id FROM nodes WHERE seen_at > {_NOW} - {_LEASE}"  # noqa: S608
COUNT_ALIVE = text(f"SELECT count(*) AS count FROM nodes WHERE seen_at > {_NOW} - {_LEASE}")  # noqa: S608
#: Where there is one node, its row is there to see whether anything can be written.
TOUCH = text(
    "INSERT INTO nodes (node_id, run_id, version, started_at, seen_at) VALUES ('only', '', '', :now, :now)"
    " ON CONFLICT (node_id) DO UPDATE SET seen_at = excluded.seen_at"
)
LOOK = text("SELECT 1")
