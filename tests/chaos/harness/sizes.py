"""How much is done, from which seed, and what came of it."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

SCALE = "AXME_CHAOS_SCALE"
SEED = "AXME_TEST_SEED"
COUNTS = "AXME_CHAOS_COUNTS"


def size(count: int) -> int:
    """``count`` as it is in a full run; ``AXME_CHAOS_SCALE=0.1`` does a tenth."""
    return max(1, round(count * float(os.environ.get(SCALE) or 1)))


def new_seed() -> int:
    """A fresh one each time; ``AXME_TEST_SEED`` repeats a run."""
    return int(os.environ.get(SEED) or random.SystemRandom().randrange(10**6))


def add(**counts: int) -> None:
    """Note what really ran: shown by a test that fails, and added up by ``tox -e chaos-long``."""
    print("; ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()))
    if place := os.environ.get(COUNTS):
        with Path(place).open("a", encoding="utf-8") as notes:
            notes.write(json.dumps(counts) + "\n")
