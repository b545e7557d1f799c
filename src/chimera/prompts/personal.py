"""What is kept here of people: their own prompts and personas. What they gave to the organisation stays its own."""

from typing import Final

from chimera.prompts.tables import ItemRow, LabelRow, ShareRow, VersionRow
from chimera.store.personal import Part, Personal

PERSONAL: Final = (
    Personal(
        table=ItemRow,
        person="owner_id",
        parts=(
            Part(table=VersionRow, parent="id"),
            Part(table=LabelRow, parent="id"),
            Part(table=ShareRow, parent="id"),
        ),
    ),
    Personal(table=VersionRow, person="made_by", fate="kept", why="It is of a prompt that others use.", shown=False),
)
