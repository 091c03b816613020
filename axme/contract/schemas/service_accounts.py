"""Service accounts and their keys (contract 3.25)."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, Moment, ObjectSchema, RequestSchema, Text, length


class ServiceAccountCreate(RequestSchema):
    """The body of ``POST /v1/service-accounts``; organization and workspace default to the caller's."""

    org_id = fields.String()
    workspace_id = fields.String()
    name = Text(required=True, validate=length(2, 120))
    display_name = Text(validate=length(0, 255))
    description = Text(validate=length(0, 1024))
    created_by_actor_id = Text(validate=length(1, 255))


class ServiceAccount(ObjectSchema):
    """A machine identity and the agent address it owns."""

    service_account_id = fields.String(required=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(allow_none=True)
    status = fields.String(required=True)
    created_by_actor_id = fields.String(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    agent_address = fields.String()
    address = fields.String()
    display_name = fields.String(allow_none=True)


class ServiceAccountAnswer(ObjectSchema):
    """One service account."""

    ok = Flag(required=True)
    service_account = fields.Nested(ServiceAccount, required=True)


class ServiceAccountList(ObjectSchema):
    """The service accounts of an organization or workspace."""

    ok = Flag(required=True)
    service_accounts = fields.List(fields.Nested(ServiceAccount), required=True)


class ServiceAccountDeleted(ObjectSchema):
    """The answer to a delete."""

    ok = Flag(required=True)
    service_account_id = fields.String(required=True)
    deleted = Flag(required=True)


class KeyCreate(RequestSchema):
    """The body of ``…/keys``."""

    created_by_actor_id = Text(validate=length(1, 255))
    expires_at = Moment()


class ServiceAccountKey(ObjectSchema):
    """A key; ``token`` is there only in the answer that created it."""

    key_id = fields.String(required=True)
    service_account_id = fields.String(required=True)
    key_hint = fields.String()
    status = fields.String(required=True)
    created_at = Moment()
    expires_at = Moment(allow_none=True)
    revoked_at = Moment(allow_none=True)
    token = fields.String()


class KeyAnswer(ObjectSchema):
    """One key."""

    ok = Flag(required=True)
    key = fields.Nested(ServiceAccountKey, required=True)


class KeyList(ObjectSchema):
    """The keys of a service account, without their secrets."""

    ok = Flag(required=True)
    keys = fields.List(fields.Nested(ServiceAccountKey), required=True)
