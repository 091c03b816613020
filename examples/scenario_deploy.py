"""Run the scenario of scenario_deploy.json: two agents, a person, a pause and a message.

Set AXME_API_KEY and AXME_BASE_URL for a gateway that runs already (python -m axme.gateway).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from axme import AxmeClient, Intent, Scenario

BUNDLE = Path(__file__).with_suffix(".json")


def work(steps: Iterable[Intent], role: str, failures: int) -> None:
    """An agent: takes the steps that come, fails the first few, and brings a result."""
    for step in steps:
        if failures > 0:
            failures -= 1
            step.fail("no disk space")
        else:
            step.complete({"by": role, "version": step.payload["parent_payload"]["version"]})


def main() -> None:
    with AxmeClient.from_env() as client:
        scenario = Scenario.from_json(BUNDLE)
        check = client.scenarios.validate(scenario)
        print(f"valid    {check.valid} {check.warnings or ''}")

        run = client.scenarios.apply(scenario)
        streams = {role: client.agents.handle(address).listen() for role, address in run.agents.items()}
        # The first build fails, and is begun anew: the scenario says how often it may.
        workers = [
            threading.Thread(target=work, args=(steps, role, 1 if role == "builder" else 0))
            for role, steps in streams.items()
        ]
        for worker in workers:
            worker.start()

        with run.observe(timeout=60) as events:
            for event in events:
                about = event.details or {}
                if event.event_type == "intent.human_task_assigned":
                    run.decide("approved", comment="go ahead")
                elif "step_id" in about:
                    print(f"{about['step_index']}/{about['steps_total']} {about['step_id']:14} {about['step_status']}")

        for steps in streams.values():
            steps.close()
        for worker in workers:
            worker.join()
        print(run.refresh().steps)
        print(f"ended    {run.status}: {(run.result or {})['steps']['ship']['result']}")


if __name__ == "__main__":
    main()
