"""What a gateway can do (contract 3.14)."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, ObjectSchema


class Capabilities(ObjectSchema):
    """The capabilities and protocol intent types of a gateway."""

    ok = Flag(required=True)
    capabilities = fields.List(fields.String(), required=True)
    supported_intent_types = fields.List(fields.String(), required=True)
