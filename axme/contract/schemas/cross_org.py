"""Who may send to whom: receive policies, receive overrides and send policies (contract 3.7 to 3.9)."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validate

from axme.contract.limits import ADDRESS_CHARS
from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length
from axme.contract.sender_policies import OVERRIDE_MODES, RECEIVE_MODES, SEND_MODES, Effect, Mode

MOST_ENTRIES = 1000
_EXCEPTIONS = (Effect.ALLOW.value, Effect.DENY.value)


def _one_word(data: Any, name: str, *others: str) -> Any:
    """A body in which ``name`` may go by other names; where two are given, they must say the same."""
    if not isinstance(data, dict):
        return data
    said = {other: data[other] for other in (name, *others) if data.get(other) is not None}
    if len(set(map(str, said.values()))) > 1:
        raise ValidationError(f"{' and '.join(said)} say different things: give one of them", field_name=name)
    return data | {name: next(iter(said.values()))} if said else data


class ReceivePolicySet(RequestSchema):
    """The body of ``PUT /v1/organizations/{org_id}/receive-policy``: ``mode`` or ``policy_type``, and the list."""

    mode = fields.String(validate=validate.OneOf([mode.value for mode in RECEIVE_MODES]))
    allowlist = fields.List(Text(validate=length(1, ADDRESS_CHARS)), validate=length(0, MOST_ENTRIES))

    @pre_load
    def _names(self, data: Any, **_: Any) -> Any:
        return _one_word(data, "mode", "policy_type")

    @post_load
    def _something(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if not data:
            raise ValidationError("Missing data for required field.", field_name="mode")
        return data


class SendPolicySet(RequestSchema):
    """The body of ``PUT /v1/agents/{address}/policy``: ``policy_type`` or ``mode``."""

    policy_type = fields.String(required=True, validate=validate.OneOf([mode.value for mode in SEND_MODES]))

    @pre_load
    def _names(self, data: Any, **_: Any) -> Any:
        return _one_word(data, "policy_type", "mode")


class OverrideSet(RequestSchema):
    """The body of ``PUT …/receive-override``: a mode, or ``allow`` or ``deny`` for one organization."""

    override_type = fields.String(
        required=True, validate=validate.OneOf([*(mode.value for mode in OVERRIDE_MODES), *_EXCEPTIONS])
    )
    source_org_id = Text(validate=length(1, ADDRESS_CHARS))

    @pre_load
    def _names(self, data: Any, **_: Any) -> Any:
        return _one_word(data, "override_type", "mode", "policy_type")

    @post_load
    def _exception(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if "source_org_id" in data and data["override_type"] not in _EXCEPTIONS:
            raise ValidationError("Only allow and deny are said of one organization.", field_name="source_org_id")
        return data


class EntryAdd(RequestSchema):
    """The body of ``…/entries``."""

    sender_pattern = Text(required=True, validate=length(1, ADDRESS_CHARS))


class Entry(ObjectSchema):
    """Senders that a policy names."""

    entry_id = fields.String(required=True)
    sender_pattern = fields.String(required=True)
    effect = fields.String()
    source_org_id = fields.String()
    created_at = Moment()


class ReceivePolicy(ObjectSchema):
    """Which other organizations an organization takes intents from."""

    org_id = fields.String(required=True)
    policy_type = fields.Enum(Mode, by_value=True, required=True)
    mode = fields.Enum(Mode, by_value=True, required=True)
    entries = fields.List(fields.Nested(Entry), required=True)
    allowlist = fields.List(fields.String(), required=True)
    updated_at = Moment(allow_none=True)


class SendPolicy(ObjectSchema):
    """Which senders an agent takes intents from, those of its own organization included."""

    address = fields.String(required=True)
    policy_type = fields.Enum(Mode, by_value=True, required=True)
    entries = fields.List(fields.Nested(Entry), required=True)
    updated_at = Moment(allow_none=True)


class Override(ObjectSchema):
    """What an agent takes from other organizations, where that differs from its own organization's policy."""

    address = fields.String(required=True)
    override_type = fields.Enum(Mode, by_value=True, required=True)
    entries = fields.List(fields.Nested(Entry), required=True)
    updated_at = Moment(allow_none=True)


class ReceivePolicyAnswer(ObjectSchema):
    """A receive policy."""

    ok = Flag(required=True)
    policy = fields.Nested(ReceivePolicy, required=True)
    mode = fields.String(required=True)
    allowlist = fields.List(fields.String(), required=True)


class SendPolicyAnswer(ObjectSchema):
    """A send policy."""

    ok = Flag(required=True)
    policy = fields.Nested(SendPolicy, required=True)


class OverrideAnswer(ObjectSchema):
    """A receive override; a change echoes what was asked for."""

    ok = Flag(required=True)
    override = fields.Nested(Override, required=True)
    override_type = fields.String(required=True)
    source_org_id = fields.String()


class _EntryChanged(ObjectSchema):
    """With the policy or override as it is now."""

    ok = Flag(required=True)
    policy = Object()
    override = fields.Nested(Override)
    override_type = fields.String()
    mode = fields.String()
    allowlist = fields.List(fields.String())


class EntryAdded(_EntryChanged):
    """A new entry, and the policy or override it belongs to."""

    entry = fields.Nested(Entry, required=True)


class EntryRemoved(_EntryChanged):
    """An entry is gone; with the policy or override as it is now."""

    entry_id = fields.String(required=True)
    removed = Flag(required=True)
