"""What every table is built with. Times are microseconds since 1970; JSON is text, kept as sent."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key(name: str, target: str | None = None) -> Column[str]:
    """A text column of the primary key."""
    return Column(name, Text, *([ForeignKey(target)] if target else []), primary_key=True)


def key_number(name: str) -> Column[int]:
    """A whole number of the primary key, chosen by whoever writes the row."""
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def text_(name: str, target: str | None = None) -> Column[str]:
    """A text that is always there."""
    return Column(name, Text, *([ForeignKey(target)] if target else []), nullable=False)


def text_or_null(name: str) -> Column[str]:
    """A text that may be missing."""
    return Column(name, Text)


def number(name: str) -> Column[int]:
    """A whole number, such as a time, that is always there."""
    return Column(name, BigInteger, nullable=False)


def number_or_null(name: str) -> Column[int]:
    """A whole number that may be missing."""
    return Column(name, BigInteger)


def text_default(name: str, value: str) -> Column[str]:
    """A text that rows from before the column have too."""
    return Column(name, Text, nullable=False, server_default=value)


def number_default(name: str) -> Column[int]:
    """A whole number that is 0 in rows from before the column."""
    return Column(name, BigInteger, nullable=False, server_default="0")
