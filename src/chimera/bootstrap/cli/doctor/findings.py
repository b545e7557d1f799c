"""What the doctor finds, one finding a check and one a provider. Scripts rely on their JSON: docs/reference/cli.md."""

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """How much a finding matters: only a `FAULT` makes the doctor's exit code 1."""

    OK = "ok"
    NOTE = "note"
    OFF = "off"
    FAULT = "fault"


class Finding(Struct, frozen=True, kw_only=True):
    """What became of one check.

    Attributes:
        status: Stable name of the state, for scripts.
        detail: What was seen and what to do, for a person.
    """

    name: str
    level: Level
    status: str
    detail: str


class ProviderFinding(Finding, frozen=True, kw_only=True):
    """How one provider is.

    Attributes:
        status: A `HealthStatus`, or `unlisted`, `silent`, `incomplete`, `unconfigured`.
        address: Its base URL; empty where it is not configured.
        variables: Environment variables that configure it, or would.
        models: How many models it lists; `None` where it was not asked or did not say.
        limits: Rate-limit headers as the provider sent them.
    """

    kind: str
    address: str = ""
    variables: tuple[str, ...] = ()
    models: int | None = None
    limits: dict[str, str] = {}


class Report(Struct, frozen=True, kw_only=True):
    """Everything, in the order in which it is shown."""

    version: str
    healthy: bool
    checks: tuple[Finding, ...]
    providers: tuple[ProviderFinding, ...]
