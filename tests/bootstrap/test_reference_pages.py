"""The pages of policies, error codes and metrics are complete, and tell of nothing that does not exist."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.metrics import MetricWrapperBase
from pydantic import BaseModel

import chimera
from chimera.audit.writing import TrailMetrics
from chimera.conversations.sockets.bounds import Bounds
from chimera.conversations.sockets.metrics import SocketMetrics
from chimera.gateway.caching.savings import CacheMetrics
from chimera.gateway.circuit import Breakers, CircuitRules
from chimera.gateway.limits.metrics import LimitMetrics
from chimera.gateway.metrics import GatewayMetrics
from chimera.gateway.resilience.circuit_metrics import CircuitCollector
from chimera.jobs.metrics import JobMetrics
from chimera.kit.errors import AppError
from chimera.policies.policy import DEFAULT, SECTIONS
from chimera.policies.sections.experiments import Experiment
from chimera.policies.sections.limits import Rates
from chimera.web.problems import OWN_STATUS, STATUS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
SOURCE = Path(chimera.__file__).parent
NAMED = re.compile(r'\b(?:Counter|Gauge|Histogram|GaugeMetricFamily|_counted|_timed)\(\s*"(chimera_\w+)"')
POLICIES, ERRORS, METRICS = (
    (REFERENCE / f"{page}.md").read_text("utf-8") for page in ("policies", "errors", "metrics")
)


def words_of(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def rows_of(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_member_of_a_policy_is_told_with_its_default(section: str) -> None:
    told = POLICIES.partition(f"\n## `{section}`\n")[2].partition("\n## ")[0]
    defaults = {words_of(row[0])[0]: words_of(row[1])[0] for row in rows_of(told)}
    policy = getattr(DEFAULT, section)
    assert defaults == {name: in_json(getattr(policy, name)) for name in type(policy).model_fields}


def in_json(value: object) -> str:
    match value:
        case str():
            return value or '""'
        case bool():
            return str(value).lower()
        case None:
            return "null"
        case BaseModel():
            return "{}"
        case tuple():
            return "[]"
        case float():
            return f"{value:g}"
    return str(value)


def test_members_of_experiments_and_rates_are_told() -> None:
    assert [name for name in (*Experiment.model_fields, *Rates.model_fields) if f"`{name}`" not in POLICIES] == []


def errors() -> Iterator[type[AppError]]:
    for module in pkgutil.walk_packages(chimera.__path__, "chimera."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    known = [AppError]
    for error in known:
        known += error.__subclasses__()
    return (error for error in known if error.__module__.startswith("chimera."))


def test_every_error_code_is_told_with_its_status_and_no_other_is() -> None:
    ends_the_start = set(words_of(ERRORS.partition("\nThese end the start")[2]))
    told = {code: int(row[1]) for row in rows_of(ERRORS) for code in words_of(row[0])}
    raised = {(error.code, OWN_STATUS.get(error) or STATUS[error.kind]) for error in errors()}
    told |= {code: status for code, status in raised if code in ends_the_start}
    # What clients of OpenAI's API know by another name.
    told_alike = {"context_length_exceeded", "content_filter"}
    assert sorted(raised) == sorted(item for item in told.items() if item[0] not in told_alike)


def test_every_metric_is_told_with_its_labels_and_no_other_is() -> None:
    registry = CollectorRegistry()
    (
        CacheMetrics(registry),
        LimitMetrics(registry),
        TrailMetrics(registry),
        JobMetrics(registry),
        SocketMetrics(registry, Bounds(per_process=1, per_person=1, stall_s=1)),
    )
    CircuitCollector(Breakers(CircuitRules()), registry)
    labels = {"chimera_gateway_circuits": ["provider", "state"]}
    for family in GatewayMetrics(CollectorRegistry()).collect():
        labels[family.name + ("_total" if family.type == "counter" else "")] = list(family._labelnames)  # type: ignore[attr-defined]
    for instrument in registry._collector_to_names:
        if isinstance(instrument, MetricWrapperBase):
            (name,) = (metric.name for metric in instrument.describe())
            labels[name + ("_total" if isinstance(instrument, Counter) else "")] = list(instrument._labelnames)
    assert labels == {words_of(row[0])[0]: words_of(row[2]) for row in rows_of(METRICS)}
    named = {name for file in SOURCE.rglob("*.py") for name in NAMED.findall(file.read_text("utf-8"))}
    assert named == {name.removesuffix("_total") for name in labels}
