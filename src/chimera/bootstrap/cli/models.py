"""`chimera models`: what can be asked, by provider, with what each model can do."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from chimera.adapters.http import open_http
from chimera.bootstrap import logging
from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.cli.printing import fault, on_errors, on_output, print_json, rounded, sentence, tame
from chimera.bootstrap.providers import Connection, connections, open_providers
from chimera.bootstrap.settings import SettingsError, environment, load
from chimera.gateway.catalogue import CatalogueKeeper, ProviderStatus
from chimera.llm import HealthStatus
from chimera.platform.schemas import ModelRead, model_read

_ABILITIES = ("tools", "images", "structured_output", "reasoning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the providers told, and which of them did not."""

    models: Sequence[ModelRead]
    errors: Sequence[ProviderStatus]


def run_models(*, provider: str | None, as_json: bool) -> int:
    with or_say_why():
        settings, variables = load(), environment()
        logging.configure(settings.model_copy(update={"log_level": "error"}))
        chosen = _chosen(connections(settings, variables), provider)
        with on_errors().status("Asking the providers for their models …", spinner_style="cyan"):
            listing = asyncio.run(_ask(chosen))
        if as_json:
            print_json(_plain(listing))
        else:
            _print_models(on_output(), listing.models)
            for status in listing.errors:
                _print_error(status)
    return 1 if not listing.models or (provider and listing.errors) else 0


def _chosen(found: Sequence[Connection], provider: str | None) -> list[Connection]:
    chosen = [one for one in found if provider in {None, one.name, one.kind}]
    if not chosen:
        known = ", ".join(one.name for one in found)
        raise SettingsError(f"No provider {provider!r} is configured. There is: {known or 'none'}.")
    return chosen


async def _ask(chosen: Sequence[Connection]) -> Listing:
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http())
        providers = await open_providers(stack, chosen, http)
        keeper = CatalogueKeeper(providers=providers, static={one.name: one.static_models for one in chosen})
        await keeper.refresh()
    failed = {one.name: one for one in keeper.statuses() if one.health and one.health.status is not HealthStatus.OK}
    # Where nobody listens at a usual address, nobody expects models either.
    guesses = {one.name for one in chosen if one.is_guess and len(chosen) > 1}
    return Listing(
        models=[
            model_read(target, target.card)
            for target in keeper.current.targets()
            if target.card and target.provider not in failed
        ],
        errors=[status for name, status in failed.items() if name not in guesses],
    )


def _plain(listing: Listing) -> object:
    return {
        "models": [model.model_dump() for model in listing.models],
        "errors": [
            {"provider": one.name, "status": one.health.status, "detail": one.health.detail}
            for one in listing.errors
            if one.health
        ],
    }


def _print_models(console: Console, models: Sequence[ModelRead]) -> None:
    if not models:
        console.print("No provider has a model. `chimera doctor` says what to do.")
        return
    width = max(len(model.id) for model in models)
    console.print(Text(f"{'model':<{width}}  {'context':>8}  {'output':>7}  can", style="dim"))
    for model in models:
        line = Text(
            f"{tame(model.id):<{width}}  {rounded(model.context_tokens):>8}  {rounded(model.output_tokens):>7}  "
        )
        line.append(_abilities(model), style="dim")
        if model.demonstration:
            line.append("  demonstration only", style="yellow")
        line.rstrip()
        console.print(line)


def _abilities(model: ModelRead) -> str:
    if model.kind == "embedding":
        return "embeddings"
    able = model.capabilities.model_dump()
    return ", ".join(["chat", *(name.replace("structured_output", "JSON") for name in _ABILITIES if able[name])])


def _print_error(status: ProviderStatus) -> None:
    detail = sentence(status.health.detail) if status.health else ""
    fault(f"{status.name} told no models: {detail} `chimera doctor --provider {status.name}` says what to do.")
