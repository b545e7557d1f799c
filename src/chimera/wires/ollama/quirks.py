"""In what the models that Ollama serves differ, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What a family of models takes.

    Attributes:
        levels: Words that `think` takes; empty where it is only switched on and off.
        proof: Where this is written.
    """

    levels: tuple[str, ...] = ()
    proof: str = "https://docs.ollama.com/capabilities/thinking"


_LEVELLED = Quirks(levels=("low", "medium", "high"))
_BY_PREFIX: tuple[tuple[str, Quirks], ...] = (("gpt-oss", _LEVELLED),)


def quirks_of(model: str) -> Quirks:
    """Return the quirks of a model by its family's name."""
    name = model.rpartition("/")[2].lower()
    return next((quirks for prefix, quirks in _BY_PREFIX if name.startswith(prefix)), Quirks())
