"""Which gateway a command talks to, and with which key; never from the command line, which others can read."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

from axme.client import AxmeClient
from axme.config import AxmeClientConfig
from axme.exceptions import AxmeConfigError
from axme.gateway.datadir import CREDENTIALS, READY, DataDirError, read_json
from axme.gateway.settings import DIRECTORY_VARIABLE, default_data_dir

PROFILES = "~/.axme/profiles.toml"
_KNOWN = frozenset({"base_url", "api_key", "actor_token"})


def config_for(profile: str | None) -> AxmeClientConfig:
    """A named profile; else the environment; else the gateway of this machine and user.

    Raises:
        AxmeConfigError: there is none of them; the message says what to do.
    """
    if profile:
        return AxmeClientConfig(**_profile(profile, Path(PROFILES).expanduser()))
    if os.environ.get("AXME_API_KEY"):
        return AxmeClientConfig()
    return AxmeClientConfig(**_local(default_data_dir()))


def client_for(profile: str | None) -> AxmeClient:
    """A client; see :func:`config_for`."""
    return AxmeClient(config_for(profile))


def _profile(name: str, path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise AxmeConfigError(f"--profile {name}: cannot read {PROFILES}: {error.strerror}") from None
    if mode & 0o077:
        raise AxmeConfigError(f"{PROFILES} holds keys and others may read it: chmod 600 {PROFILES}")
    try:
        profiles = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AxmeConfigError(f"{PROFILES} is no TOML: {error}") from None
    found = profiles.get(name)
    if not isinstance(found, dict):
        known = ", ".join(sorted(profiles)) or "none"
        raise AxmeConfigError(f"{PROFILES} has no profile {name!r}; there is: {known}")
    if unknown := found.keys() - _KNOWN:
        raise AxmeConfigError(f"profile {name!r} has an unknown setting {min(unknown)!r}: known are {_listed(_KNOWN)}")
    return found


def _local(directory: Path) -> dict[str, Any]:
    """The first key of the gateway that runs here."""
    try:
        credentials, ready = read_json(directory / CREDENTIALS), read_json(directory / READY)
    except DataDirError as error:
        raise AxmeConfigError(str(error)) from None
    if credentials is None:
        raise AxmeConfigError(
            "no gateway is known: start one with `python -m axme gateway`, set AXME_BASE_URL and AXME_API_KEY, or name "
            f"a profile of {PROFILES} with --profile"
        )
    if ready is None:
        raise AxmeConfigError(
            f"the gateway in {directory} is not running: start it with `python -m axme gateway`, or say with "
            f"{DIRECTORY_VARIABLE} which one is meant"
        )
    wanted = os.environ.get("AXME_BASE_URL", "").rstrip("/")
    if wanted and wanted != ready["base_url"]:
        raise AxmeConfigError(
            f"no key for {wanted}: set AXME_API_KEY. (The gateway in {directory} is at {ready['base_url']}: unset "
            "AXME_BASE_URL to use it.)"
        )
    return {"base_url": ready["base_url"], "api_key": credentials["api_key"]}


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
