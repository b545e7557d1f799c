"""What a person reads when the server listens: where it is, how to get in, what to do next."""

import sys
from pathlib import Path

import typer

from chimera.bootstrap.house import House

# These two are asked at their usual address on this machine, whether anybody set them up or not.
FOUND_BY_THEMSELVES = {"ollama", "lmstudio"}


def welcome(house: House, address: str) -> None:
    """Print it at once, also through a pipe: it holds secrets that are shown only this time."""
    lines = ["", typer.style(f"  Chimera is ready at {address}", fg=typer.colors.GREEN, bold=True), ""]
    lines += [*_first_run(house), *_addresses(address), ""]
    lines += [f"  {line}" for line in _models(house)]
    if not house.settings.is_local:
        lines += ["  It listens beyond this machine: put TLS before it (a reverse proxy).", ""]
    lines += [f"  {_command()} doctor asks every provider and says what to do. Ctrl+C stops the server.", ""]
    typer.echo("\n".join(lines))
    sys.stdout.flush()


def _addresses(address: str) -> list[str]:
    return [
        f"  API   {address}/v1  (OpenAI's SDKs, Codex)",
        f"        {address}  (Anthropic's, Google's and Ollama's SDKs, Claude Code)",
        f"  Docs  {address}/docs",
    ]


def _first_run(house: House) -> list[str]:
    made = house.people.first_run
    if made is None:
        return []
    return [
        "  Your sign-in, shown only this once:",
        f"    Email     {_strong(made.email)}",
        f"    Password  {_strong(made.password) if made.password else '(the one you chose)'}",
        f"    API key   {_strong(made.api_key) if made.api_key else '(the one you chose)'}",
        "",
    ]


def _models(house: House) -> list[str]:
    kinds = set(house.gateway.kinds.values()) - FOUND_BY_THEMSELVES
    if kinds - {"local"}:
        return []
    found = "Ollama and LM Studio are found when they run here; for others set, say, OPENAI_API_KEY."
    if "local" in kinds:
        return ["Until you add models, a tiny demonstration model answers, often wrongly.", found, ""]
    return ["There is no model yet.", found, ""]


def _command() -> str:
    program = Path(sys.argv[0])
    here = Path.cwd()
    return str(program.relative_to(here)) if program.is_relative_to(here) else program.name


def _strong(text: str) -> str:
    return typer.style(text, bold=True)
