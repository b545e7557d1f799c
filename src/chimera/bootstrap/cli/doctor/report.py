"""The doctor's report as a person reads it."""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.text import Text

from chimera.bootstrap.cli.doctor.findings import Finding, Level, ProviderFinding, Report
from chimera.bootstrap.cli.printing import amount, tame

_MARKS = {
    Level.OK: ("✓", "+", "green"),
    Level.NOTE: ("!", "!", "yellow"),
    Level.OFF: ("·", "-", "dim"),
    Level.FAULT: ("✗", "x", "bold red"),
}
_IN_WORDS = {
    "ok": "works",
    "unauthenticated": "wrong key",
    "forbidden": "not allowed",
    "rate_limited": "rate limited",
    "unreachable": "not reachable",
    "unavailable": "in trouble",
    "misaddressed": "wrong address",
    "unlisted": "no list of models",
    "incomplete": "half configured",
}
_STYLES = {Level.OK: "green", Level.NOTE: "yellow", Level.OFF: "dim", Level.FAULT: "red"}


_NAME = 17
_INDENT = _NAME + 6


def mark(level: Level, console: Console) -> Text:
    """One sign for a level, in a form that the terminal's encoding has."""
    fine, plain, style = _MARKS[level]
    return Text(fine if console.encoding.startswith("utf") else plain, style=style)


def print_report(console: Console, report: Report) -> None:
    """Print every finding, and in the end what the whole comes to."""
    console.print(Text(f"Chimera {report.version}", style="bold"))
    for one in report.checks:
        _print_row(console, one, one.name.replace("_", " "), _dim(one.level, one.detail))
    if report.providers:
        console.print()
        console.print(Text("Providers", style="bold"))
        for provider in report.providers:
            _print_row(console, provider, provider.name, _told(provider))
    console.print()
    console.print(_summary(report))


def _print_row(console: Console, found: Finding, name: str, told: Text) -> None:
    """Mark, name, and beside them what was found; wrapped for a person, a line a sentence for a pipe."""
    width = max(console.width - _INDENT, 30) if console.is_terminal else 100_000
    label = Text("  ").append_text(mark(found.level, console)).append(f" {name:<{_NAME}}  ")
    for line in told.wrap(console, width):
        line.rstrip()
        console.print(label.append_text(line))
        label = Text(" " * _INDENT)


def _dim(level: Level, text: str) -> Text:
    return Text(tame(text), style="dim" if level is Level.OFF else "")


def _told(provider: ProviderFinding) -> Text:
    if provider.level is Level.OFF:
        return _dim(provider.level, provider.detail)
    told = Text().append(_IN_WORDS.get(provider.status, provider.status), style=_STYLES[provider.level])
    if provider.level is Level.OK:
        told.append(f", {tame(provider.detail).rstrip('.')}")
    if provider.address:
        told.append(f"  {tame(provider.address)}", style="dim")
    if provider.level is not Level.OK:
        told.append(f"\n{tame(provider.detail)}")
    if limits := ", ".join(_left(provider.limits)):
        told.append(f"\nrate limits: {tame(limits)}", style="dim")
    return told


def _left(limits: Mapping[str, str]) -> Iterator[str]:
    """Say what is left, from headers such as `x-ratelimit-remaining-requests` and `…-requests-remaining`."""
    for name, left in limits.items():
        if "remaining" in name:
            words = name.replace("remaining", "").split("ratelimit", 1)[1].split("-")
            subject = " ".join(word for word in words if word) or "calls"
            most = limits.get(name.replace("remaining", "limit"))
            yield f"{subject} {_number(left)}" + (f" of {_number(most)}" if most else " left")


def _number(text: str) -> str:
    return amount(int(text)) if text.isdecimal() else text


def _summary(report: Report) -> Text:
    faults = [one.name for one in (*report.checks, *report.providers) if one.level is Level.FAULT]
    if faults:
        return Text(f"To mend: {', '.join(faults)}.", style="bold red")
    if not report.healthy:
        return Text("It is not configured, or not running.", style="bold red")
    return Text("All that is configured is well.", style="bold green")
