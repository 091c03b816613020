"""A look at everything between a program and its gateway, each trouble with its remedy."""

from __future__ import annotations

import os

from axme.config import CLOUD_URL, AxmeClientConfig
from axme.display.values import line
from axme.doctor import network, own, service
from axme.doctor.report import FAILED, Diagnosis, Finding
from axme.exceptions import AxmeConfigError
from axme.wire import FlatCalls

__all__ = ["Diagnosis", "Finding", "examine", "examine_without"]


def examine(api: FlatCalls) -> Diagnosis:
    """Look at the way to the gateway of a client. It writes nothing."""
    config = api.config
    findings = [*own.address(config), *own.versions(), *own.environment(config)]
    proxied = config.proxies or config.trust_env
    # Behind a proxy nobody has to be reachable directly.
    reached = [] if proxied else list(network.reach(config))
    findings += reached
    if all(one.state != FAILED for one in reached):
        findings += service.ask(api)
    return Diagnosis(config.base_url, findings)


def examine_without(error: AxmeConfigError) -> Diagnosis:
    """Look at what can be looked at where there is no valid configuration."""
    given = os.environ.get("AXME_BASE_URL") or CLOUD_URL
    findings = [Finding("configuration", FAILED, str(error), "set AXME_API_KEY and AXME_BASE_URL"), *own.versions()]
    try:
        config = AxmeClientConfig(base_url=given, api_key="none", allow_insecure_http=True)
    except AxmeConfigError:
        return Diagnosis(line(given), findings)
    return Diagnosis(config.base_url, [*findings, *own.environment(config), *network.reach(config)])
