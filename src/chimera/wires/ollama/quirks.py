"""In what the models that Ollama serves differ, as data."""

from dataclasses import dataclass

from chimera.wires.model_names import by_prefix


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
    return by_prefix(model, _BY_PREFIX, otherwise=Quirks())
