"""Random scenarios with scripted agents and people run to the end that a simple model foretells."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from axme.contract.schemas.scenarios import ScenarioBundle
from axme.gateway.policy.scenarios import compiled
from tests.gateway.actions.stage import Play, agent, bundle, human, runtime
from tests.gateway.rig import Body, Rig

#: The model stops here, as the script would be over; scenarios that go on so long are left out.
LONGEST = 40
PERIOD = 10


class Ending(NamedTuple):
    """What the model says of a scenario."""

    status: str
    #: How often each step began.
    begun: Counter[str]


@st.composite
def scenarios(draw: st.DrawFn) -> list[Body]:
    names = [f"s{at}" for at in range(draw(st.integers(1, 6)))]
    ways = draw(st.booleans())
    steps = []
    for name in names:
        kind = draw(st.sampled_from(["agent", "human", "delay", "notification", "reminder"]))
        step: Body
        match kind:
            case "agent":
                retries = draw(st.integers(0, 2))
                step = agent(name, retry={"max_retries": retries, "retry_delay_seconds": PERIOD})
            case "human":
                step = human(name)
            case "notification":
                step = runtime(name, kind, config={"to": draw(st.sampled_from(["boss", "worker"]))})
            case _:
                step = runtime(name, kind, config={"seconds": PERIOD})
        for way in ("on_success", "on_failure"):
            if ways and draw(st.booleans()):
                step[way] = draw(st.sampled_from(names))
        steps.append(step)
    return steps


def foretell(steps: list[Body], script: list[bool]) -> Ending | None:
    """Walk the steps by hand; each answer of an agent or a person is the next of the script."""
    answers = iter(script)
    declares = any(step.get("on_success") or step.get("on_failure") for step in steps)
    at = {step["step_id"]: place for place, step in enumerate(steps)}
    begun: Counter[str] = Counter()
    place: int | None = 0
    while place is not None:
        step = steps[place]
        begun[step["step_id"]] += 1
        if begun.total() > LONGEST:
            return None
        kind = step.get("runtime_type") or ("human" if "human" in step["tool_id"] else "agent")
        good = True
        if kind == "human":
            good = next(answers, True)
        if kind == "agent":
            tries = 1 + step["retry"]["max_retries"]
            good = any(next(answers, True) for _ in range(tries))
        way = step.get("on_success" if good else "on_failure")
        if way:
            place = at[way]
        elif not good:
            return Ending("CANCELED" if kind == "human" else "FAILED", begun)
        else:
            place = place + 1 if not declares and place + 1 < len(steps) else None
    return Ending("COMPLETED", begun)


def act(play: Play, script: list[bool]) -> Body:
    """Have the agents and people do as the script says until the end."""
    answers = iter(script)
    for _ in range(LONGEST * 8):
        intent = play.intent
        match intent.get("waiting_reason"):
            case "WAITING_FOR_AGENT":
                play.done(ok=1) if next(answers, True) else play.broken()
            case "WAITING_FOR_HUMAN":
                play.decide("approved" if next(answers, True) else "rejected")
            case "WAITING_FOR_TIME":
                play.later(seconds=PERIOD)
            case _:
                return intent
    raise AssertionError("it does not end")


def check(rig: Rig, steps: list[Body], script: list[bool]) -> None:
    if compiled(ScenarioBundle().load(bundle(*steps))).errors:
        return  # a round without waiting, which is refused
    foretold = foretell(steps, script)
    assume(foretold is not None)
    assert foretold is not None
    play = Play(rig, *steps)
    intent = act(play, script)
    assert intent["status"] == foretold.status
    begun = Counter({step["step_id"]: step.get("times", 0) for step in intent["steps"]})
    assert +begun == foretold.begun
    seqs = [event["seq"] for event in rig.events(play.id)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert {thread["status"] for thread in play.threads() if _asks(thread)} <= {"done"}


def _asks(thread: dict[str, Any]) -> bool:
    return bool(thread["timeline"][0]["event_type"] == "intent_received")


_quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@_quick
@given(steps=scenarios(), script=st.lists(st.booleans(), max_size=30))
def test_scenarios_end_as_foretold(one_rig: Rig, steps: list[Body], script: list[bool]) -> None:
    check(one_rig, steps, script)


@settings(_quick, max_examples=12)
@given(steps=scenarios(), script=st.lists(st.booleans(), max_size=12))
def test_scenarios_end_as_foretold_on_postgresql(rig: Rig, steps: list[Body], script: list[bool]) -> None:
    check(rig, steps, script)
