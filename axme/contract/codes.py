"""Machine-readable error codes: for each its HTTP status, category and whether a retry can help (contract 1.6)."""

from __future__ import annotations

from typing import NamedTuple


class ErrorCode(NamedTuple):
    """One row of the catalogue."""

    code: str
    status: int
    category: str
    retryable: bool = False


MISSING_KEY = ErrorCode("missing_platform_api_key", 401, "auth")
INVALID_KEY = ErrorCode("invalid_platform_api_key", 401, "auth")
INVALID_ACTOR_TOKEN = ErrorCode("invalid_actor_token", 401, "auth")
TOKEN_EXPIRED = ErrorCode("token_expired", 401, "auth")
INVALID_ACTOR_SCOPE = ErrorCode("invalid_actor_scope", 403, "auth")
FORBIDDEN = ErrorCode("forbidden", 403, "auth")
OWNER_SCOPE_MISMATCH = ErrorCode("owner_scope_mismatch", 403, "auth")
POLICY_DENIED = ErrorCode("policy_denied", 403, "policy")
AGENT_KILLED = ErrorCode("agent_killed", 403, "policy")
NOT_ASSIGNEE = ErrorCode("not_an_assignee", 403, "policy")
BAD_REQUEST = ErrorCode("bad_request", 400, "validation")
MALFORMED_JSON = ErrorCode("malformed_json", 400, "validation")
BAD_CURSOR = ErrorCode("bad_cursor", 400, "validation")
NOT_FOUND = ErrorCode("not_found", 404, "validation")
AGENT_NOT_FOUND = ErrorCode("agent_not_found", 404, "transport")
METHOD_NOT_ALLOWED = ErrorCode("method_not_allowed", 405, "validation")
IDEMPOTENCY_CONFLICT = ErrorCode("idempotency_conflict", 409, "validation")
POLICY_GENERATION_CONFLICT = ErrorCode("policy_generation_conflict", 409, "validation")
INTENT_TERMINAL = ErrorCode("intent_terminal", 409, "validation")
INVALID_TRANSITION = ErrorCode("invalid_transition", 409, "validation")
ALREADY_DECIDED = ErrorCode("already_decided", 409, "validation")
INTENT_PAUSED = ErrorCode("intent_paused", 409, "validation")
DUPLICATE = ErrorCode("duplicate", 409, "validation")
NICK_TAKEN = ErrorCode("nick_taken", 409, "validation")
INVITE_ACCEPTED = ErrorCode("invite_already_accepted", 409, "validation")
INVITE_EXPIRED = ErrorCode("invite_expired", 409, "validation")
SCHEMA_INCOMPATIBLE = ErrorCode("schema_incompatible", 409, "validation")
CLAIM_LOST = ErrorCode("claim_lost", 409, "validation")
MEDIA_STATE = ErrorCode("media_wrong_state", 409, "validation")
PAYLOAD_TOO_LARGE = ErrorCode("payload_too_large", 413, "validation")
UNSUPPORTED_MEDIA_TYPE = ErrorCode("unsupported_media_type", 415, "validation")
MISDIRECTED = ErrorCode("misdirected_request", 421, "validation")
VALIDATION_ERROR = ErrorCode("validation_error", 422, "validation")
SCHEMA_INVALID = ErrorCode("schema_invalid", 422, "validation")
MEDIA_MISMATCH = ErrorCode("media_mismatch", 422, "validation")
INVALID_AGENT_ADDRESS = ErrorCode("invalid_agent_address", 422, "validation")
RATE_LIMITED = ErrorCode("rate_limit_exceeded", 429, "policy", retryable=True)
QUOTA_EXCEEDED = ErrorCode("quota_exceeded", 429, "policy")
INTERNAL_ERROR = ErrorCode("internal_error", 500, "internal", retryable=True)
NOT_IMPLEMENTED = ErrorCode("not_implemented", 501, "internal")
UNAVAILABLE = ErrorCode("unavailable", 503, "internal", retryable=True)
OUTCOME_UNKNOWN = ErrorCode("outcome_unknown", 503, "internal", retryable=True)

CATALOGUE: dict[str, ErrorCode] = {row.code: row for row in list(globals().values()) if isinstance(row, ErrorCode)}
