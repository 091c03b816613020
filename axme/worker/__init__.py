"""Workers: they claim what is sent to an agent, keep the lease while a handler runs, and leave in good order."""

from axme.worker.claim import Claim, Source
from axme.worker.handlers import Handlers
from axme.worker.logs import IntentFields
from axme.worker.outcomes import Reject, Retry, Wait
from axme.worker.run import Run
from axme.worker.summary import Summary
from axme.worker.worker import Options, Worker

__all__ = [
    "Claim",
    "Handlers",
    "IntentFields",
    "Options",
    "Reject",
    "Retry",
    "Run",
    "Source",
    "Summary",
    "Wait",
    "Worker",
]
