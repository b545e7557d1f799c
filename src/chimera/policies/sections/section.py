"""What all sections share."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of a policy: immutable, and it refuses members that it does not know, and `1` for `true`.

    What JSON has no type for (tuples, ids, dates) needs `Field(strict=False)`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
