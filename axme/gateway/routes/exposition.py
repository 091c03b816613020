"""The numbers of ``routes/metrics.py`` in the form that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import CollectorRegistry

from axme._version import __version__
from axme.gateway.actions.vitals import Vitals
from axme.gateway.routes.measures import BUCKETS, Measures
from axme.gateway.routes.services import Services

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_LIMITS = [*map(str, BUCKETS), "+Inf"]


class _Snapshot:
    """The metrics as they are now, in the form the library writes out."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        """All of them."""
        return self._metrics


def text(services: Services, found: Vitals | None) -> bytes:
    """All metrics; ``found`` is missing while the database is."""
    registry = CollectorRegistry()
    registry.register(_Snapshot([*_of_process(services), *_of_requests(services.measures), *_of_database(found)]))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


def _of_process(services: Services) -> Iterator[Metric]:
    info = GaugeMetricFamily("axme_info", "What this node is.", labels=["version", "storage"])
    info.add_metric([__version__, services.settings.storage], 1)
    yield info
    yield GaugeMetricFamily(
        "axme_database_up", "Whether the database can be used.", value=float(services.store.trouble is None)
    )
    yield GaugeMetricFamily(
        "axme_open_streams", "Event streams that are open here.", value=services.broadcaster.subscribers
    )


def _of_requests(measures: Measures) -> Iterator[Metric]:
    requests = CounterMetricFamily("axme_requests", "Requests answered.", labels=["operation", "status"])
    for (operation, status), count in sorted(measures.requests.items()):
        requests.add_metric([operation, str(status)], count)
    yield requests
    yield GaugeMetricFamily(
        "axme_requests_under_way", "Requests being answered: this one, streams and waits too.", value=measures.under_way
    )
    seconds = HistogramMetricFamily(
        "axme_request_seconds",
        "How long they took; streams and waits last as long as they were asked to.",
        labels=["operation"],
    )
    for operation, times in sorted(measures.times.items()):
        counted = zip(_LIMITS, map(float, accumulate(times.counts)), strict=True)
        seconds.add_metric([operation], list(counted), times.total)
    yield seconds


def _of_database(found: Vitals | None) -> Iterator[Metric]:
    if found is None:
        return
    due = GaugeMetricFamily("axme_jobs_due", "Jobs whose time has come.", labels=["lane"])
    late = GaugeMetricFamily("axme_jobs_late_seconds", "How long the oldest of them has been due.", labels=["lane"])
    for lane in found.lanes:
        due.add_metric([lane.name], lane.due)
        late.add_metric([lane.name], lane.late_seconds)
    yield from (due, late)
    yield GaugeMetricFamily("axme_jobs_parked", "Jobs that failed too often.", value=found.parked)
    if found.nodes is not None:
        yield GaugeMetricFamily("axme_nodes_alive", "Nodes of this database that live.", value=found.nodes)
