"""The doctor's questions to one provider: how are you, and which models have you?"""

import asyncio
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec.structs import replace

from chimera.adapters.http import HttpClient
from chimera.bootstrap.cli.doctor.findings import Level, ProviderFinding
from chimera.bootstrap.providers import Absent, Connection
from chimera.llm import Health, HealthStatus, ModelCard, ModelProvider, ProviderError

PATIENCE_S = 15.0


async def check_provider(connection: Connection, http: HttpClient, *, config: str) -> ProviderFinding:
    """Ask for health, then for the models, each within `PATIENCE_S`. Starts nothing and changes nothing.

    Args:
        connection: Whom to ask.
        http: The client to ask with.
        config: Path of the TOML file, for advice about connections that stand in it.
    """
    async with connection.module.connect(connection.settings, http) as provider:
        health = await _health(connection, provider)
        found = ProviderFinding(
            name=connection.name,
            kind=connection.kind,
            level=Level.OK if health.status is HealthStatus.OK else Level.FAULT,
            status=health.status.value,
            detail=_advice(connection, health.detail, config),
            address=_without_login(connection.settings.base_url),
            variables=tuple(connection.variables.values()),
            limits=health.limits,
        )
        if health.status is HealthStatus.OK:
            return await _with_models(connection, provider, found)
    if health.status is HealthStatus.UNREACHABLE and connection.is_guess:
        return replace(found, level=Level.OFF, status="silent", detail=_silence(connection, found.address))
    return found


def absent_provider(absent: Absent) -> ProviderFinding:
    """A kind that is not configured, or only by half."""
    missing = " and ".join(absent.missing) or "its settings"
    if absent.given:
        level, status = Level.FAULT, "incomplete"
        detail = (
            f"{' and '.join(absent.given)} is set, but without {missing} it cannot be used: set it too, or neither."
        )
    else:
        level, status, detail = Level.OFF, "unconfigured", f"Set {missing} to add it."
    return ProviderFinding(
        name=absent.kind,
        kind=absent.kind,
        level=level,
        status=status,
        detail=detail,
        variables=(*absent.given, *absent.missing),
    )


async def _health(connection: Connection, provider: ModelProvider) -> Health:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await provider.check()
    except TimeoutError:
        where = next((name for name, field in connection.module.ENVIRONMENT.items() if field == "base_url"), "")
        todo = f" Check the network, or set {where} to the provider's address." if where else ""
        detail = f"{connection.name} did not answer within {PATIENCE_S:g} s.{todo}"
        return Health(status=HealthStatus.UNREACHABLE, detail=detail)


async def _with_models(connection: Connection, provider: ModelProvider, found: ProviderFinding) -> ProviderFinding:
    try:
        async with asyncio.timeout(PATIENCE_S):
            cards = await provider.models()
    except (ProviderError, TimeoutError) as error:
        reason = str(error) or f"it did not answer within {PATIENCE_S:g} s"
        detail = f"It answers, but does not tell its models: {reason}"
        return replace(found, level=Level.FAULT, status="unlisted", detail=detail)
    if not cards:
        return replace(found, level=Level.NOTE, models=0, detail=_no_models(connection))
    return replace(found, models=len(cards), detail=_counted(cards))


def _counted(cards: Sequence[ModelCard]) -> str:
    embeddings = sum(card.capabilities.embeddings and not card.capabilities.chat for card in cards)
    chat = len(cards) - embeddings
    kinds = [(chat, "chat model"), (embeddings, "embedding model")]
    return ", ".join(f"{count} {what}{'s' if count != 1 else ''}" for count, what in kinds if count) + "."


def _no_models(connection: Connection) -> str:
    named = next((name for name, field in connection.module.ENVIRONMENT.items() if field == "deployments"), None)
    todo = f"Name the deployments in {named}." if named else "Install one there, then ask again."
    return f"It answers, but has no models. {todo}"


def _silence(connection: Connection, address: str) -> str:
    where = next((name for name, field in connection.module.ENVIRONMENT.items() if field == "base_url"), "its address")
    return f"Nothing listens at {address}; start it there or set {where} to use it."


def _advice(connection: Connection, detail: str, config: str) -> str:
    """Name the place where the setting stands: adapters name the first variable that could hold it."""
    for variable, field in connection.module.ENVIRONMENT.items():
        place = f"`{field}` of {connection.name} in {config}" if connection.in_file else connection.variables.get(field)
        if place and place != variable:
            detail = place.join(re.split(rf"\b{variable}\b", detail))
    return detail


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
