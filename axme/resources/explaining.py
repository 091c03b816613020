"""The verb that asks why an intent stands where it stands."""

from __future__ import annotations

from axme.exceptions import AxmeHttpError
from axme.resources._explaining import explained
from axme.resources.base import Resource
from axme.resources.explanations import Explanation
from axme.wire.sketch import in_words, request_of

#: How servers answer that do not explain: as to any path they do not know.
_NOT_SERVED = frozenset({404, 405, 501})


class Explainable(Resource):
    """An intent that says why it stands where it stands."""

    __slots__ = ()

    def explain(self) -> Explanation:
        """Why it waits, on whom, since when, what comes next, and the calls that move it; or how it ended.

        ``GET /v1/intents/{intent_id}/explanation``; from a server without that, what the intent itself tells.

        Raises:
            AxmeNotFoundError: it is not there, or not for this caller.

        Example:
            >>> print(intent.explain())  # doctest: +SKIP
        """
        api = self._api
        try:
            answer = api.explain_intent(self.id)
        except AxmeHttpError as error:
            if error.status_code not in _NOT_SERVED:
                raise
            answer = api.get_intent(self.id)
        raw = self._absorb(answer)._snapshot.raw
        return explained(raw, answer.get("explanation", {}), lambda make: in_words(request_of(api.config, make)))
