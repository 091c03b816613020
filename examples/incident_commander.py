"""A program detects an incident and lets its commander decide by a form: what the fields are, and what comes back.

Run it, then open the link it prints, or press Enter to let a made-up commander fill the form in. Where no person sits
at the terminal, the made-up one does it after a moment.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from terminal import PERSON, alive, fact, headline, paint, typed

import axme.gateway
from axme import AxmeAlreadyDecidedError, AxmeValidationError, HumanTask, Intent

COMMANDER = "commander@example.com"
FORM = {
    "type": "object",
    "required": ["severity", "summary", "responders"],
    "properties": {
        "severity": {"title": "Severity", "enum": ["sev1", "sev2", "sev3"], "default": "sev2"},
        "summary": {"title": "What is broken?", "type": "string", "minLength": 10, "maxLength": 500},
        "responders": {
            "title": "Who responds",
            "type": "array",
            "items": {"title": "Responder", "type": "string"},
            "minItems": 1,
            "maxItems": 5,
        },
        "minutes": {
            "title": "Minutes to the next update", "type": "integer", "minimum": 5, "maximum": 120, "default": 30,
        },
        "rollback": {"title": "Roll back the last deployment", "type": "boolean", "default": False},
    },
}  # fmt: skip
ALERT = {"service": "checkout", "error_rate": 0.31, "since": "15:02 UTC", "last_deployment": "checkout 4.12"}


def main() -> None:
    with axme.gateway.start() as gateway, gateway.client() as client:
        headline("An incident, and the form its commander fills in")
        intent = client.intents.create(
            "incident.command.v1",
            to="operations",
            payload=ALERT,
            human_task=HumanTask.form(
                "checkout fails for 31 % of customers: take command", schema=FORM, notify=COMMANDER
            ),
            deadline=timedelta(minutes=15),
        )
        task = client.tasks.get(intent.id)
        fact("intent", f"{intent.id}  {paint(intent.status, 'yellow')}")
        fact("asks", paint(task.title, "bold"))
        fact("whom", COMMANDER)
        show_form(task)
        print(f"\n  Open this page to decide:\n  {paint(str(task.link(COMMANDER).url), 'blue')}")
        if PERSON:
            print(f"  or press {paint('Enter', 'bold')} here, and a made-up commander does it.")
        print()
        wait(intent, task)
        act(intent)


def show_form(task: HumanTask) -> None:
    """The fields as a program sees them."""
    print()
    for field in task.form_fields:
        takes = " | ".join(map(str, field.choices)) or f"{field.type}{between(field)}"
        preset = "" if field.default is None else paint(f"  preset {field.default}", "dim")
        star = paint("*", "red") if field.required else " "
        print(f"  {star} {field.title:<32} {paint(takes, 'blue')}{preset}")


def between(field: axme.FormField) -> str:
    low = field.minimum if field.minimum is not None else field.min_length
    high = field.maximum if field.maximum is not None else field.max_length
    return (
        "" if low is None and high is None else f" {low if low is not None else ''}…{high if high is not None else ''}"
    )


def wait(intent: Intent, task: HumanTask) -> None:
    """Until the form is filled in, on the page or by the made-up commander."""
    waiting = threading.Thread(target=intent.wait, daemon=True)
    waiting.start()
    made_up_at = float("inf") if PERSON else time.monotonic() + 1.0
    with alive() as line:
        while waiting.is_alive() and typed(seconds=0.1) is None and time.monotonic() < made_up_at:
            line.draw(f"waiting for {COMMANDER}")
    if waiting.is_alive():
        fill_in(task)
    waiting.join()


def fill_in(task: HumanTask) -> None:
    """The made-up commander is in a hurry, and gets it wrong at first."""
    answer = {"severity": "sev1", "summary": "Card payments fail", "responders": ["mia", "joe"], "minutes": 500}
    try:
        task.submit(answer)
    except AxmeValidationError as error:
        print(f"  {paint('✗ refused', 'red')}  {error.message}")
    try:
        task.submit("submitted", data=answer | {"minutes": 15, "rollback": True}, comment="Joe leads, I talk.")
    except AxmeAlreadyDecidedError as error:
        print(f"  too late: {error.message}")


def act(intent: Intent) -> None:
    """What the program does with the decision."""
    decision = intent.decision
    if decision is None:
        print(f"  {paint('✗ nobody took command', 'red')}: {intent.reason}")
        return
    plan = decision.data
    print(f"  {paint('✓ ' + decision.outcome, 'green', 'bold')} by {decision.decided_by}: {plan['summary']}")
    if decision.comment:
        print(f"    “{decision.comment}”")
    print()
    fact("page", f"{', '.join(plan['responders'])} ({plan['severity']})")
    fact("roll back", ALERT["last_deployment"] if plan.get("rollback") else "nothing")
    fact("update", f"in {plan.get('minutes', 30)} minutes")
    fact("intent", intent.status)


if __name__ == "__main__":
    main()
