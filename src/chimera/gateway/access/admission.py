"""Lists of models, held against what a name stands for. Pure.

A list admits a model by its id (`openai/gpt-5`), by the beginning of it (`openai/*`), by its bare name, or by a name of
the operator's: that admits whatever it stands for. Several lists must each admit it; where there is none, all are.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from chimera.gateway.call import Target
from chimera.gateway.catalogue import Catalogue, Listed

Lists: TypeAlias = tuple[tuple[str, ...], ...]


class _List(Struct, frozen=True):
    ids: frozenset[str]
    beginnings: tuple[str, ...]

    def admits(self, id: str) -> bool:
        return id in self.ids or id.startswith(self.beginnings)


def admitted(catalogue: Catalogue, lists: Lists, targets: Sequence[Target]) -> Sequence[Target]:
    """Those of the targets that every list admits, in their order."""
    if not lists:
        return targets
    read = [_read(catalogue, patterns) for patterns in lists]
    return tuple(target for target in targets if all(one.admits(target.id) for one in read))


def may_ask(catalogue: Catalogue, lists: Lists, model: str) -> bool:
    """Whether anybody whom the name stands for is admitted; of a name that nobody serves that is false."""
    return bool(admitted(catalogue, lists, catalogue.standing_for(model)))


def visible(catalogue: Catalogue, lists: Lists) -> Sequence[Listed]:
    """What of the list of models the caller may ask for."""
    listed = catalogue.listed()
    if not lists:
        return listed
    seen = {target.id for target in admitted(catalogue, lists, catalogue.targets())}
    return tuple(entry for entry in listed if entry.id in seen or may_ask(catalogue, lists, entry.id))


def described(catalogue: Catalogue, lists: Lists, model: str) -> Listed | None:
    """The entry of a model that the caller may ask for; `None` for any other, as if there were none."""
    found = catalogue.describe(model)
    return found if found is None or not lists or may_ask(catalogue, lists, model) else None


def _read(catalogue: Catalogue, patterns: tuple[str, ...]) -> _List:
    """The list with what its names stand for just now. `auto` stands for nobody here: it may be asked without."""
    plain = _sorted_out(patterns)
    names = [name for name in plain.ids if catalogue.is_name(name)]
    if not names:
        return plain
    meant = (target.id for name in names for target in catalogue.standing_for(name))
    return _List(plain.ids.union(meant), plain.beginnings)


@lru_cache(maxsize=1024)
def _sorted_out(patterns: tuple[str, ...]) -> _List:
    beginnings = tuple(pattern[:-1] for pattern in patterns if pattern.endswith("*"))
    return _List(frozenset(pattern for pattern in patterns if not pattern.endswith("*")), beginnings)
