"""Find an adapter by its file name.

`load("providers", "openai")` imports `chimera/adapters/providers/openai.py`: the name in the configuration *is* the
name of the file, so nothing has to be registered. A third party ships the same module under the entry-point group
`chimera.providers`.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

from chimera.kit.errors import AppError, Kind

ADAPTERS = "chimera.adapters"


class UnknownAdapterError(AppError):
    code = "unknown_adapter"
    kind = Kind.INVALID


@cache
def _third_party(port: str) -> Mapping[str, EntryPoint]:
    # Kept: a look through all installed packages takes milliseconds, and what is installed does not change under us.
    return {entry.name: entry for entry in entry_points(group=f"chimera.{port}")}


def available(port: str) -> list[str]:
    """Names that `load` accepts for this port, sorted."""
    spec = find_spec(f"{ADAPTERS}.{port}")
    paths = spec.submodule_search_locations if spec else None
    built_in = {module.name for module in iter_modules(paths)}
    return sorted(built_in | set(_third_party(port)))


def load(port: str, name: str) -> ModuleType:
    """Import one adapter module.

    Raises:
        UnknownAdapterError: if neither a file nor an entry point bears the name.
    """
    entry = _third_party(port).get(name)
    if entry is not None:
        module = entry.load()
        assert isinstance(module, ModuleType), f"{entry.value} must be a module"
        return module
    if name not in available(port):
        raise UnknownAdapterError(f"{port} has no {name!r}; it has {', '.join(available(port))}.")
    return import_module(f"{ADAPTERS}.{port}.{name}")
