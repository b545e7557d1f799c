"""The connections to providers: from settings and environment to opened adapters."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import combinations
from types import ModuleType
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError

from chimera.adapters.http import HttpClient
from chimera.adapters.settings import ProviderSettings
from chimera.bootstrap.model_settings import faults_of_names
from chimera.bootstrap.settings import ProviderEntry, Settings, SettingsError
from chimera.kit.loading import available, load
from chimera.llm import ModelCard, ModelProvider

LOCAL = "local"

_OFF, _ON = {"off", "false", "0", "no"}, {"on", "true", "1", "yes"}
# What a connection may lack, with a value that stands for any.
_NEEDED: Mapping[str, object] = {"api_key": SecretStr("any"), "base_url": "http://any"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A provider that is configured, not yet opened.

    Attributes:
        in_file: Whether an entry of the file describes it.
        variables: Which environment variable filled which field of its settings.
    """

    name: str
    kind: str
    module: ModuleType
    settings: ProviderSettings
    in_file: bool = False
    variables: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def is_guess(self) -> bool:
        """Whether nobody asked for it: it is inside, or a local server that is looked for where it usually listens."""
        return not self.in_file and not self.variables

    @property
    def static_models(self) -> Sequence[ModelCard]:
        return tuple(self.module.MODELS)

    @property
    def wires(self) -> Collection[str]:
        """Wires whose requests the provider takes as they are; most have none."""
        return tuple(getattr(self.module, "WIRES", ()))

    @property
    def relays(self) -> Collection[str]:
        """Operations of OpenAI's API that it is passed unread; most have none."""
        return tuple(getattr(self.module, "RELAYS", ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A kind of provider without a connection.

    Attributes:
        missing: The variables that would add it.
        given: Variables of it that are set nevertheless: it is half configured.
    """

    kind: str
    missing: tuple[str, ...]
    given: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What is configured, what is not, and what cannot be used."""

    found: list[Connection] = field(default_factory=list[Connection])
    absent: list[Absent] = field(default_factory=list[Absent])
    faults: list[str] = field(default_factory=list[str])


def connections(settings: Settings, variables: Mapping[str, str]) -> list[Connection]:
    """Every provider that the file names or whose environment is set, the embedded model last.

    Raises:
        SettingsError: for unusable values, and for two connections of one name; every fault is named.
    """
    seen = survey(settings, variables)
    if seen.faults:
        raise SettingsError(*seen.faults)
    return seen.found


def survey(settings: Settings, variables: Mapping[str, str]) -> Survey:
    """Look at every kind of provider, and at every entry of the file. Never raises."""
    seen = Survey()
    for entry in settings.providers:
        _look_at_entry(entry, seen)
    named = {connection.name for connection in seen.found}
    for kind in available("providers"):
        if kind != LOCAL:
            _look_at_environment(kind, variables, seen, named)
    _look_inside(settings, seen, named)
    names = [connection.name for connection in seen.found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        seen.faults.append(f"Two providers are named {name}. Give each its own `name`.")
    if not seen.faults:  # of a provider that cannot be used nobody can say which models it has
        seen.faults.extend(faults_of_names(settings, set(names)))
    return seen


async def open_providers(
    stack: AsyncExitStack, found: Sequence[Connection], http: HttpClient
) -> dict[str, ModelProvider]:
    """Open every connection; `stack` closes them."""
    return {
        connection.name: await stack.enter_async_context(connection.module.connect(connection.settings, http))
        for connection in found
    }


def _look_at_entry(entry: ProviderEntry, seen: Survey) -> None:
    source = f"[[providers]] kind={entry.kind!r}"
    kinds = available("providers")
    if entry.kind not in kinds:
        meant = get_close_matches(entry.kind, kinds, n=1) or [", ".join(kinds)]
        seen.faults.append(f"{source}: there is no such kind. Did you mean {meant[0]}?")
        return
    made = _made(entry.kind, entry.values(), source=source, faults=seen.faults)
    if made is not None and _enabled(made):
        seen.found.append(replace(made, in_file=True))
    elif made is not None:
        seen.faults.append(f"{source}: {' and '.join(_missing(made)) or 'more'} must be set too.")


def _look_at_environment(kind: str, variables: Mapping[str, str], seen: Survey, named: set[str]) -> None:
    names: Mapping[str, str] = load("providers", kind).ENVIRONMENT
    filled = {field: name for name, field in names.items() if variables.get(name)}
    values = {field: variables[name] for field, name in filled.items()}
    source = ", ".join(filled.values()) or kind
    made = _made(kind, values, source=source, faults=seen.faults, variables=filled)
    if made is None or made.name in named:
        return
    if _enabled(made):
        seen.found.append(made)
        return
    if not filled and any(connection.kind == kind for connection in seen.found):
        return
    called = {field: name for name, field in reversed(list(names.items()))}
    missing = tuple(called[lacks] for lacks in _missing(made) if lacks in called)
    seen.absent.append(Absent(kind=kind, missing=missing, given=tuple(filled.values())))


def _look_inside(settings: Settings, seen: Survey, named: set[str]) -> None:
    """Add the embedded model, unless it is switched off, not installed, or described in the file."""
    wanted = settings.local_model.lower()
    if wanted in _OFF or LOCAL in named:
        return
    values: dict[str, object] = {} if wanted in _ON else {"model_path": settings.local_model}
    made = _made(LOCAL, values, source="CHIMERA_LOCAL_MODEL", faults=seen.faults)
    if made is not None and _enabled(made):
        seen.found.append(made)


def _enabled(connection: Connection) -> bool:
    return bool(connection.module.enabled(connection.settings))


def _missing(connection: Connection) -> tuple[str, ...]:
    """Fewest fields whose filling would make the connection usable; none where it lacks something unusual."""
    for fields in (*combinations(_NEEDED, 1), *combinations(_NEEDED, 2)):
        filled = connection.settings.model_copy(update={name: _NEEDED[name] for name in fields})
        if connection.module.enabled(filled):
            return fields
    return ()


def _made(
    kind: str,
    values: Mapping[str, object],
    *,
    source: str,
    faults: list[str],
    variables: Mapping[str, str] | None = None,
) -> Connection | None:
    """Make a connection, or add what is wrong to `faults`."""
    module, filled = load("providers", kind), variables or {}
    try:
        made = module.Settings.model_validate(values)
    except ValidationError as error:
        for item in error.errors():
            field_name = ".".join(map(str, item["loc"]))
            message = str(item["msg"]).removeprefix("Value error, ").replace("Input should", "must").rstrip(".")
            faults.append(f"{filled.get(field_name) or f'{source}: {field_name}'}: {message}.")
        return None
    if made.api_key and urlsplit(made.base_url).username:
        faults.append(f"{filled.get('base_url', source)}: an address with a login cannot be used together with a key.")
        return None
    return Connection(name=made.name, kind=kind, module=module, settings=made, variables=filled)
