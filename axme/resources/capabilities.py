"""What a gateway can do (contract 3.14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axme.resources.base import Record
from axme.resources.fields import field

if TYPE_CHECKING:
    from marshmallow import Schema


class Capabilities(Record):
    """What a gateway can do, and the protocol intent types it knows."""

    __slots__ = ()

    capabilities = field("capabilities", list[str])
    supported_intent_types = field("supported_intent_types", list[str])

    def _summary(self) -> str:
        return self._seen("capabilities")

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.capabilities import Capabilities as Shape

        return Shape
