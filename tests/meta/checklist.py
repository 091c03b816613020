"""What the AXP HTTP API consists of: every operation, the flat calls over it, and the families served elsewhere.

The lists are data: nothing in them is derived from the code they are compared with.
"""

from __future__ import annotations

from typing import NamedTuple


class Listed(NamedTuple):
    """One operation of the API."""

    name: str
    method: str
    path: str
    #: The flat calls that make it, where not just the one of the same name; ``mesh.`` stands for ``client.mesh``.
    calls: tuple[str, ...]


def _read(table: str) -> tuple[Listed, ...]:
    rows = [line.split() for line in table.splitlines() if line.strip()]
    return tuple(Listed(name, method, path, tuple(calls) or (name,)) for name, method, path, *calls in rows)


#: Name, method, path, and the flat calls where they have other names; a blank line between families.
IN_SCOPE = _read(
    """\
health                            GET    /health

create_intent                     POST   /v1/intents                              create_intent send_intent
get_intent                        GET    /v1/intents/{intent_id}
list_intent_events                GET    /v1/intents/{intent_id}/events
stream_intent_events              GET    /v1/intents/{intent_id}/events/stream    observe wait_for
resume_intent                     POST   /v1/intents/{intent_id}/resume
update_intent_controls            POST   /v1/intents/{intent_id}/controls
update_intent_policy              POST   /v1/intents/{intent_id}/policy
resolve_intent                    POST   /v1/intents/{intent_id}/resolve
list_intents                      GET    /v1/intents
bulk_cancel_intents               POST   /v1/intents/bulk-cancel

list_my_tasks                     GET    /v1/me/tasks

list_inbox_changes                GET    /v1/inbox/changes
list_inbox                        GET    /v1/inbox
get_inbox_thread                  GET    /v1/inbox/{thread_id}
mark_inbox_thread_read            POST   /v1/inbox/{thread_id}/read
reply_inbox_thread                POST   /v1/inbox/{thread_id}/reply
delete_inbox_messages             POST   /v1/inbox/{thread_id}/messages/delete
delegate_inbox_thread             POST   /v1/inbox/{thread_id}/delegate
approve_inbox_thread              POST   /v1/inbox/{thread_id}/approve
reject_inbox_thread               POST   /v1/inbox/{thread_id}/reject

decide_approval                   POST   /v1/approvals/{approval_id}/decision

list_agents                       GET    /v1/agents
get_agent                         GET    /v1/agents/{address}
stream_agent_intents              GET    /v1/agents/{address}/intents/stream      listen

get_agent_policy                  GET    /v1/agents/{address}/policy
set_agent_policy                  PUT    /v1/agents/{address}/policy
add_agent_policy_entry            POST   /v1/agents/{address}/policy/entries
remove_agent_policy_entry         DELETE /v1/agents/{address}/policy/entries/{entry_id}

get_receive_policy                GET    /v1/organizations/{org_id}/receive-policy
set_receive_policy                PUT    /v1/organizations/{org_id}/receive-policy
add_receive_policy_entry          POST   /v1/organizations/{org_id}/receive-policy/entries
remove_receive_policy_entry       DELETE /v1/organizations/{org_id}/receive-policy/entries/{entry_id}

get_receive_override              GET    /v1/agents/{address}/receive-override
set_receive_override              PUT    /v1/agents/{address}/receive-override
add_receive_override_entry        POST   /v1/agents/{address}/receive-override/entries
remove_receive_override_entry     DELETE /v1/agents/{address}/receive-override/entries/{entry_id}

apply_scenario                    POST   /v1/scenarios/apply
validate_scenario                 POST   /v1/scenarios/validate
list_macros                       GET    /v1/tool-registry/macros
get_macro                         GET    /v1/tool-registry/macros/{macro_id}
upsert_webhook_subscription       POST   /v1/webhooks/subscriptions
list_webhook_subscriptions        GET    /v1/webhooks/subscriptions
delete_webhook_subscription       DELETE /v1/webhooks/subscriptions/{subscription_id}
publish_webhook_event             POST   /v1/webhooks/events
replay_webhook_event              POST   /v1/webhooks/events/{event_id}/replay

upsert_schema                     POST   /v1/schemas
get_schema                        GET    /v1/schemas/{semantic_type}

get_capabilities                  GET    /v1/capabilities

register_nick                     POST   /v1/users/register-nick
check_nick                        GET    /v1/users/check-nick
resolve_nick                      GET    /v1/users/resolve-nick
rename_nick                       POST   /v1/users/rename-nick
get_user_profile                  GET    /v1/users/profile
update_user_profile               POST   /v1/users/profile/update

create_invite                     POST   /v1/invites/create
get_invite                        GET    /v1/invites/{token}
accept_invite                     POST   /v1/invites/{token}/accept

create_media_upload               POST   /v1/media/create-upload
finalize_media_upload             POST   /v1/media/finalize-upload
upload_media_bytes                PUT    /v1/media/upload/{upload_id}
download_media_bytes              GET    /v1/media/download/{upload_id}
preview_media_bytes               GET    /v1/media/preview/{upload_id}
get_media_upload                  GET    /v1/media/{upload_id}

create_organization               POST   /v1/organizations
get_organization                  GET    /v1/organizations/{org_id}
update_organization               PATCH  /v1/organizations/{org_id}

create_workspace                  POST   /v1/organizations/{org_id}/workspaces
list_workspaces                   GET    /v1/organizations/{org_id}/workspaces
update_workspace                  PATCH  /v1/organizations/{org_id}/workspaces/{workspace_id}

list_organization_members         GET    /v1/organizations/{org_id}/members
add_organization_member           POST   /v1/organizations/{org_id}/members
update_organization_member        PATCH  /v1/organizations/{org_id}/members/{member_id}
remove_organization_member        DELETE /v1/organizations/{org_id}/members/{member_id}
include_workspace_member          POST   /v1/workspaces/{workspace_id}/members/include
exclude_workspace_member          DELETE /v1/workspaces/{workspace_id}/members/{member_id}/exclude

create_access_request             POST   /v1/access-requests
list_access_requests              GET    /v1/access-requests
get_access_request                GET    /v1/access-requests/{access_request_id}
review_access_request             POST   /v1/access-requests/{access_request_id}/review

update_quota                      PATCH  /v1/quotas
get_quota                         GET    /v1/quotas

get_usage_summary                 GET    /v1/usage/summary
get_usage_timeseries              GET    /v1/usage/timeseries
rollup_usage_daily                POST   /v1/usage/rollups/daily

update_billing_plan               PATCH  /v1/billing/plan
get_billing_plan                  GET    /v1/billing/plan
list_billing_invoices             GET    /v1/billing/invoices
get_billing_invoice               GET    /v1/billing/invoices/{invoice_id}

create_service_account            POST   /v1/service-accounts
list_service_accounts             GET    /v1/service-accounts
get_service_account               GET    /v1/service-accounts/{service_account_id}
create_service_account_key        POST   /v1/service-accounts/{service_account_id}/keys
revoke_service_account_key        POST   /v1/service-accounts/{service_account_id}/keys/{key_id}/revoke
delete_service_account            DELETE /v1/service-accounts/{service_account_id}

create_principal                  POST   /v1/principals
get_principal                     GET    /v1/principals/{principal_id}

bind_alias                        POST   /v1/aliases
list_aliases                      GET    /v1/aliases
revoke_alias                      POST   /v1/aliases/{alias_id}/revoke
resolve_alias                     GET    /v1/aliases/resolve

register_routing_endpoint         POST   /v1/routing/endpoints
list_routing_endpoints            GET    /v1/routing/endpoints
update_routing_endpoint           PATCH  /v1/routing/endpoints/{route_id}
remove_routing_endpoint           DELETE /v1/routing/endpoints/{route_id}
resolve_routing                   POST   /v1/routing/resolve

upsert_transport_binding          POST   /v1/transports/bindings
list_transport_bindings           GET    /v1/transports/bindings
remove_transport_binding          DELETE /v1/transports/bindings/{binding_id}

submit_delivery                   POST   /v1/deliveries
list_deliveries                   GET    /v1/deliveries
get_delivery                      GET    /v1/deliveries/{delivery_id}
get_delivery_operations           GET    /v1/deliveries-operations
reconcile_deliveries              POST   /v1/deliveries/reconcile
replay_delivery                   POST   /v1/deliveries/{delivery_id}/replay

mesh_heartbeat                    POST   /v1/mesh/heartbeat                       mesh.heartbeat mesh.start_heartbeat
mesh_list_agents                  GET    /v1/mesh/agents                          mesh.list_agents
mesh_get_agent                    GET    /v1/mesh/agents/{address_id}             mesh.get_agent
mesh_kill                         POST   /v1/mesh/agents/{address_id}/kill        mesh.kill
mesh_resume                       POST   /v1/mesh/agents/{address_id}/resume      mesh.resume
mesh_list_events                  GET    /v1/mesh/events                          mesh.list_events

mcp_rpc                           POST   /mcp                  mcp_initialize mcp_list_tools mcp_call_tool

list_audit_events                 GET    /v1/audit/events
"""
)

#: Families that belong to the hosted service: accounts, portal, sign-up, its scheduler and encrypted transports.
ELSEWHERE = _read(
    """\
auth_register_password            POST   /v1/auth/register-password
auth_login                        POST   /v1/auth/login
auth_refresh                      POST   /v1/auth/refresh
auth_logout                       POST   /v1/auth/logout
auth_logout_all                   POST   /v1/auth/logout-all
auth_list_sessions                GET    /v1/auth/sessions
auth_revoke_session               POST   /v1/auth/sessions/revoke
auth_list_assistant_links         GET    /v1/auth/assistant-links
create_dashboard_token            POST   /v1/auth/dashboard-token
create_cli_grant                  POST   /v1/auth/cli-grants
get_cli_grant                     GET    /v1/auth/cli-grants/{grant_id}
create_login_intent               POST   /v1/auth/login-intent
verify_login_intent               POST   /v1/auth/login-intent/{login_intent_id}/verify
introspect_token                  POST   /v1/auth/introspect
oauth_authorize                   GET    /oauth/authorize

portal_enterprise_access_requests GET    /v1/portal/enterprise/access-requests
portal_enterprise_navigation      GET    /v1/portal/enterprise/navigation
portal_enterprise_request_queue   GET    /v1/portal/enterprise/request-queue
portal_personal_overview          GET    /v1/portal/personal/overview
portal_enterprise_overview        GET    /v1/portal/enterprise/overview
portal_personal_workspace_selection POST   /v1/portal/personal/workspace-selection
portal_personal_context           GET    /v1/portal/personal/context
portal_personal_profile           POST   /v1/portal/personal/profile

alpha_bootstrap                   POST   /v1/alpha/bootstrap
alpha_verify_email                GET    /v1/alpha/verify-email
alpha_verify_email_post           POST   /v1/alpha/verify-email
alpha_verify_email_resend         POST   /v1/alpha/verify-email/resend

scheduler_workflow_tick           POST   /internal/scheduler/workflow-tick
scheduler_webhook_tick            POST   /internal/scheduler/webhook-tick
scheduler_reconcile_safety        POST   /internal/scheduler/reconcile-safety

upsert_matrix_identity            POST   /v1/matrix/identities/upsert
resolve_matrix_identity           GET    /v1/matrix/identities/resolve
upsert_matrix_device_store        POST   /v1/matrix/device-store/upsert
resolve_matrix_device_store       GET    /v1/matrix/device-store/resolve
set_matrix_device_trust           POST   /v1/matrix/device-trust/set
upsert_matrix_cross_signing_identity POST   /v1/matrix/cross-signing/upsert
resolve_matrix_cross_signing_identity GET    /v1/matrix/cross-signing/resolve
set_matrix_device_verification    POST   /v1/matrix/device-verification/set
list_matrix_device_trust          GET    /v1/matrix/device-trust/list
resolve_matrix_group_session      GET    /v1/matrix/group-sessions/resolve
rotate_matrix_group_session       POST   /v1/matrix/group-sessions/rotate
decrypt_matrix_group_session_message POST   /v1/matrix/group-sessions/decrypt
backup_matrix_group_session       POST   /v1/matrix/group-sessions/backup
restore_matrix_group_session      POST   /v1/matrix/group-sessions/restore
"""
)

#: Parameters that programs written for the flat SDK may give; after ``*`` by name only. More parameters may follow.
FORMS = {
    name: parameters
    for name, _, parameters in (
        line.partition(" ")
        for line in """\
health * trace_id=None
create_intent payload * correlation_id idempotency_key=None trace_id=None
get_intent intent_id * trace_id=None
send_intent payload * correlation_id=None idempotency_key=None trace_id=None
apply_scenario bundle * idempotency_key=None trace_id=None
validate_scenario bundle * trace_id=None
resolve_intent intent_id payload * owner_agent=None x_owner_agent=None authorization=None idempotency_key=None
    trace_id=None
resume_intent intent_id payload * owner_agent=None x_owner_agent=None authorization=None idempotency_key=None
    trace_id=None
update_intent_controls intent_id payload * owner_agent=None x_owner_agent=None authorization=None
    idempotency_key=None trace_id=None
update_intent_policy intent_id payload * owner_agent=None x_owner_agent=None authorization=None idempotency_key=None
    trace_id=None
observe intent_id * since=0 wait_seconds=15 poll_interval_seconds=1.0 timeout_seconds=None trace_id=None
wait_for intent_id * since=0 wait_seconds=15 poll_interval_seconds=1.0 timeout_seconds=None trace_id=None
list_inbox * owner_agent=None trace_id=None
get_inbox_thread thread_id * owner_agent=None trace_id=None
list_inbox_changes * owner_agent=None cursor=None limit=None trace_id=None
reply_inbox_thread thread_id * message owner_agent=None idempotency_key=None trace_id=None
delegate_inbox_thread thread_id payload * owner_agent=None idempotency_key=None trace_id=None
approve_inbox_thread thread_id payload * owner_agent=None idempotency_key=None trace_id=None
reject_inbox_thread thread_id payload * owner_agent=None idempotency_key=None trace_id=None
delete_inbox_messages thread_id payload * owner_agent=None idempotency_key=None trace_id=None
decide_approval approval_id * decision comment=None idempotency_key=None trace_id=None
get_capabilities * trace_id=None
create_invite payload * idempotency_key=None trace_id=None
get_invite token * trace_id=None
accept_invite token payload * idempotency_key=None trace_id=None
create_media_upload payload * idempotency_key=None trace_id=None
get_media_upload upload_id * trace_id=None
finalize_media_upload payload * idempotency_key=None trace_id=None
upsert_schema payload * idempotency_key=None trace_id=None
get_schema semantic_type * trace_id=None
register_nick payload * idempotency_key=None trace_id=None
check_nick nick * trace_id=None
rename_nick payload * idempotency_key=None trace_id=None
get_user_profile owner_agent * trace_id=None
update_user_profile payload * idempotency_key=None trace_id=None
create_service_account payload * idempotency_key=None trace_id=None
list_service_accounts * org_id workspace_id=None trace_id=None
get_service_account service_account_id * trace_id=None
create_service_account_key service_account_id payload * idempotency_key=None trace_id=None
list_agents * org_id workspace_id limit=None trace_id=None
get_agent address * trace_id=None
listen address * since=0 wait_seconds=15 timeout_seconds=None status=None trace_id=None
revoke_service_account_key service_account_id key_id * idempotency_key=None trace_id=None
create_organization payload * idempotency_key=None trace_id=None
get_organization org_id * trace_id=None
update_organization org_id payload * idempotency_key=None trace_id=None
create_workspace org_id payload * idempotency_key=None trace_id=None
list_workspaces org_id * trace_id=None
update_workspace org_id workspace_id payload * idempotency_key=None trace_id=None
list_organization_members org_id * workspace_id=None trace_id=None
add_organization_member org_id payload * idempotency_key=None trace_id=None
update_organization_member org_id member_id payload * idempotency_key=None trace_id=None
remove_organization_member org_id member_id * trace_id=None
create_access_request payload * idempotency_key=None trace_id=None
list_access_requests * org_id=None workspace_id=None state=None trace_id=None
get_access_request access_request_id * trace_id=None
review_access_request access_request_id payload * idempotency_key=None trace_id=None
update_quota payload * idempotency_key=None trace_id=None
get_quota * org_id workspace_id trace_id=None
get_usage_summary * org_id workspace_id window=None trace_id=None
get_usage_timeseries * org_id workspace_id window_days=None trace_id=None
create_principal payload * idempotency_key=None trace_id=None
get_principal principal_id * trace_id=None
bind_alias payload * idempotency_key=None trace_id=None
list_aliases * org_id workspace_id trace_id=None
revoke_alias alias_id * idempotency_key=None trace_id=None
resolve_alias * org_id workspace_id alias trace_id=None
register_routing_endpoint payload * idempotency_key=None trace_id=None
list_routing_endpoints * org_id workspace_id trace_id=None
update_routing_endpoint route_id payload * idempotency_key=None trace_id=None
remove_routing_endpoint route_id * trace_id=None
resolve_routing payload * idempotency_key=None trace_id=None
upsert_transport_binding payload * idempotency_key=None trace_id=None
list_transport_bindings * org_id workspace_id trace_id=None
remove_transport_binding binding_id * trace_id=None
submit_delivery payload * idempotency_key=None trace_id=None
list_deliveries * org_id workspace_id principal_id=None status=None trace_id=None
get_delivery delivery_id * trace_id=None
replay_delivery delivery_id * idempotency_key=None trace_id=None
update_billing_plan payload * idempotency_key=None trace_id=None
get_billing_plan * org_id workspace_id trace_id=None
list_billing_invoices * org_id workspace_id status=None trace_id=None
get_billing_invoice invoice_id * trace_id=None
upsert_webhook_subscription payload * idempotency_key=None trace_id=None
list_webhook_subscriptions * owner_agent=None trace_id=None
delete_webhook_subscription subscription_id * owner_agent=None trace_id=None
publish_webhook_event payload * owner_agent=None idempotency_key=None trace_id=None
replay_webhook_event event_id * owner_agent=None idempotency_key=None trace_id=None
mcp_initialize * protocol_version=None trace_id=None
mcp_list_tools * trace_id=None
mcp_call_tool name * arguments=None owner_agent=None idempotency_key=None trace_id=None validate_input_schema=True
    retryable=None
mesh.heartbeat * metrics=None trace_id=None
mesh.start_heartbeat * interval_seconds=30.0 include_metrics=True
mesh.stop_heartbeat *
mesh.report_metric * success=True latency_ms=None cost_usd=None
mesh.list_agents * limit=100 health=None trace_id=None
mesh.get_agent address_id * trace_id=None
mesh.kill address_id * trace_id=None
mesh.resume address_id * trace_id=None
mesh.list_events * limit=50 event_type=None trace_id=None
""".replace("\n    ", " ").splitlines()
    )
}
