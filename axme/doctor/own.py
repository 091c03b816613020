"""What can be told without asking anybody: configuration, environment, versions."""

from __future__ import annotations

import netrc
import os
import platform
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit
from urllib.request import getproxies

from axme._version import __version__
from axme.config import CLOUD_URL, AxmeClientConfig
from axme.doctor.report import NOTE, OK, WARNING, Finding

_LIBRARIES = ("requests", "urllib3", "marshmallow", "tenacity", "sseclient-py")
#: Releases that are known to do harm, and what to take instead.
_KNOWN_BAD: Mapping[tuple[str, str], str] = {
    ("requests", "2.32.0"): "it was withdrawn: certificates given by verify= were ignored on kept connections",
    ("requests", "2.32.1"): "it was withdrawn",
}
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_ALIKE = 0.8


def address(config: AxmeClientConfig) -> Iterator[Finding]:
    """Whether the base URL looks like one that was meant."""
    url, cloud = urlsplit(config.base_url), urlsplit(CLOUD_URL).netloc
    last = url.path.rpartition("/")[2]
    if last in ("v1", "health", "mcp"):
        yield Finding("address", WARNING, f"it ends with /{last}, which this package adds itself",
                      f"use {config.base_url.removesuffix('/' + last)}")  # fmt: skip
    elif url.netloc != cloud and SequenceMatcher(None, url.netloc, cloud).ratio() > _ALIKE:
        yield Finding("address", WARNING, f"{url.netloc} is almost {cloud}", f"if that is meant, use {CLOUD_URL}")
    elif url.scheme == "http" and not config.is_loopback:
        yield Finding("address", WARNING, "plain http: everybody on the way can read the key", "use https")
    else:
        yield Finding("address", OK, f"{config.base_url}{'' if 'AXME_BASE_URL' not in os.environ else _given(config)}")


def environment(config: AxmeClientConfig) -> Iterator[Finding]:
    """What of the environment could come between, and does not."""
    host = urlsplit(config.base_url).hostname or ""
    found = {name: "" for name in getproxies() if name in ("http", "https", "all")}
    if config.proxies or (found and config.trust_env and not config.is_loopback):
        yield Finding("proxy", NOTE, "calls go through a proxy", "it must not buffer event streams")
    elif found:
        yield Finding("proxy", NOTE, f"the environment names a proxy ({', '.join(sorted(found))}), which is not used",
                      "" if config.is_loopback else "pass trust_env=True if calls must go through it")  # fmt: skip
    else:
        yield Finding("proxy", OK, "none")
    bundles = [name for name in _CA_VARIABLES if os.environ.get(name)]
    if bundles and not config.trust_env and config.base_url.startswith("https:"):
        yield Finding("certificates", NOTE, f"{', '.join(bundles)} set, and not used",
                      "pass verify=\"/path/to/bundle.pem\", or trust_env=True")  # fmt: skip
    if _in_netrc(host):
        yield Finding("netrc", NOTE, f"there is a login for {host} in netrc; it is never read, the API key counts")


def versions() -> Iterator[Finding]:
    """This package, Python, and the libraries below."""
    yield Finding("version", OK, f"axme {__version__}, Python {platform.python_version()} on {platform.system()}")
    told = []
    for name in _LIBRARIES:
        try:
            number = version(name)
        except PackageNotFoundError:
            yield Finding("libraries", WARNING, f"{name} is not installed as a package", f"pip install {name}")
            continue
        told.append(f"{name} {number}")
        if (why := _KNOWN_BAD.get((name, number))) is not None:
            yield Finding("libraries", WARNING, f"{name} {number}: {why}", f"pip install --upgrade {name}")
    yield Finding("libraries", OK, ", ".join(told))


def _given(config: AxmeClientConfig) -> str:
    return " (from AXME_BASE_URL)" if os.environ["AXME_BASE_URL"].rstrip("/") == config.base_url else ""


def _in_netrc(host: str) -> bool:
    try:
        return netrc.netrc(os.environ.get("NETRC")).hosts.get(host) is not None
    except (OSError, netrc.NetrcParseError, RuntimeError):
        return False
