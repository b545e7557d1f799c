"""Reports of imports in the shapes of the API."""

from msgspec import to_builtins

from chimera.conversations.interchange.importing import Report
from chimera.conversations.interchange.schemas import FailureRead, ImportRead, WarningRead


def counts_of(report: Report) -> dict[str, int]:
    """How many conversations met which end so far."""
    outcomes = report.outcomes
    return {
        "made": outcomes["made"],
        "extended": outcomes["extended"],
        "unchanged": outcomes["unchanged"],
        "deleted": outcomes["deleted"],
        "failed": report.failed,
        "messages": report.messages,
    }


def report_read(report: Report) -> ImportRead:
    return ImportRead(
        **counts_of(report),
        sources=dict(report.sources),
        failures=[FailureRead.model_validate(to_builtins(one)) for one in report.failures],
        warnings=[WarningRead.model_validate(to_builtins(one)) for one in report.warnings],
    )
