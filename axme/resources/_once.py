"""Resources with a secret that is told once: kept out of what is shown, copied, compared and pickled."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from axme.config import Secret
from axme.exceptions import AxmeValueError
from axme.resources.base import Resource
from axme.wire import FlatCalls


class OnceResource(Resource):
    """A resource whose maker is told its secret, and nobody after that."""

    __slots__ = ("_secret",)

    #: The name under which an answer has it.
    _SECRET: ClassVar[str] = "secret"
    #: What is said of ``{id}`` when it is no longer there, and how to get another.
    _GONE: ClassVar[str]

    def __init__(
        self, client: FlatCalls, resource_id: str, raw: dict[str, Any] | None = None, *, complete: bool = False
    ) -> None:
        told = (raw or {}).get(self._SECRET)
        self._secret = Secret(told) if isinstance(told, str) else None
        rest = raw and {name: value for name, value in raw.items() if name != self._SECRET}
        super().__init__(client, resource_id, rest, complete=complete)

    def reveal(self) -> str:
        """The secret itself; afterwards this object has forgotten it, and nobody can ask for it again.

        Raises:
            AxmeValueError: it was revealed before, or this is not the object that made it.
        """
        if self._secret is None:
            raise AxmeValueError(self._GONE.format(id=self.id))
        secret, self._secret = self._secret, None
        return str(secret)

    def _become(self, fresh: Self) -> None:
        super()._become(fresh)
        self._secret = fresh._secret or self._secret

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._secret = None
