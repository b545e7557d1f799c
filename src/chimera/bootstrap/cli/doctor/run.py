"""`chimera doctor`: look at everything that a start needs, ask every provider how it is, and say what to do."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.metadata import version

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table

from chimera.adapters.http import open_http
from chimera.bootstrap import logging
from chimera.bootstrap.cli.doctor import house
from chimera.bootstrap.cli.doctor.findings import Finding, Level, ProviderFinding, Report
from chimera.bootstrap.cli.doctor.keys import check_root_key
from chimera.bootstrap.cli.doctor.providers import absent_provider, check_provider
from chimera.bootstrap.cli.doctor.report import mark, print_report
from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.cli.printing import on_output, print_json
from chimera.bootstrap.providers import LOCAL, Connection, Survey, survey
from chimera.bootstrap.settings import CONFIG, Settings, SettingsError, environment, load


def run_doctor(flags: Mapping[str, object], *, provider: str | None, as_json: bool) -> int:
    with or_say_why():
        patient = _look(flags, environment(), only=provider)
        logging.configure(patient.settings.model_copy(update={"log_level": "error"}))
        report = asyncio.run(_examine(patient, Console(quiet=True) if as_json else on_output()))
        if as_json:
            print_json(report)
        else:
            print_report(on_output(), report)
    return 0 if report.healthy else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is to be examined.

    Attributes:
        settings: As configured, or the defaults where that cannot be used.
        faults: What is wrong with the configuration.
        whole: Whether the house is examined, or only a provider.
        config: Path of the TOML file, if there is one.
    """

    settings: Settings
    faults: tuple[str, ...]
    seen: Survey
    whole: bool
    config: str

    @property
    def remote(self) -> list[Connection]:
        return [connection for connection in self.seen.found if connection.kind != LOCAL]


@dataclass(slots=True, kw_only=True)
class Progress:
    """The checks that run, and what came of those that are done. Rich draws it."""

    findings: dict[str, Finding | None] = field(default_factory=dict[str, Finding | None])
    _spinner: Spinner = field(default_factory=lambda: Spinner("dots", style="cyan"))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = Table.grid(padding=(0, 1))
        for name, found in self.findings.items():
            table.add_row("", self._spinner if found is None else mark(found.level, console), name)
        yield table


def _look(flags: Mapping[str, object], variables: Mapping[str, str], *, only: str | None) -> Patient:
    """Read the configuration, as far as it can be read."""
    faults: tuple[str, ...] = ()
    try:
        settings = load(variables, flags)
    except SettingsError as error:
        settings, faults = Settings(), error.faults
    seen = survey(settings, variables)
    return Patient(
        settings=settings,
        faults=(*faults, *seen.faults),
        seen=seen if only is None else _only(seen, only),
        whole=only is None and not faults,
        config=variables.get(CONFIG, ""),
    )


def _only(seen: Survey, name: str) -> Survey:
    """Narrow the survey to a provider's connection by its name, or to all of its kind.

    Raises:
        SettingsError: if there is neither.
    """
    found = [one for one in seen.found if one.name == name] or [one for one in seen.found if one.kind == name]
    absent = [one for one in seen.absent if one.kind == name]
    if not found and not absent and not any(name in fault.lower() for fault in seen.faults):
        known = [*(one.name for one in seen.found), *(one.kind for one in seen.absent)]
        meant = get_close_matches(name, known, n=1) or [", ".join(sorted(known))]
        raise SettingsError(f"There is no provider {name!r}. Did you mean {meant[0]}?")
    return Survey(found=found, absent=absent)


async def _examine(patient: Patient, console: Console) -> Report:
    progress = Progress()
    async with open_http() as http:
        asked = {one.name: check_provider(one, http, config=patient.config) for one in patient.remote}
        work: dict[str, Awaitable[Finding]] = {**_house_checks(patient), **asked}
        with Live(progress, console=console, transient=True, refresh_per_second=12, redirect_stdout=False):
            done = await _all(work, progress)
    checks = (_settings(patient), *(one for one in done if not isinstance(one, ProviderFinding)))
    absent = tuple(absent_provider(one) for one in patient.seen.absent)
    providers = (*(one for one in done if isinstance(one, ProviderFinding)), *absent)
    # Asked for by name, a provider that is not there is no side remark.
    there = patient.whole or any(one.level is not Level.OFF for one in providers)
    healthy = there and all(one.level is not Level.FAULT for one in (*checks, *providers))
    return Report(version=version("chimera"), healthy=healthy, checks=checks, providers=providers)


def _house_checks(patient: Patient) -> dict[str, Awaitable[Finding]]:
    if not patient.whole:
        return {}
    settings = patient.settings
    return {
        "data folder": house.check_data_folder(settings),
        "database": house.check_database(settings),
        "root key": check_root_key(settings),
        "redis": house.check_redis(settings),
        "address": house.check_address(settings),
        "local model": house.check_local_model(settings, patient.seen),
        "embedder": house.check_embedder(),
    }


async def _all(work: Mapping[str, Awaitable[Finding]], progress: Progress) -> Sequence[Finding]:
    """Await everything at once; results stand in the order of the work."""
    progress.findings = dict.fromkeys(work)

    async def one(name: str, check: Awaitable[Finding]) -> Finding:
        found = progress.findings[name] = await check
        return found

    return await asyncio.gather(*(one(name, check) for name, check in work.items()))


def _settings(patient: Patient) -> Finding:
    if patient.faults:
        detail = "\n".join(patient.faults)
        return Finding(name="settings", level=Level.FAULT, status="invalid", detail=detail)
    source = f"the environment and {patient.config}" if patient.config else "the environment"
    return Finding(name="settings", level=Level.OK, status="ok", detail=f"Valid; read from {source}.")
