"""Access requests: asking for an organization, a role or a tier (contract 3.21)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from axme.resources._arguments import given, id_of, moment
from axme.resources.base import Resource, short
from axme.resources.collections import Collection, Page, page
from axme.resources.fields import field, optional
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from marshmallow import Schema

    from axme.resources.workspaces import Workspace


class AccessRequest(Resource):
    """Somebody asks for something, and others decide.

    ``request_type`` is ``create_organization``, ``join_organization``, ``elevated_role`` or ``quota_upgrade``;
    ``state`` is ``pending``, ``under_review``, ``waitlisted``, ``approved``, ``rejected`` or ``expired``.
    """

    __slots__ = ()
    _ID = "access_request_id"
    _KEY = "access_request"

    request_type = field("request_type", str)
    state = field("state", str)
    requester_actor_id = field("requester_actor_id", str)
    org_id = optional("org_id", str)
    workspace_id = optional("workspace_id", str)
    requested_role = optional("requested_role", str)
    requested_tier = optional("requested_tier", str)
    company_name = optional("company_name", str)
    justification = optional("justification", str)
    reviewer_actor_id = optional("reviewer_actor_id", str)
    review_comment = optional("review_comment", str)
    reviewed_at = optional("reviewed_at", datetime)
    expires_at = optional("expires_at", datetime)
    created_at = field("created_at", datetime)
    updated_at = field("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.access_requests import AccessRequest as Shape

        return Shape

    def approve(self, comment: str | None = None) -> Self:
        """Give what is asked for. ``POST /v1/access-requests/{access_request_id}/review``

        Who asked to join is a member then, who asked for an organization owns it.

        Raises:
            AxmeAlreadyDecidedError: it is decided, or has expired.
            AxmePermissionError: what is asked for is above the caller's own role.
        """
        return self._review("approve", comment)

    def deny(self, comment: str | None = None) -> Self:
        """Refuse. ``POST /v1/access-requests/{access_request_id}/review``; errors as of :meth:`approve`."""
        return self._review("reject", comment)

    def waitlist(self, comment: str | None = None) -> Self:
        """Put off. ``POST /v1/access-requests/{access_request_id}/review``; errors as of :meth:`approve`."""
        return self._review("waitlist", comment)

    def _review(self, decision: str, comment: str | None) -> Self:
        said = given(decision=decision, review_comment=comment)
        return self._absorb(self._api.review_access_request(self.id, said))

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_access_request(self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (short(self.id), self._seen("request_type"), self._seen("state"))))


class AccessRequests(Collection):
    """Requests to an organization; without one, to the caller's own."""

    __slots__ = ("_org_id",)

    def __init__(self, client: FlatCalls, org_id: str | None = None) -> None:
        super().__init__(client)
        self._org_id = org_id

    def create(
        self,
        request_type: str,
        *,
        requester: str | None = None,
        role: str | None = None,
        workspace: Workspace | str | None = None,
        company_name: str | None = None,
        tier: str | None = None,
        justification: str | None = None,
        expires: datetime | timedelta | None = None,
        org_id: str | None = None,
    ) -> AccessRequest:
        """Ask for something. ``POST /v1/access-requests``

        Args:
            request_type: ``create_organization`` (needs ``company_name``), ``join_organization``, ``elevated_role``
                (needs ``role``) or ``quota_upgrade`` (``tier``: ``email_verified`` or ``corporate``).
            requester: the actor it is for, by default the caller.
            expires: when the request lapses; a ``timedelta`` counts from now.
            org_id: the organization that is asked, where it is not the one of this collection.

        Raises:
            AxmeValidationError: what this kind of request needs is missing.
        """
        said = given(
            request_type=request_type,
            requester_actor_id=requester,
            org_id=org_id or self._org_id,
            workspace_id=id_of(workspace),
            requested_role=role,
            requested_tier=tier,
            company_name=company_name,
            justification=justification,
            expires_at=moment("expires", expires),
        )
        answer = self._api.create_access_request(said)
        return AccessRequest._from(self._api, answer.get("access_request"))

    def get(self, access_request_id: str) -> AccessRequest:
        """One request. ``GET /v1/access-requests/{access_request_id}``

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self.handle(access_request_id).refresh()

    def handle(self, access_request_id: str) -> AccessRequest:
        """A handle on a request whose id is known; asks nobody until it is used."""
        return AccessRequest(self._api, access_request_id)

    def list(self, *, state: str | None = None, workspace: Workspace | str | None = None) -> Page[AccessRequest]:
        """The requests, the newest first. ``GET /v1/access-requests``

        Args:
            state: only requests in this state, such as ``pending``.
        """
        answer = self._api.list_access_requests(org_id=self._org_id, workspace_id=id_of(workspace), state=state)
        return page(
            answer,
            "access_requests",
            lambda raw: AccessRequest._from(self._api, raw),
            kind=AccessRequest,
            what="access requests",
        )
