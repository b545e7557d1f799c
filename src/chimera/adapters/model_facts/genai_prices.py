"""genai-prices (MIT): prices and input windows, kept by hand from the providers' own pages.

An extract of its data, without any of its code: `tools/build_prices.py` makes it.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct, field

from chimera.gateway.knowledge import Facts

_FILE = Path(__file__).with_suffix(".json")
# OpenRouter and others write `gpt-5.2-20251211` where the list has `gpt-5.2-2025-12-11`.
_COMPACT_DAY = re.compile(r"(?<=-)(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)")


class Names(Struct, frozen=True, omit_defaults=True):
    """How a model is called: any of these, in lower case.

    Attributes:
        patterns: Regular expressions, to be found anywhere.
        every: Each names all that must be so together.
    """

    equals: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    every: tuple[tuple["Names", ...], ...] = ()

    def holds(self, name: str) -> bool:
        return (
            name in self.equals
            or name.startswith(self.starts)
            or name.endswith(self.ends)
            or any(part in name for part in self.contains)
            or any(re.search(pattern, name) for pattern in self.patterns)
            or any(all(one.holds(name) for one in together) for together in self.every)
        )


class Row(Struct, frozen=True):
    """A model. What is said of it is read when somebody asks."""

    names: Names
    facts: msgspec.Raw


class Vendor(Struct, frozen=True):
    """Whose models are these.

    Attributes:
        others: Vendors whose models it serves, too; asked where it has none of a name.
    """

    others: tuple[str, ...]
    models: tuple[Row, ...]

    def find(self, name: str) -> Row | None:
        return next((row for row in self.models if row.names.holds(name)), None)


class PricesFile(Struct, frozen=True):
    """What the package says on the day it was copied.

    Attributes:
        source: Its name with its version.
        vendors: Read when somebody asks of a model of theirs.
    """

    source: str
    licence: str
    vendors: Mapping[str, msgspec.Raw]


class GenaiPrices(Struct, frozen=True):
    """Looks into the file; a vendor that was asked of is kept."""

    file: PricesFile
    _read: dict[str, Vendor] = field(default_factory=dict[str, Vendor])

    @property
    def name(self) -> str:
        return self.file.source

    @property
    def licence(self) -> str:
        return self.file.licence

    def about(self, vendor: str, model: str) -> Facts | None:
        name = model.lower()
        row = self._find(vendor, name) or self._find(vendor, _COMPACT_DAY.sub(_dashed, name))
        return None if row is None else msgspec.json.decode(row.facts, type=Facts)

    def _find(self, vendor: str, name: str) -> Row | None:
        known = self._vendor(vendor)
        if known is None:
            return None
        theirs = (found.find(name) for found in map(self._vendor, known.others) if found is not None)
        return known.find(name) or next((row for row in theirs if row is not None), None)

    def _vendor(self, name: str) -> Vendor | None:
        if name not in self._read and name in self.file.vendors:
            self._read[name] = msgspec.json.decode(self.file.vendors[name], type=Vendor)
        return self._read.get(name)


def open_source() -> GenaiPrices:
    return GenaiPrices(file=msgspec.json.decode(_FILE.read_bytes(), type=PricesFile))


def _dashed(found: re.Match[str]) -> str:
    year, month, day = map(int, found.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return found[0]
