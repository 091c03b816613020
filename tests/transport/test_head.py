"""An answer cut anywhere, even inside its head, is a broken connection: tried again, never taken for an answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from axme.config import AxmeClientConfig
from axme.exceptions import AxmeConnectionError
from axme.transport import Call, Transport
from tests.transport.rawserver import Handler, Peer, RawServer, answer

WHOLE = answer({"n": 1}, X_Request_Id="req-1")


def _cut_after(size: int) -> Handler:
    """Each first request of a connection gets so many bytes of the answer, but the second connection all of them."""

    def handle(peer: Peer) -> None:
        while peer.request():
            peer.send(WHOLE if peer.number else WHOLE[:size])
            if not peer.number:
                return

    return handle


@pytest.mark.parametrize("size", range(len(WHOLE)))
def test_a_cut_answer_is_asked_for_again(serve: Callable[[Handler], RawServer], size: int) -> None:
    server = serve(_cut_after(size))
    transport = Transport(AxmeClientConfig(base_url=server.url, api_key="k" * 20, retry_backoff_seconds=0.001))
    assert transport.send(Call(method="POST", path="/v1/things", json={})) == {"n": 1}
    assert len({request.fields["idempotency-key"] for request in server.requests}) == 1
    assert len(server.requests) == 2
    transport.close()


@pytest.mark.parametrize("size", range(len(WHOLE)))
def test_without_another_attempt_the_connection_is_what_broke(serve: Callable[[Handler], RawServer], size: int) -> None:
    server = serve(_cut_after(size))
    transport = Transport(AxmeClientConfig(base_url=server.url, api_key="k" * 20, max_retries=0))
    with pytest.raises(AxmeConnectionError) as caught:
        transport.send(Call(method="POST", path="/v1/things", json={}))
    assert (caught.value.outcome, caught.value.attempts) == ("unknown", 1)
    transport.close()
