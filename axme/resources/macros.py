"""Macros as objects: workflows that come with the gateway (contract 3.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axme.resources.base import Record, Resource
from axme.resources.collections import Page, page
from axme.resources.fields import field, records
from axme.resources.named import Named

if TYPE_CHECKING:
    from marshmallow import Schema


class MacroParameter(Record):
    """What a workflow says to a macro."""

    __slots__ = ()

    name = field("name", str)
    description = field("description", str)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.macros import MacroParameter as Shape

        return Shape

    @property
    def required(self) -> bool:
        """Whether it must be given, because there is no default."""
        return "default" not in self._snapshot.raw

    @property
    def default(self) -> Any:
        """What holds where it is not given; ``None`` where it must be."""
        return self.raw.get("default")

    def _summary(self) -> str:
        return self._seen("name")


class Macro(Resource):
    """A workflow that a scenario names instead of writing it out; ``steps`` are the ids of its steps, in order."""

    __slots__ = ()
    _ID = "macro_id"
    _KEY = "macro"

    description = field("description", str)
    parameters = records("parameters", MacroParameter)
    steps = field("steps", list[str])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.macros import Macro as Shape

        return Shape

    @property
    def macro_id(self) -> str:
        """What ``workflow.macro_id`` names it by."""
        return self.id

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_macro(self.id)

    def _summary(self) -> str:
        return self.id


class Macros(Named[Macro]):
    """The macros of the gateway, by id: ``client.macros["approval.v1"]``."""

    __slots__ = ()

    def list(self) -> Page[Macro]:
        """All of them. ``GET /v1/tool-registry/macros``"""
        return page(
            self._api.list_macros(), "macros", lambda raw: Macro._from(self._api, raw), kind=Macro, what="macros"
        )

    def get(self, macro_id: str) -> Macro:
        """One of them. ``GET /v1/tool-registry/macros/{macro_id}``

        Raises:
            AxmeNotFoundError: there is none of this id.
        """
        return Macro._from(self._api, self._api.get_macro(macro_id).get("macro"))

    def _all(self) -> Page[Macro]:
        return self.list()

    def _names(self, item: Macro) -> tuple[str, ...]:
        return (item.id,)
