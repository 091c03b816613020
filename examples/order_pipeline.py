"""An order through three agents and a person: sales asks the warehouse, a manager, and then the carrier.

No agent waits in memory for another: each wait is on disk, and every step survives a crash of any program here.
With AXME_API_KEY set (and AXME_BASE_URL, for a gateway of your own) this runs there; without, it starts a gateway.
"""

from __future__ import annotations

import os
import time

import axme
from axme import AxmeClient, ClaimedIntent, HumanTask, Reject, Wait

PRICE = 40


def main() -> None:
    if os.environ.get("AXME_API_KEY"):
        with AxmeClient.from_env() as client:
            run(client)
        return
    import axme.gateway

    with axme.gateway.start() as gateway, gateway.client() as client:
        run(client)


def run(client: AxmeClient) -> None:
    sales, warehouse, carrier = (client.agents.create(name) for name in ("sales", "warehouse", "carrier"))

    @sales.on("order.v1")
    def sell(order: ClaimedIntent) -> dict[str, object] | Wait:
        """Called again after each wait; ``step`` says which one is over, and ``keep`` what is known so far."""
        known = order.checkpointed or {"step": "new"}
        answer = order.resumed
        if known["step"] == "new" or answer is None:
            return Wait.for_agent(warehouse, "stock.reserve.v1", order.payload, keep={"step": "reserved"})
        if known["step"] == "reserved":
            total = PRICE * order.payload["items"]
            order.progress(f"reserved in {answer.result['shelf'] if answer.result else '?'}", percent=40)
            return Wait.for_human(
                HumanTask.approval(f"Sell {order.payload['items']} items for {total} EUR?"),
                keep={"step": "approved", "total": total},
            )
        if known["step"] == "approved":
            if not answer.approved:
                raise Reject(answer.comment or "the manager said no", code="not_approved")
            order.progress("approved", percent=70)
            return Wait.for_agent(carrier, "parcel.send.v1", order.payload, keep=known | {"step": "sent"})
        return {"total": known["total"], **(answer.result or {})}

    @warehouse.on("stock.reserve.v1")
    def reserve(request: ClaimedIntent) -> dict[str, object]:
        return {"shelf": "B-12", "items": request.payload["items"]}

    @carrier.on("parcel.send.v1")
    def send(request: ClaimedIntent) -> dict[str, object]:
        return {"parcel": f"P-{request.payload['order']}", "carrier": "bike"}

    with sales.worker(), warehouse.worker(), carrier.worker():
        order = sales.send("order.v1", {"order": "A-1003", "items": 3})
        print(f"order {order.id}")
        for event in order.observe():
            show(event)
            if event.event_type == "intent.human_task_assigned":
                decide(client, order)
        print(f"{order.status}: {order.result}")


def decide(client: AxmeClient, order: axme.Intent) -> None:
    """The person's part; here it takes half a second to make up one's mind."""
    time.sleep(0.5)
    task = client.tasks.get(order.id)
    print(f"    {'':>2}            the manager reads “{task.title}” and says yes")
    task.approve(comment="A good customer.")


def show(event: axme.IntentEvent) -> None:
    """One line of the lifecycle as it streams in."""
    progress = event.details.get("progress", {}).get("message", "")
    holder = ""
    if event.pending_with:
        holder = f"waits for {'a person' if event.pending_with['type'] == 'human' else event.pending_with['name']}"
    line = f"    {event.seq:>2}  {event.at:%H:%M:%S}  {event.status:<12} {event.event_type:<27} {progress or holder}"
    print(line.rstrip())


if __name__ == "__main__":
    main()
