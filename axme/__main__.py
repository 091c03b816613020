"""``python -m axme``, also installed as ``axme-py``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from axme.cli.plain import PLAIN

_NEEDS = """\
axme: the command line needs {missing}: pip install "axme[cli]"
      Without it there are {plain}; see python -m axme COMMAND --help
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in PLAIN:
        return PLAIN[words[0]].run(words[1:])
    try:
        from axme.cli.app import run
    except ModuleNotFoundError as error:
        if error.name not in ("click", "rich"):
            raise
        sys.stderr.write(_NEEDS.format(missing=error.name, plain=" and ".join(PLAIN)))
        return 2
    return run(words)


def script() -> None:
    """The console script."""
    sys.exit(main())


if __name__ == "__main__":
    script()
