"""What all sections share."""

from pydantic import BaseModel, ConfigDict, model_validator

from chimera.kit.numbers import whole


class Section(BaseModel):
    """A part of a policy: immutable, and it refuses members that it does not know, and `1` for `true`.

    What JSON has no type for (tuples, ids, dates) needs `Field(strict=False)`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _whole_numbers(cls, said: object) -> object:
        if not isinstance(said, dict):
            return said
        return {name: whole(value) for name, value in said.items()}
