"""The flat calls keep the names, order and defaults that programs written for the flat SDK use."""

from __future__ import annotations

import inspect

import pytest

from axme import AxmeClient

#: Parameters as such programs may give them; ``*`` separates what is given by name. More parameters may follow.
FORMS = {
    "health": "* trace_id=None",
    "create_intent": "payload * correlation_id idempotency_key=None trace_id=None",
    "get_intent": "intent_id * trace_id=None",
    "send_intent": "payload * correlation_id=None idempotency_key=None trace_id=None",
    "list_intent_events": "intent_id * since=None trace_id=None",
    "resolve_intent": "intent_id payload * owner_agent=None "
    "x_owner_agent=None authorization=None idempotency_key=None trace_id=None",
    "resume_intent": "intent_id payload * owner_agent=None "
    "x_owner_agent=None authorization=None idempotency_key=None trace_id=None",
    "update_intent_controls": "intent_id payload * owner_agent=None "
    "x_owner_agent=None authorization=None idempotency_key=None trace_id=None",
    "update_intent_policy": "intent_id payload * owner_agent=None "
    "x_owner_agent=None authorization=None idempotency_key=None trace_id=None",
    "observe": "intent_id * since=0 wait_seconds=15 poll_interval_seconds=1.0 timeout_seconds=None trace_id=None",
    "wait_for": "intent_id * since=0 wait_seconds=15 poll_interval_seconds=1.0 timeout_seconds=None trace_id=None",
    "list_inbox": "* owner_agent=None trace_id=None",
    "get_inbox_thread": "thread_id * owner_agent=None trace_id=None",
    "list_inbox_changes": "* owner_agent=None cursor=None limit=None trace_id=None",
    "reply_inbox_thread": "thread_id * message owner_agent=None idempotency_key=None trace_id=None",
    "delegate_inbox_thread": "thread_id payload * owner_agent=None idempotency_key=None trace_id=None",
    "approve_inbox_thread": "thread_id payload * owner_agent=None idempotency_key=None trace_id=None",
    "reject_inbox_thread": "thread_id payload * owner_agent=None idempotency_key=None trace_id=None",
    "delete_inbox_messages": "thread_id payload * owner_agent=None idempotency_key=None trace_id=None",
    "decide_approval": "approval_id * decision comment=None idempotency_key=None trace_id=None",
    "get_capabilities": "* trace_id=None",
    "create_service_account": "payload * idempotency_key=None trace_id=None",
    "list_service_accounts": "* org_id workspace_id=None trace_id=None",
    "get_service_account": "service_account_id * trace_id=None",
    "create_service_account_key": "service_account_id payload * idempotency_key=None trace_id=None",
    "revoke_service_account_key": "service_account_id key_id * idempotency_key=None trace_id=None",
    "create_organization": "payload * idempotency_key=None trace_id=None",
    "get_organization": "org_id * trace_id=None",
    "update_organization": "org_id payload * idempotency_key=None trace_id=None",
    "create_workspace": "org_id payload * idempotency_key=None trace_id=None",
    "list_workspaces": "org_id * trace_id=None",
    "update_workspace": "org_id workspace_id payload * idempotency_key=None trace_id=None",
    "list_organization_members": "org_id * workspace_id=None trace_id=None",
    "add_organization_member": "org_id payload * idempotency_key=None trace_id=None",
    "update_organization_member": "org_id member_id payload * idempotency_key=None trace_id=None",
    "remove_organization_member": "org_id member_id * trace_id=None",
    "create_access_request": "payload * idempotency_key=None trace_id=None",
    "list_access_requests": "* org_id=None workspace_id=None state=None trace_id=None",
    "get_access_request": "access_request_id * trace_id=None",
    "review_access_request": "access_request_id payload * idempotency_key=None trace_id=None",
    "list_agents": "* org_id workspace_id limit=None trace_id=None",
    "get_agent": "address * trace_id=None",
    "update_quota": "payload * idempotency_key=None trace_id=None",
    "get_quota": "* org_id workspace_id trace_id=None",
    "get_usage_summary": "* org_id workspace_id window=None trace_id=None",
    "get_usage_timeseries": "* org_id workspace_id window_days=None trace_id=None",
    "update_billing_plan": "payload * idempotency_key=None trace_id=None",
    "get_billing_plan": "* org_id workspace_id trace_id=None",
    "list_billing_invoices": "* org_id workspace_id status=None trace_id=None",
    "get_billing_invoice": "invoice_id * trace_id=None",
    "mcp_initialize": "* protocol_version=None trace_id=None",
    "mcp_list_tools": "* trace_id=None",
    "mcp_call_tool": "name * arguments=None owner_agent=None idempotency_key=None trace_id=None "
    "validate_input_schema=True retryable=None",
    "listen": "address * since=0 wait_seconds=15 timeout_seconds=None status=None trace_id=None",
}


@pytest.mark.parametrize("name", FORMS)
def test_a_flat_call_takes_what_such_programs_give(name: str) -> None:
    ours = dict(inspect.signature(getattr(AxmeClient, name)).parameters)
    del ours["self"]
    positional, _, keyword = FORMS[name].partition("*")
    for place, form in enumerate(positional.split()):
        wanted, _, default = form.partition("=")
        assert list(ours)[place] == wanted
        assert ours[wanted].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert not default
    for form in keyword.split():
        wanted, _, default = form.partition("=")
        assert wanted in ours, f"{name} takes no {wanted}"
        if default:
            assert repr(ours[wanted].default) == default


@pytest.mark.parametrize("name", FORMS)
def test_what_is_more_than_that_may_be_left_out(name: str) -> None:
    known = {form.partition("=")[0] for form in FORMS[name].split()} | {"self"}
    for parameter in inspect.signature(getattr(AxmeClient, name)).parameters.values():
        assert parameter.name in known or parameter.default is not inspect.Parameter.empty
