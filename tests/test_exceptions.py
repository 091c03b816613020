"""The error tree: which class for which answer, what it knows, and that it survives a pickle."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme import exceptions as ex
from axme.contract import codes
from axme.transport.failures import http_error

BY_STATUS = [
    (400, ex.AxmeValidationError), (401, ex.AxmeAuthenticationError), (403, ex.AxmePermissionError),
    (404, ex.AxmeNotFoundError), (405, ex.AxmeHttpError), (408, ex.AxmeHttpError), (409, ex.AxmeConflictError),
    (410, ex.AxmeHttpError), (413, ex.AxmeValidationError), (418, ex.AxmeHttpError), (422, ex.AxmeValidationError),
    (429, ex.AxmeRateLimitError), (500, ex.AxmeServerError), (501, ex.AxmeServerError), (504, ex.AxmeServerError),
]  # fmt: skip
BY_CODE = [
    (codes.IDEMPOTENCY_CONFLICT, ex.AxmeIdempotencyError),
    (codes.POLICY_GENERATION_CONFLICT, ex.AxmePolicyGenerationError),
    (codes.INTENT_TERMINAL, ex.AxmeTerminalError),
    (codes.ALREADY_DECIDED, ex.AxmeAlreadyDecidedError),
    (codes.QUOTA_EXCEEDED, ex.AxmeQuotaError),
    (codes.DUPLICATE, ex.AxmeConflictError),
    (codes.NOT_FOUND, ex.AxmeNotFoundError),
]
KINDS = [
    (ex.AxmeConfigError, ValueError), (ex.AxmeValueError, ValueError), (ex.AxmeClosedError, RuntimeError),
    (ex.AxmeTimeoutError, TimeoutError), (ex.AxmeTimeoutError, ex.AxmeTransportError),
    (ex.AxmeAuthenticationError, ex.AxmeAuthError), (ex.AxmePermissionError, ex.AxmeAuthError),
    (ex.AxmeConflictError, ex.AxmeValidationError), (ex.AxmeQuotaError, ex.AxmeRateLimitError),
    (ex.AxmeIntentFailedError, ex.AxmeIntentError), (ex.AxmeAPIError, ex.AxmeHttpError),
]  # fmt: skip


@pytest.mark.parametrize(("status", "kind"), BY_STATUS)
def test_the_status_decides(status: int, kind: type[Exception]) -> None:
    error = http_error(status, {"error": {"message": "no", "code": "some_new_code"}})
    assert type(error) is kind
    assert (error.status_code, error.code, str(error)) == (status, "some_new_code", f"HTTP {status}: no")


@pytest.mark.parametrize(("row", "kind"), BY_CODE)
def test_a_known_code_is_more_precise(row: codes.ErrorCode, kind: type[Exception]) -> None:
    error = http_error(row.status, {"error": {"code": row.code, "message": "no"}})
    assert type(error) is kind
    assert error.code == row.code


def test_the_reused_key_of_an_older_server_is_recognised_by_its_text() -> None:
    error = http_error(409, {"detail": "idempotency key reused with different payload"})
    assert type(error) is ex.AxmeIdempotencyError


@pytest.mark.parametrize(("kind", "parent"), KINDS)
def test_kinship(kind: type, parent: type) -> None:
    assert issubclass(kind, parent)
    assert issubclass(kind, ex.AxmeError)


@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        ({"error": "plain", "code": "a_code"}, "plain", "a_code"),
        ({"error": {"message": "inner", "code": "a_code"}, "message": "outer", "error_code": "b"}, "inner", "a_code"),
        ({"message": "outer", "error_code": "b_code"}, "outer", "b_code"),
        ({"detail": "said"}, "said", None),
        ({"detail": [{"loc": ["body"], "msg": "first", "type": "t"}, {"msg": "second"}]}, "first", None),
        ({"detail": []}, "the server gave no reason for status 422", None),
        ({"error": {"message": "", "code": ""}, "message": 7}, "the server gave no reason for status 422", None),
        ("two\nlines of  text", "two lines of text", None),
        ("", "the server gave no reason for status 422", None),
        (None, "the server gave no reason for status 422", None),
        ([1], "the server gave no reason for status 422", None),
    ],
)
def test_the_message_is_found_in_every_spelling(body: Any, message: str, code: str | None) -> None:
    error = http_error(422, body)
    assert (error.message, error.code) == (message, code)


def test_a_long_message_is_cut() -> None:
    assert len(http_error(500, "x" * 100_000).message) == 501


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["error", "message", "detail", "details", "code", "retryable", "msg", "request_id"]), inner
    ),
    max_leaves=12,
)  # fmt: skip


@given(status=st.integers(400, 599), body=JSON)
def test_no_body_breaks_the_reading_of_an_error(status: int, body: Any) -> None:
    error = http_error(status, body)
    assert error.message
    assert error.body == body
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_ids_come_from_headers_or_body() -> None:
    body = {"request_id": "of the body", "trace_id": "t"}
    assert http_error(500, body).request_id == "of the body"
    error = http_error(500, body, request_id="of the header")
    assert (error.request_id, error.trace_id) == ("of the header", "t")
    assert str(error).endswith("(request id of the header)")


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [(400, None, "rejected"), (408, None, "unknown"), (429, None, "rejected"), (500, None, "unknown"),
     (502, None, "unknown"), (503, None, "unknown"), (503, "unavailable", "rejected"),
     (501, "not_implemented", "rejected"), (504, None, "unknown")],
)  # fmt: skip
def test_the_outcome_says_what_may_have_happened(status: int, code: str | None, outcome: str) -> None:
    assert http_error(status, {"error": {"code": code, "message": "no"}}).outcome == outcome


def test_the_flat_constructor_still_works() -> None:
    error = ex.AxmeHttpError(418, "teapot", body={"a": 1}, request_id="r", trace_id="t", retry_after=3)
    assert (error.status_code, error.message, error.body) == (418, "teapot", {"a": 1})
    assert str(error) == "HTTP 418: teapot (request id r)"
    assert not error.retryable


@pytest.mark.parametrize(
    "error",
    [
        ex.AxmeTimeoutError("late", outcome="not_sent", attempts=2, operation="get_intent", idempotency_key="k"),
        ex.AxmeRateLimitError(429, "slow", retry_after=2.5, code="rate_limit_exceeded", idempotency_key="k"),
        ex.AxmeIntentFailedError("it failed", {"intent_id": "i"}),
        ex.AxmeConfigError("no key"),
    ],
)
def test_errors_travel_between_processes(error: Exception) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (str(copy), vars(copy)) == (str(error), vars(error))
