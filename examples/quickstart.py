"""From creation to resolution: one intent carried out by an agent, one decided by a person.

With AXME_API_KEY set (and AXME_BASE_URL, for a gateway of your own) this runs there.
Without a key it starts a gateway on this machine; its state stays in one folder, so run it again and look.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable

import axme
from axme import AxmeClient


def main() -> None:
    if os.environ.get("AXME_API_KEY"):
        with AxmeClient.from_env() as client:
            walk(client)
        return
    import axme.gateway

    print("No AXME_API_KEY is set: starting a gateway on this machine …")
    with axme.gateway.start() as gateway, gateway.client() as client:
        print(f"  it listens on  {gateway.base_url}\n  its state is in {gateway.data_dir}")
        walk(client)


def walk(client: AxmeClient) -> None:
    # An agent is an address and somebody who listens there: here a thread, in real life a service.
    agent = client.agents.create("fulfillment")
    deliveries = agent.listen()
    worker = threading.Thread(target=fulfill_orders, args=(deliveries,))
    worker.start()

    headline(f"1. An order, carried out by {agent.address}")
    order = client.intents.create("order.fulfillment.v1", to=agent, payload={"order": "A-1001", "items": 3})
    for event in order.observe():
        show(event)
    print(f"   result: {order.result}")

    headline("2. A budget, decided by a person")
    budget = client.intents.create(
        "budget.approval.v1",
        to="manager",
        payload={"amount": 12_000, "currency": "EUR"},
        human_task={"title": "Approve the Q3 budget", "task_type": "approval"},
    )
    manager = threading.Timer(1.0, decide_as_manager, args=(client, budget))
    manager.start()
    for event in budget.observe():
        show(event)
    print(f"   result: {budget.result}")

    manager.join()
    deliveries.close()
    worker.join()


def fulfill_orders(deliveries: Iterable[axme.Intent]) -> None:
    """The agent's whole program: take what arrives, do the work, report the result."""
    for intent in deliveries:
        intent.complete({"order": intent.payload["order"], "parcels": intent.payload["items"]})


def decide_as_manager(client: AxmeClient, budget: axme.Intent) -> None:
    """A person's part, from the inbox: find the thread that asks, and answer it."""
    thread = next(thread for thread in client.inbox.list(owner_agent="manager") if thread.intent_id == budget.id)
    thread.approve("Within the plan.")


def headline(text: str) -> None:
    print(f"\n{text}")


def show(event: axme.IntentEvent) -> None:
    """One line of the lifecycle as it streams in."""
    waiting = f"waits for {event.pending_with['name']}" if event.pending_with else ""
    print(f"   {event.seq:>2}  {event.at:%H:%M:%S}  {event.status:<12} {event.event_type:<30} {waiting}".rstrip())


if __name__ == "__main__":
    main()
