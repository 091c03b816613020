"""Users and their nicks (contract 3.15)."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from axme.contract.schemas.base import Address, Flag, Moment, ObjectSchema, RequestSchema, Text, length

_NICK = re.compile(r"[a-z0-9_.-]{3,32}")
_PHONE = r"^\+?[0-9][0-9 ()./-]*\Z"


class NickError(ValueError):
    """The text cannot be a nick; the message says how one is written."""


def normalized(nick: str) -> str:
    """``"@Ada"`` → ``"ada"``: the one spelling of a nick.

    Raises:
        NickError: it is not 3 to 32 of the characters a nick may have.
    """
    word = nick.strip().removeprefix("@").lower()
    if not _NICK.fullmatch(word):
        raise NickError(f"{nick[:64]!r} cannot be a nick: 3 to 32 letters a-z, digits and _ . - after an optional @")
    return word


def shown(nick: str) -> str:
    """A normalized nick as it is written: ``@ada``."""
    return f"@{nick}"


def public_address(nick: str) -> str:
    """The public address of a normalized nick: ``ada@ax``."""
    return f"{nick}@ax"


class Nick(Text):
    """A nick, read into its normalized spelling."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=length(1, 64), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return normalized(super()._deserialize(value, attr, data, **kwargs))
        except NickError as error:
            raise ValidationError(str(error)) from None


class Contact(RequestSchema):
    """What a user may tell about himself."""

    display_name = Text(validate=length(1, 120))
    phone = Text(validate=[length(3, 32), validate.Regexp(_PHONE, error="Write it like +49 30 1234567.")])
    email = fields.Email(validate=length(3, 255))


class NickRegister(Contact):
    """The body of ``POST /v1/users/register-nick``."""

    nick = Nick(required=True)


class NickRename(NickRegister):
    """The body of ``POST /v1/users/rename-nick``."""

    owner_agent = Address(required=True)


class ProfileUpdate(Contact):
    """The body of ``POST /v1/users/profile/update``."""

    owner_agent = Address(required=True)
    nick = Nick()


class NickCheck(ObjectSchema):
    """Whether a nick can be had."""

    ok = Flag(required=True)
    nick = fields.String(required=True)
    normalized_nick = fields.String(required=True)
    public_address = fields.String(required=True)
    available = Flag(required=True)


class NickResolution(ObjectSchema):
    """Who is behind a nick, as far as the caller may know."""

    ok = Flag(required=True)
    resolved = Flag(required=True)
    nick = fields.String(required=True)
    normalized_nick = fields.String(required=True)
    public_address = fields.String(required=True)
    owner_agent = fields.String(allow_none=True)
    display_name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)


class User(ObjectSchema):
    """A user, in each of the forms an answer has."""

    ok = Flag()
    user_id = fields.String(required=True)
    owner_agent = fields.String(required=True)
    nick = fields.String(required=True)
    normalized_nick = fields.String()
    public_address = fields.String(required=True)
    display_name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    created_at = Moment()
    renamed_at = Moment()
    updated_at = Moment()
