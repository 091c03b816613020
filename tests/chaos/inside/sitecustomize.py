"""Imported by the interpreter of a gateway whose PYTHONPATH has this directory: does to it what the test asks for."""

from __future__ import annotations

import os

if name := os.environ.get("AXME_CHAOS_PLANT"):
    from tests.chaos.inside.plants import PLANTS

    PLANTS[name]()
if place := os.environ.get("AXME_CHAOS_FAILPOINT"):
    from tests.chaos.inside.failpoints import install

    install(place)
