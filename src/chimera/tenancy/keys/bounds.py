"""What narrows a key beyond its permissions, and whether one key is as narrow as another. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from chimera.kit.errors import InvalidRequestError
from chimera.tenancy.errors import PermissionDeniedError

# IPv4 in IPv6 is compared as the IPv4 address that it is: such a network would admit nobody.
_MAPPED: Final = IPv6Network("::ffff:0:0/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """`None` is no bound.

    Attributes:
        models: Patterns of models that it may ask: ids, beginnings with `*`, or names of the operator's.
        networks: Of which its requests may come.
    """

    models: tuple[str, ...] | None = None
    networks: tuple[str, ...] | None = None
    expires_at: datetime | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None

    def within(self, others: "Bounds") -> "Bounds":
        """These bounds, and where there are none those of the other.

        Raises:
            PermissionDeniedError: if one of them is wider.
        """
        for name in _wider(self, others):
            raise PermissionDeniedError(f"A key gives no more than the credential it is made with: `{name}` is wider.")
        return Bounds(
            models=others.models if self.models is None else self.models,
            networks=others.networks if self.networks is None else self.networks,
            expires_at=self.expires_at or others.expires_at,
            requests_per_minute=self.requests_per_minute or others.requests_per_minute,
            tokens_per_minute=self.tokens_per_minute or others.tokens_per_minute,
        )

    def is_within(self, others: "Bounds") -> bool:
        """Whether everything is as narrow as there, without anything being taken over."""
        return self == self.filled(others) and not _wider(self, others)

    def filled(self, others: "Bounds") -> "Bounds":
        """These bounds, and where there are none those of the other, however wide."""
        lacking = {name: getattr(others, name) for name in _NAMES if getattr(self, name) is None}
        return replace(self, **lacking)


_NAMES: Final = ("models", "networks", "expires_at", "requests_per_minute", "tokens_per_minute")


def moved(present: Bounds, wanted: Bounds, limit: Bounds) -> Bounds:
    """The present bounds with what is wanted otherwise, as narrow as the limit; what is not touched stays.

    Raises:
        PermissionDeniedError: if something is to be wider than the limit.
    """
    touched = [name for name in _NAMES if getattr(wanted, name) != getattr(present, name)]
    chosen = Bounds(**{name: getattr(wanted, name) for name in touched}).within(limit)
    return replace(present, **{name: getattr(chosen, name) for name in touched})


def narrowest(lists: Iterable[Sequence[str]]) -> tuple[str, ...] | None:
    """The patterns of models that all lists admit; `None` where there is no list.

    A name of the operator's is only known by its spelling here: it is kept where every list has it.
    """
    every = [tuple(patterns) for patterns in lists]
    return reduce(_both, every) if every else None


def models_within(models: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the others admit everything that the first do."""
    return all(any(_covers(wide, narrow) for wide in others) for narrow in models)


def networks_read(texts: Sequence[str]) -> tuple[str, ...]:
    """Networks in the one spelling in which they are kept, each once.

    Raises:
        InvalidRequestError: if a text is no network.
    """
    try:
        found = [ip_network(text.strip(), strict=False) for text in texts]
    except ValueError as error:
        raise InvalidRequestError("A network is written as 192.0.2.0/24 or 2001:db8::/32.", field="networks") from error
    if any(isinstance(one, IPv6Network) and one.subnet_of(_MAPPED) for one in found):
        raise InvalidRequestError("Write IPv4 networks as IPv4: 192.0.2.0/24.", field="networks")
    return tuple(dict.fromkeys(str(one) for one in found))


def _wider(bounds: Bounds, others: Bounds) -> list[str]:
    """Names of what is bound here less narrowly than there."""
    found = []
    if bounds.models is not None and others.models is not None and not models_within(bounds.models, others.models):
        found.append("models")
    if bounds.networks is not None and others.networks is not None and not _lie_in(bounds.networks, others.networks):
        found.append("networks")
    if bounds.expires_at and others.expires_at and bounds.expires_at > others.expires_at:
        found.append("expires_at")
    for name in ("requests_per_minute", "tokens_per_minute"):
        own, limit = getattr(bounds, name), getattr(others, name)
        if own is not None and limit is not None and own > limit:
            found.append(name)
    return found


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    narrow = [pattern for pattern in one if models_within([pattern], other)]
    narrow += [pattern for pattern in other if models_within([pattern], one)]
    return tuple(dict.fromkeys(narrow))


def _covers(wide: str, narrow: str) -> bool:
    return wide == narrow or (wide.endswith("*") and narrow.startswith(wide[:-1]))


def _lie_in(networks: Iterable[str], others: Iterable[str]) -> bool:
    wide = [ip_network(text) for text in others]
    return all(any(_holds(one, ip_network(text)) for one in wide) for text in networks)


def _holds(wide: IPv4Network | IPv6Network, narrow: IPv4Network | IPv6Network) -> bool:
    if isinstance(wide, IPv4Network):
        return isinstance(narrow, IPv4Network) and narrow.subnet_of(wide)
    return isinstance(narrow, IPv6Network) and narrow.subnet_of(wide)
