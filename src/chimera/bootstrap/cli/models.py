"""`chimera models`: what can be asked, by provider, with windows, prices and what each model can do."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from chimera.adapters.http import open_http
from chimera.bootstrap import logging
from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.cli.printing import fault, on_errors, on_output, print_json, rounded, sentence, tame
from chimera.bootstrap.gateway import keeper_of
from chimera.bootstrap.providers import Connection, connections, open_providers
from chimera.bootstrap.settings import Settings, SettingsError, environment, load
from chimera.gateway.keeper import CatalogueKeeper, ProviderStatus
from chimera.gateway.knowledge.compare import Disagreement, disagreements
from chimera.kit.clock import utc_now
from chimera.llm import HealthStatus
from chimera.platform.schemas import HOUSE, ModelRead, model_read, rate_usd

_ABILITIES = ("tools", "images", "structured_output", "reasoning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the providers told, and which of them did not.

    Attributes:
        differing: By the model's id, on what those who know it differ.
    """

    models: Sequence[ModelRead]
    errors: Sequence[ProviderStatus]
    differing: Mapping[str, Sequence[Disagreement]]


def run_models(*, provider: str | None, compare: bool, as_json: bool) -> int:
    with or_say_why():
        settings, variables = load(), environment()
        logging.configure(settings.model_copy(update={"log_level": "error"}))
        chosen = _chosen(connections(settings, variables), provider)
        with on_errors().status("Asking the providers for their models …", spinner_style="cyan"):
            listing = asyncio.run(_ask(settings, chosen))
        if as_json:
            print_json(_plain(listing, compare=compare))
        else:
            if compare:
                _print_differing(on_output(), listing)
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


async def _ask(settings: Settings, chosen: Sequence[Connection]) -> Listing:
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http())
        keeper = keeper_of(settings, chosen, await open_providers(stack, chosen, http))
        await keeper.refresh()
    failed = {one.name: one for one in keeper.statuses() if one.health and one.health.status is not HealthStatus.OK}
    # Where nobody listens at a usual address, nobody expects models either.
    guesses = {one.name for one in chosen if one.is_guess and len(chosen) > 1}
    listed = [entry for entry in keeper.current.listed() if entry.target.provider not in failed]
    return Listing(
        models=[model_read(entry, utc_now()) for entry in listed],
        errors=[status for name, status in failed.items() if name not in guesses],
        differing=_differing(keeper, [entry.target.id for entry in listed if entry.id == entry.target.id]),
    )


def _differing(keeper: CatalogueKeeper, ids: Sequence[str]) -> dict[str, Sequence[Disagreement]]:
    now, found = utc_now(), dict[str, Sequence[Disagreement]]()
    for known in ids:
        provider, _, model = known.partition("/")
        if differing := disagreements(keeper.said(provider, model), now):
            found[known] = differing
    return found


def _plain(listing: Listing, *, compare: bool) -> object:
    differing = {
        model: [{"fact": one.fact, "said": dict(one.said)} for one in found]
        for model, found in listing.differing.items()
    }
    return ({"differing": differing} if compare else {}) | {
        "models": [model.model_dump(mode="json") for model in listing.models],
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
    head = f"{'model':<{width}}  {'context':>8}  {'output':>7}  {'$in/M':>8}  {'$out/M':>8}  can"
    console.print(Text(head, style="dim"))
    for model in models:
        into, out = _prices(model)
        line = Text(
            f"{tame(model.id):<{width}}  {rounded(model.context_tokens):>8}  {rounded(model.output_tokens):>7}  "
            f"{into:>8}  {out:>8}  "
        )
        line.append(_abilities(model), style="dim")
        for note in _notes(model):
            line.append(f"  {note}", style="yellow")
        line.rstrip()
        console.print(line, soft_wrap=True)


def _prices(model: ModelRead) -> tuple[str, str]:
    """Input and output of a short prompt; `+` where a longer one costs more; `varies` where several may answer."""
    if model.provider == HOUSE or model.targets:
        return "varies", "varies"
    if model.price is None:
        return "?", "?"
    if model.price.free:
        return "free", "free"
    rates, more = model.price.tiers[0], "+" if len(model.price.tiers) > 1 else ""
    return f"{rates.input or '?'}{more}", "-" if model.kind == "embedding" else f"{rates.output or '?'}{more}"


def _notes(model: ModelRead) -> list[str]:
    notes = ["demonstration only"] if model.demonstration else []
    notes += ["deprecated"] if model.deprecated else []
    notes += [f"alias of {tame(model.alias_of)}"] if model.alias_of else []
    shares = ", ".join(f"{tame(share.model)} x{share.weight}" for share in model.targets)
    return [*notes, f"shared by {shares}"] if shares else notes


def _print_differing(console: Console, listing: Listing) -> None:
    if not listing.differing:
        console.print("All who know these models agree on their windows and prices.")
    for model, found in listing.differing.items():
        for one in found:
            price = "price" in one.fact
            said = "; ".join(
                f"{tame(source)}: {rate_usd(value) if price else value}" for source, value in one.said.items()
            )
            console.print(Text(f"{tame(model)}  {one.fact}  {said}"), soft_wrap=True)


def _abilities(model: ModelRead) -> str:
    if model.kind == "embedding":
        return "embeddings"
    able = model.capabilities.model_dump()
    return ", ".join(["chat", *(name.replace("structured_output", "JSON") for name in _ABILITIES if able[name])])


def _print_error(status: ProviderStatus) -> None:
    detail = sentence(status.health.detail) if status.health else ""
    fault(f"{status.name} told no models: {detail} `chimera doctor --provider {status.name}` says what to do.")
