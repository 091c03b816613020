"""No key, token or anything like one in what is shown, logged, pickled or raised."""

from __future__ import annotations

import io
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator

import pytest

from axme.config import AxmeClientConfig, Secret
from axme.exceptions import AxmeError
from axme.transport import Call, Transport
from axme.transport.redact import Redactor
from tests.transport.conftest import KEY
from tests.transport.rawserver import Handler, RawServer, always, answer, script

Serve = Callable[[Handler], RawServer]
TOKEN = "actor-token-of-nobody-else"
OTHER = "axme_sa_other_secretsecret"
INVITE = "invite-token-abcdef"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.getLogger("urllib3").setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    logging.getLogger("urllib3").setLevel(logging.NOTSET)


def locals_of(error: BaseException) -> str:
    """A traceback as crash reporters make it: with the values of all local variables of our own frames."""
    summary = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [frame for frame in summary.stack if "test_secrets" not in frame.filename]
    return "".join(traceback.StackSummary.from_list(ours).format()) + "".join(
        f"{name}={value}" for frame in ours for name, value in (frame.locals or {}).items()
    )


FAULTS: dict[str, Handler] = {
    "success": always(answer()),
    "echoed key": always(
        answer({"error": {"message": f"bad key {KEY}", "code": "x_y", "details": {"key": OTHER}}}, 401)
    ),
    "echo as text": always(answer(f"denied: Bearer {TOKEN}".encode(), 403)),
    "echo in junk": always(answer(f"<p>{KEY} and {OTHER}</p>".encode())),
    "redirect": always(answer({}, 302, Location=f"https://evil.example/{KEY}?token={TOKEN}")),
    "reset": script(lambda peer: peer.reset()),
    "silent": script(lambda peer: peer.server.stopping.wait(20)),
    "unavailable": always(answer({"message": "later"}, 503, x_request_id="req-1")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_shows_a_secret(serve: Serve, logged: io.StringIO, fault: str) -> None:
    # What a server echoes is found in the frames that read it; our own secrets must not be in any.
    server_knows = "echo" in fault or fault == "redirect"
    server = serve(FAULTS[fault])
    config = AxmeClientConfig(
        base_url=server.url, api_key=KEY, actor_token=TOKEN, retry_backoff_seconds=0.001, timeout_seconds=0.1
    )
    transport = Transport(config)
    shown = [repr(config), str(config), repr(transport), repr([config.api_key, config.actor_token])]
    call = Call(
        method="POST", path=f"/v1/invites/{INVITE}/accept", json={"n": 1}, query={"token": TOKEN}, timeout=1.0,
        authorization=f"Bearer {TOKEN}",
    )  # fmt: skip
    try:
        transport.send(call)
    except AxmeError as error:
        failure: AxmeError | None = error
    else:
        failure = None
    if failure:
        assert failure.__context__ is None or failure.__suppress_context__
        shown += [str(failure), repr(failure), repr(vars(failure))]
        shown += ["".join(traceback.format_exception(failure)), repr(pickle.dumps(failure))]
        if not server_knows:
            shown.append(locals_of(failure))
    transport.close()
    shown.append(logged.getvalue())
    # The call itself is the caller's; our frames show it as the caller wrote it.
    text = "\n".join(shown).replace(repr(call), "")
    for secret in (KEY, OTHER, TOKEN, INVITE):
        assert secret not in text, text[max(0, text.index(secret) - 200) :][:400]
    assert "axme_sa_builder" not in text


def test_the_log_tells_what_happened(serve: Serve, logged: io.StringIO) -> None:
    server = serve(script(answer({}, 503, x_request_id="req-1"), answer(x_request_id="req-2")))
    transport = Transport(AxmeClientConfig(base_url=server.url, api_key=KEY, retry_backoff_seconds=0.001))
    transport.send(Call(method="POST", path="/v1/things", query={"token": TOKEN}))
    transport.close()
    first, retry, second = [line for line in logged.getvalue().splitlines() if "/v1/things" in line]
    assert first.startswith("POST /v1/things -> 503 in ")
    assert first.endswith("attempt 1, request id req-1")
    assert retry.startswith("POST /v1/things failed (HTTP 503), attempt 1; next in 0.00 s")
    assert second.endswith("attempt 2, request id req-2")


def test_secrets_are_not_pickled() -> None:
    config = AxmeClientConfig(base_url="http://127.0.0.1:1", api_key=KEY)
    for thing in (config, config.api_key, Transport(config)):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(thing)


def test_a_secret_is_text_that_does_not_show_itself() -> None:
    secret = Secret("abc")
    assert (secret, repr(secret), f"{secret}!") == ("abc", "Secret(…)", "abc!")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"x-api-key: {OTHER}, next", "x-api-key: [hidden], next"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [hidden]"),
        ("?since=1&token=abc&x=1", "?since=1&token=[hidden]&x=1"),
        ('{"refresh_token": "abc", "n": 1}', '{"refresh_token": "[hidden]", "n": 1}'),
        ("client_secret=abc;", "client_secret=[hidden];"),
        ("/v1/invites/abc/accept", "/v1/invites/[hidden]/accept"),
        ("whsec_c2VjcmV0", "[hidden]"),
        ("a wholly innocent sentence", "a wholly innocent sentence"),
    ],
)
def test_redaction(text: str, shown: str) -> None:
    assert Redactor([KEY]).text(text) == shown


def test_redaction_knows_the_clients_own_secrets_whatever_they_look_like() -> None:
    assert Redactor(["open-sesame", None, "k"]).text("say open-sesame, ok?") == "say [hidden], ok?"
