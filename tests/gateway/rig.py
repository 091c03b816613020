"""The core of a gateway without its shell: a store, a clock the test moves, and actions called directly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

from axme.contract import jsontext
from axme.contract.clock import MovableClock
from axme.contract.schemas.intents import IntentControls, IntentCreate, IntentPolicy, IntentResolve
from axme.gateway.actions import intents, organizations, service_accounts, workspaces
from axme.gateway.actions.bootstrap import Credentials, first_boot
from axme.gateway.actions.idempotency import Answer, once
from axme.gateway.auth.identity import Identity
from axme.gateway.auth.keys import authenticate
from axme.gateway.engine import Engine
from axme.gateway.errors import GatewayError
from axme.gateway.store import Notice, Store, Tx

T = TypeVar("T")
Body = dict[str, Any]


class Rig:
    """One booted store and its first account, ``agent://local/default/admin``."""

    def __init__(self, url: str, clock: MovableClock | None = None) -> None:
        self.clock = clock or MovableClock()
        self.store = Store.open(url, self.clock)
        self.notices: list[Notice] = []
        self.store.on_commit = self.notices.extend
        first = self.store.write_sync(first_boot)
        assert isinstance(first, Credentials)
        self.first = first
        self.who = self.identity(first.api_key)
        self.engine = Engine(self.store)

    def identity(self, token: str) -> Identity:
        """The identity behind a key."""
        who = self.store.read_sync(lambda tx: authenticate(tx, token))
        assert who is not None
        return who

    def account(self, name: str) -> Identity:
        """A new account in the workspace of the first, with a key."""

        def make(tx: Tx) -> str:
            made = service_accounts.create(tx, self.who, {"name": name})["service_account"]
            token: str = service_accounts.create_key(tx, self.who, made["service_account_id"], {})["key"]["token"]
            return token

        return self.identity(self.store.write_sync(make))

    def peer(self, organization: str | None = None) -> Identity:
        """The account ``peer`` of a new workspace ``other``, in the first organization or in a new one."""

        def make(tx: Tx) -> str:
            who, org_id = self.who, self.who.org_id
            if organization:
                org_id = organizations.create(tx, who, {"name": organization})["organization"]["org_id"]
                who = authenticate(tx, self.first.api_key) or who
            body = {"name": "other", "environment": "sandbox"}
            workspace_id = workspaces.create(tx, who, org_id, body)["workspace"]["workspace_id"]
            account = {"name": "peer", "org_id": org_id, "workspace_id": workspace_id}
            made = service_accounts.create(tx, who, account)["service_account"]
            token: str = service_accounts.create_key(tx, who, made["service_account_id"], {})["key"]["token"]
            return token

        return self.identity(self.store.write_sync(make))

    def do(self, action: Callable[..., T], *args: Any, who: Identity | None = None, **options: Any) -> T:
        """Run an action as the first account, or as ``who``."""
        return self.store.write_sync(lambda tx: action(tx, who or self.who, *args, **options))

    def create(self, *, key: str | None = None, who: Identity | None = None, **body: Any) -> str:
        """Create an intent and return its id."""
        return intent_id(self.submit(key=key, who=who, **body))

    def submit(self, *, key: str | None = None, who: Identity | None = None, **body: Any) -> Answer:
        """Create an intent through the idempotency gate."""
        sent = {"intent_type": "order.fulfillment.v1", "to_agent": "worker", "payload": {"n": 1}} | body
        loaded = IntentCreate().load(sent)
        sender = who or self.who
        return self.store.write_sync(
            lambda tx: once(tx, sender, "create_intent", key, sent, lambda: intents.create(tx, sender, loaded))
        )

    def resolve(self, intent_id: str, status: str, *, who: Identity | None = None, **body: Any) -> Body:
        """Resolve with what the status needs."""
        needed = {"COMPLETED": {"result": {"ok": 1}}, "FAILED": {"error": {"code": "broken"}}}.get(status, {})
        loaded = IntentResolve().load({"status": status} | needed | body)
        return self.do(intents.resolve, intent_id, loaded, owner=None, who=who)

    def resume(self, intent_id: str, body: Body, *, who: Identity | None = None, owner: str | None = None) -> Body:
        """Resume with a raw body."""
        return self.do(intents.resume, intent_id, body, owner=owner, who=who)

    def controls(self, intent_id: str, body: Body, *, who: Identity | None = None) -> Body:
        """Patch the controls."""
        return self.do(intents.update_controls, intent_id, IntentControls().load(body), owner=None, who=who)

    def policy(self, intent_id: str, body: Body, *, who: Identity | None = None) -> Body:
        """Patch the policy."""
        return self.do(intents.update_policy, intent_id, IntentPolicy().load(body), owner=None, who=who)

    def intent(self, intent_id: str) -> Body:
        """The intent as it goes out."""
        found: Body = self.do(intents.get, intent_id)["intent"]
        return found

    def events(self, intent_id: str) -> list[Body]:
        """All its events."""
        found: list[Body] = self.do(intents.events, intent_id, 0)["events"]
        return found

    def story(self, intent_id: str) -> list[str]:
        """The types of its events, without their prefix."""
        return [event["event_type"].removeprefix("intent.") for event in self.events(intent_id)]

    def advance(self, **by: float) -> int:
        """Move the clock and do what falls due."""
        self.clock.advance(timedelta(**by))
        return self.engine.run_due()

    def close(self) -> None:
        """Let the database go."""
        self.store.close()


def intent_id(answer: Answer) -> str:
    """The intent that an answer is about."""
    found: str = jsontext.loads(answer.text)["intent_id"]
    return found


def refusal(call: Callable[[], Any]) -> GatewayError:
    """The refusal that ``call`` must end in."""
    try:
        call()
    except GatewayError as error:
        return error
    raise AssertionError("this should have been refused")


def race(calls: Sequence[Callable[[], T]], threads: int) -> list[T | GatewayError]:
    """Run ``calls`` on several threads at once; refusals are results too."""

    def run(call: Callable[[], T]) -> T | GatewayError:
        try:
            return call()
        except GatewayError as error:
            return error

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, calls))
