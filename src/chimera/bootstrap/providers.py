"""The connections to providers: from settings and environment to opened adapters."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import ModuleType

from pydantic import BaseModel, ValidationError

from chimera.adapters.http import HttpClient
from chimera.bootstrap.settings import ProviderEntry, Settings, SettingsError
from chimera.kit.loading import available, load
from chimera.llm import ModelCard, ModelProvider

LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A provider that is configured, not yet opened."""

    name: str
    kind: str
    module: ModuleType
    settings: BaseModel

    @property
    def static_models(self) -> Sequence[ModelCard]:
        return tuple(self.module.MODELS)


def connections(settings: Settings, variables: Mapping[str, str]) -> list[Connection]:
    """Every provider that the file names or whose environment is set, the embedded model last.

    Raises:
        SettingsError: for unusable values, and for two connections of one name.
    """
    kinds = [kind for kind in available("providers") if kind != LOCAL]
    found = [_from_entry(entry) for entry in settings.providers]
    named = {connection.name for connection in found}
    found += [one for kind in kinds if (one := _from_environment(kind, variables)) and one.name not in named]
    if (local := _local(settings)) is not None:
        found.append(local)
    names = [connection.name for connection in found]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise SettingsError(f"Two providers are named {', '.join(doubles)}. Give each its own `name`.")
    return found


async def open_providers(
    stack: AsyncExitStack, found: Sequence[Connection], http: HttpClient
) -> dict[str, ModelProvider]:
    """Open every connection; `stack` closes them."""
    return {
        connection.name: await stack.enter_async_context(connection.module.connect(connection.settings, http))
        for connection in found
    }


def _from_entry(entry: ProviderEntry) -> Connection:
    return _made(entry.kind, entry.values(), source=f"[[providers]] kind={entry.kind!r}")


def _from_environment(kind: str, variables: Mapping[str, str]) -> Connection | None:
    names: Mapping[str, str] = load("providers", kind).ENVIRONMENT
    values = {field: variables[name] for name, field in names.items() if variables.get(name)}
    connection = _made(kind, values, source=f"the environment of {kind} ({', '.join(names)})")
    enabled: bool = connection.module.enabled(connection.settings)
    return connection if enabled else None


def _local(settings: Settings) -> Connection | None:
    if settings.local_model.lower() in {"off", "false", "0", "no"}:
        return None
    chosen = settings.local_model.lower() not in {"on", "true", "1", "yes"}
    values: dict[str, object] = {"model_path": settings.local_model} if chosen else {}
    connection = _made(LOCAL, values, source="CHIMERA_LOCAL_MODEL")
    return connection if connection.module.enabled(connection.settings) else None


def _made(kind: str, values: Mapping[str, object], *, source: str) -> Connection:
    module = load("providers", kind)
    try:
        made = module.Settings.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise SettingsError(f"{source}: {faults}") from None
    return Connection(name=made.name, kind=kind, module=module, settings=made)
