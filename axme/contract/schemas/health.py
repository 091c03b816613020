"""Whether a gateway is well (contract 3.1)."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, ObjectSchema


class Health(ObjectSchema):
    """The answer of ``GET /health``."""

    ok = Flag(required=True)
    status = fields.String()
    service = fields.String(required=True)
    version = fields.String()
    deployment_profile = fields.String()
    storage = fields.String()
    trouble = fields.String()


class Ready(ObjectSchema):
    """The answer of ``GET /ready``."""

    ok = Flag(required=True)
    status = fields.String(required=True)
