"""``python -m axme doctor``: needs no library of the command line, for it must work where little does."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from axme.config import AxmeClientConfig
from axme.exceptions import AxmeConfigError

_ABOUT = """\
Look at address, connection, certificate, versions, proxies, clocks, the key and event
streams, and say what to do about what is wrong. Nothing is written. The exit status is 1
if something failed."""
_MORE = """\
environment:
  AXME_API_KEY     the key
  AXME_BASE_URL    where the gateway is

Without these it looks at the gateway that runs on this machine."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Look, and tell what was found."""
    parser = argparse.ArgumentParser(
        prog="python -m axme doctor",
        description=_ABOUT,
        epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    parser.add_argument("--profile", metavar="NAME", help="a profile of ~/.axme/profiles.toml")
    options = parser.parse_args(arguments)
    from axme.cli.reach import config_for
    from axme.client import AxmeClient
    from axme.doctor import examine_without

    try:
        # A base URL without a key is half a configuration, and no reason to look at another gateway.
        halfway = os.environ.get("AXME_BASE_URL") and not options.profile
        config = AxmeClientConfig() if halfway else config_for(options.profile)
        with AxmeClient(replace(config, max_retries=0)) as client:
            found = client.doctor()
    except AxmeConfigError as error:
        found = examine_without(error)
    print(json.dumps(found.to_dict(), indent=2, ensure_ascii=False) if options.json else found.text(sys.stdout))
    return 0 if found.healthy else 1
