"""How facts are kept in the database."""

from typing import Final

import msgspec

from chimera.conversations.memory.fact import About, Fact, FactKind, Source
from chimera.conversations.remembering.tables import MemoryRow

_ENCODER: Final = msgspec.json.Encoder()
_ABOUT: Final = msgspec.json.Decoder(About)


def encode_about(about: About) -> str:
    return _ENCODER.encode(about).decode()


def fact_of(row: MemoryRow) -> Fact:
    return Fact(
        id=row.id,
        statement=row.statement,
        about=_ABOUT.decode(row.about),
        kind=FactKind(row.kind),
        source=source_of(row),
        confidence=row.confidence,
        said_at=row.said_at,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        vector=row.vectors,
        revision=row.revision,
    )


def source_of(row: MemoryRow) -> Source:
    return "written" if row.source == "written" else "said"
