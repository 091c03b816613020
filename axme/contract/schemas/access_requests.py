"""Access requests: asking for an organization, a role or a tier (contract 3.21)."""

from __future__ import annotations

from marshmallow import fields, validate

from axme.contract.member_roles import ROLES
from axme.contract.schemas.base import Flag, Moment, ObjectSchema, RequestSchema, Text, length

CREATE_ORGANIZATION = "create_organization"
JOIN_ORGANIZATION = "join_organization"
ELEVATED_ROLE = "elevated_role"
QUOTA_UPGRADE = "quota_upgrade"
TYPES = (CREATE_ORGANIZATION, JOIN_ORGANIZATION, ELEVATED_ROLE, QUOTA_UPGRADE)
STATES = ("pending", "under_review", "approved", "rejected", "waitlisted", "expired")
TIERS = ("email_verified", "corporate")
DECISIONS = {"approve": "approved", "reject": "rejected", "waitlist": "waitlisted"}


class AccessRequestCreate(RequestSchema):
    """The body of ``POST /v1/access-requests``."""

    request_type = fields.String(required=True, validate=validate.OneOf(TYPES))
    requester_actor_id = Text(validate=length(1, 255))
    org_id = Text(validate=length(1, 255))
    workspace_id = Text(validate=length(1, 255))
    requested_role = fields.String(validate=validate.OneOf(ROLES))
    requested_tier = fields.String(validate=validate.OneOf(TIERS))
    company_name = Text(validate=length(2, 255))
    justification = Text(validate=length(0, 4000))
    expires_at = Moment()


class AccessRequestReview(RequestSchema):
    """The body of ``POST …/{access_request_id}/review``."""

    decision = fields.String(required=True, validate=validate.OneOf(tuple(DECISIONS)))
    reviewer_actor_id = Text(validate=length(1, 255))
    review_comment = Text(validate=length(0, 4000))


class AccessRequest(ObjectSchema):
    """Somebody asks for something that others decide."""

    access_request_id = fields.String(required=True)
    request_type = fields.String(required=True)
    state = fields.String(required=True)
    requester_actor_id = fields.String(required=True)
    org_id = fields.String(allow_none=True)
    workspace_id = fields.String(allow_none=True)
    requested_role = fields.String(allow_none=True)
    requested_tier = fields.String(allow_none=True)
    company_name = fields.String(allow_none=True)
    justification = fields.String(allow_none=True)
    reviewer_actor_id = fields.String(allow_none=True)
    review_comment = fields.String(allow_none=True)
    reviewed_at = Moment(allow_none=True)
    expires_at = Moment(allow_none=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class AccessRequestAnswer(ObjectSchema):
    """One access request."""

    ok = Flag(required=True)
    access_request = fields.Nested(AccessRequest, required=True)


class AccessRequestList(ObjectSchema):
    """Access requests, the newest first."""

    ok = Flag(required=True)
    access_requests = fields.List(fields.Nested(AccessRequest), required=True)
