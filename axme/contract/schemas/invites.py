"""Invites: a token that lets somebody in as a user (contract 3.16)."""

from __future__ import annotations

from marshmallow import fields, validate

from axme.contract.schemas.base import Address, Flag, Moment, ObjectSchema, RequestSchema, Text, length, whole
from axme.contract.schemas.users import Nick

TTL_SECONDS = (60, 1_209_600)
DEFAULT_TTL_SECONDS = 604_800
STATUSES = ("pending", "accepted", "expired")


class InviteCreate(RequestSchema):
    """The body of ``POST /v1/invites/create``; the owner defaults to the key's agent."""

    owner_agent = Address()
    recipient_hint = Text(validate=length(1, 255))
    ttl_seconds = whole(*TTL_SECONDS, load_default=DEFAULT_TTL_SECONDS)


class InviteAccept(RequestSchema):
    """The body of ``POST /v1/invites/{token}/accept``."""

    nick = Nick(required=True)
    display_name = Text(validate=length(1, 120))


class Invite(ObjectSchema):
    """An invite."""

    ok = Flag()
    token = fields.String(required=True)
    invite_url = fields.String()
    owner_agent = fields.String(required=True)
    recipient_hint = fields.String(allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    created_at = Moment(required=True)
    expires_at = Moment(required=True)
    accepted_at = Moment(allow_none=True)
    accepted_owner_agent = fields.String(allow_none=True)
    nick = fields.String(allow_none=True)
    public_address = fields.String(allow_none=True)


class InviteAccepted(ObjectSchema):
    """The user an accepted invite made."""

    ok = Flag(required=True)
    token = fields.String(required=True)
    status = fields.String(required=True)
    invite_owner_agent = fields.String(required=True)
    user_id = fields.String(required=True)
    owner_agent = fields.String(required=True)
    nick = fields.String(required=True)
    public_address = fields.String(required=True)
    display_name = fields.String(allow_none=True)
    accepted_at = Moment(required=True)
    registry_bind_status = fields.String(required=True)
