"""Ask a person and wait for the answer: all in one terminal, on a gateway of your own.

Run it, then open the link it prints, or answer right here with a or r. Where no person sits at the terminal,
somebody is made up who approves after a moment.
"""

from __future__ import annotations

import threading
from datetime import timedelta

from terminal import PERSON, alive, fact, headline, paint, typed

import axme.gateway
from axme import HumanTask, Intent

APPROVER = "approver@example.com"


def main() -> None:
    with axme.gateway.start() as gateway, gateway.client() as client:
        headline("Ask a person, wait for the answer")
        fact("gateway", f"{gateway.base_url}  {paint(f'its state is in {gateway.data_dir}', 'dim')}")
        intent = client.intents.create(
            "budget.approval.v1",
            to="finance",
            payload={"quarter": "Q3", "amount": 12_000, "currency": "EUR"},
            human_task=HumanTask.approval(
                "Approve the Q3 budget", description="12,000 EUR for two more test machines.", notify=APPROVER
            ),
            deadline=timedelta(minutes=10),
        )
        task = client.tasks.get(intent.id)
        fact("intent", f"{intent.id}  {paint(intent.status, 'yellow')}")
        fact("asks", f"{paint(task.title, 'bold')}  {' or '.join(task.allowed_outcomes)}?")
        fact("whom", APPROVER)
        fact("until", f"{task.due_at:%H:%M:%S} UTC")

        print(f"\n  Open this page to decide:\n  {paint(str(task.link(APPROVER).url), 'blue')}")
        if PERSON:
            print(f"  or type {paint('a', 'bold')} (approve) or {paint('r', 'bold')} (reject) here, and Enter.")
        else:
            threading.Timer(1.0, task.approve, args=("Within the plan.",)).start()
        print()
        wait(intent, task)
        show(intent)


def wait(intent: Intent, task: HumanTask) -> None:
    """Until it is decided, wherever that happens; the intent follows the gateway's events meanwhile."""
    waiting = threading.Thread(target=intent.wait, daemon=True)
    waiting.start()
    with alive() as line:
        while waiting.is_alive():
            line.draw(f"waiting for {APPROVER}")
            answer = typed(seconds=0.1)
            if answer in ("a", "r"):
                try:
                    task.approve("From the terminal.") if answer == "a" else task.reject("From the terminal.")
                except axme.AxmeConflictError as error:
                    print(f"\n  too late: {error.message}")
    waiting.join()


def show(intent: Intent) -> None:
    """The decision, and what became of the intent."""
    decision = intent.decision
    if decision is None:
        print(f"  {paint('✗ nobody decided', 'red')}: {intent.reason}")
    else:
        agreed = intent.status == "COMPLETED"
        sign = (
            paint(f"✓ {decision.outcome}", "green", "bold") if agreed else paint(f"✗ {decision.outcome}", "red", "bold")
        )
        print(f"  {sign} by {decision.decided_by} at {decision.decided_at:%H:%M:%S} UTC")
        if decision.comment:
            print(f"    “{decision.comment}”")
    print()
    fact("intent", intent.status)


if __name__ == "__main__":
    main()
