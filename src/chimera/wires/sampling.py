"""How tokens are drawn, for wires that take all of it under names of their own. Pure."""

from collections.abc import Mapping
from typing import Any

from chimera.llm import Sampling


def encode_sampling(sampling: Sampling, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters that are set.

    Args:
        sampling: What was asked.
        names: The wire's name of each parameter that it calls otherwise than we do.
    """
    asked: dict[str, Any] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "max_output_tokens": sampling.max_output_tokens,
        "stop": list(sampling.stop) or None,
        "seed": sampling.seed,
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
    }
    return {names.get(name, name): value for name, value in asked.items() if value is not None}
