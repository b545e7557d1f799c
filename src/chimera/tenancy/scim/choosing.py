"""Which attributes of a resource an answer tells: `attributes` and `excludedAttributes` (RFC 7644, 3.9). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from chimera.tenancy.scim.errors import ScimValueError
from chimera.tenancy.scim.messages import GROUP, USER

# Told whatever was asked for: RFC 7643, 7, "always".
_ALWAYS: Final = frozenset({"schemas", "id"})
_MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Paths such as `userName` or `name.formatted`, in lower case.

    Attributes:
        only: `None`: all.
    """

    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()

    @classmethod
    def of(cls, told: Mapping[str, str]) -> "Choice":
        """Raises ScimValueError if both are there, or too many names."""
        only, without = (_names(told.get(name)) for name in ("attributes", "excludedAttributes"))
        if only and without:
            raise ScimValueError("Say `attributes` or `excludedAttributes`, not both.")
        return cls(only=only or None, without=without)

    def of_resource(self, resource: dict[str, Any]) -> dict[str, Any]:
        if self.only is None and not self.without:
            return resource
        chosen = {
            name: value if name in _ALWAYS else self._of_value(name.lower(), value) for name, value in resource.items()
        }
        return {name: value for name, value in chosen.items() if value is not None}

    def _of_value(self, path: str, value: Any) -> Any:
        """The value with those of its parts that are told; `None` if it is not."""
        if path in self.without:
            return None
        deeper = any(name.startswith(f"{path}.") for name in (self.only or self.without))
        if self.only is not None and path not in self.only and not deeper:
            return None
        if not deeper or (self.only is not None and path in self.only):
            return value
        if isinstance(value, list):
            return [self._of_parts(path, each) for each in value if isinstance(each, dict)]
        return self._of_parts(path, value) if isinstance(value, dict) else value

    def _of_parts(self, path: str, value: dict[str, Any]) -> dict[str, Any]:
        def is_told(part: str) -> bool:
            whole = f"{path}.{part.lower()}"
            return whole not in self.without if self.only is None else whole in self.only

        return {part: kept for part, kept in value.items() if is_told(part)}


def _names(text: str | None) -> frozenset[str]:
    names = [name.strip().lower() for name in (text or "").split(",") if name.strip()]
    if len(names) > _MOST:
        raise ScimValueError(f"At most {_MOST} attributes are named.")
    prefixes = (f"{USER}:".lower(), f"{GROUP}:".lower())
    return frozenset(name.removeprefix(prefixes[0]).removeprefix(prefixes[1]) for name in names)
