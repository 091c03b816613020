"""Macros: workflows that come with the gateway (contract 3.11)."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, ObjectSchema


class MacroParameter(ObjectSchema):
    """What a workflow says to a macro; it may be left out where there is a default."""

    name = fields.String(required=True)
    description = fields.String(required=True)
    default = fields.Raw()


class Macro(ObjectSchema):
    """A workflow that is named instead of written out; ``steps`` are the ids of its steps, in order."""

    macro_id = fields.String(required=True)
    description = fields.String(required=True)
    parameters = fields.List(fields.Nested(MacroParameter), required=True)
    steps = fields.List(fields.String(), required=True)


class MacroList(ObjectSchema):
    """All macros."""

    ok = Flag(required=True)
    macros = fields.List(fields.Nested(Macro), required=True)


class MacroAnswer(ObjectSchema):
    """One macro."""

    ok = Flag(required=True)
    macro = fields.Nested(Macro, required=True)
