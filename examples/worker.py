"""An agent that fulfils orders, as a service: run it, stop it with Ctrl-C, run several of it.

Set AXME_API_KEY, and AXME_BASE_URL for a gateway that is not the cloud's. Both of these do the same:

    python examples/worker.py
    python -m axme serve examples/worker.py:agent
"""

from __future__ import annotations

from datetime import timedelta

from axme import AxmeClient, ClaimedIntent, HumanTask, Reject, Wait
from axme.worker.logs import to_terminal

agent = AxmeClient.from_env().agents.create("fulfillment")


@agent.on("order.fulfillment.v1", timeout=timedelta(minutes=5))
def fulfill(order: ClaimedIntent) -> dict[str, object] | Wait:
    items = order.payload.get("items", 0)
    if items < 1:
        raise Reject("an order needs items", code="empty_order")

    # A big order asks a person first. The wait is on disk; this function is called again with the answer.
    if items > 100 and order.resumed is None:
        return Wait.for_human(HumanTask.approval(f"Ship {items} items?"))
    if order.resumed and not order.resumed.approved:
        raise Reject(order.resumed.comment or "not approved", code="not_approved")

    # What is packed already is packed, also when the process before this one was killed.
    packed = (order.checkpointed or {}).get("packed", 0)
    for number in range(packed, items):
        if number % 50 == 0:
            order.progress(f"packing item {number + 1} of {items}", percent=100 * number / items)
            order.checkpoint({"packed": number})
    return {"order": order.payload.get("order"), "parcels": -(-items // 10)}


if __name__ == "__main__":
    to_terminal()
    agent.run()
