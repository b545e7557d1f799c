"""What all sections share."""

from pydantic import BaseModel, ConfigDict, model_validator


class Section(BaseModel):
    """A part of a policy: immutable, and it refuses members that it does not know, and `1` for `true`.

    What JSON has no type for (tuples, ids, dates) needs `Field(strict=False)`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _whole_numbers(cls, said: object) -> object:
        """Take `60.0` for 60: to JSON they are one number."""
        if not isinstance(said, dict):
            return said
        return {
            name: int(value) if isinstance(value, float) and value.is_integer() else value
            for name, value in said.items()
        }
