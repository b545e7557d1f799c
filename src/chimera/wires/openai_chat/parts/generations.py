"""What OpenAI's models take, generation by generation: each refuses what another demands. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chimera.llm import Reasoning, Request
from chimera.wires.effort import budget_of, nearest, offered

_GUIDE = "https://developers.openai.com/api/docs/guides/reasoning"
_REFERENCE = "https://platform.openai.com/docs/api-reference/responses/create#responses-create-reasoning-effort"
_TOOLS = "https://github.com/openai/openai-openapi/issues/541"
_USUAL = ("low", "medium", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One generation of models.

    Attributes:
        names: Their names.
        efforts: Words for the effort that they take; none if they do not reason.
        rests: Whether they reason only if an effort is asked for.
        apart: Whether chat completions refuse tools to them while they reason.
        proof: Where that is written.
    """

    names: re.Pattern[str]
    efforts: tuple[str, ...] = _USUAL
    rests: bool = False
    apart: bool = False
    proof: str = _REFERENCE


def _named(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# The first that fits counts.
_GENERATIONS = (
    Generation(names=_named(r"^(?:chatgpt|gpt-[34])|-chat"), efforts=(), proof=_GUIDE),
    Generation(
        names=_named(r"deep-research"), efforts=("medium",), proof="https://github.com/anomalyco/opencode/pull/26273"
    ),
    Generation(names=_named(r"^gpt-5-pro"), efforts=("high",)),
    Generation(names=_named(r"^gpt-5\.[2-9].*-pro"), efforts=("medium", "high", "xhigh")),
    Generation(names=_named(r"^gpt-5\.(?:1-codex-max|[2-9].*codex)"), efforts=(*_USUAL, "xhigh")),
    Generation(names=_named(r"codex|^o\d")),
    Generation(names=_named(r"^gpt-5(?!\.)"), efforts=("minimal", *_USUAL)),
    Generation(
        names=_named(r"^gpt-5\.1"),
        efforts=("none", *_USUAL),
        rests=True,
        proof="https://github.com/anomalyco/opencode/issues/4451",
    ),
    Generation(
        names=_named(r"^gpt-5\.[2-4]"), efforts=("none", *_USUAL, "xhigh"), rests=True, apart=True, proof=_TOOLS
    ),
    Generation(
        names=_named(r"^gpt-5\.5"),
        efforts=("none", *_USUAL, "xhigh"),
        apart=True,
        proof="https://github.com/Science-Discovery/Aether/issues/1026",
    ),
    Generation(
        names=_named(r"^gpt-(?:5\.|[6-9])"),
        efforts=("none", *_USUAL, "xhigh", "max"),
        apart=True,
        proof="https://github.com/anomalyco/opencode/issues/36141",
    ),
)
# Deployments on Azure have names of their own.
_UNKNOWN = Generation(names=_named(""))


def told_effort(request: Request, lost: list[str]) -> str | None:
    """Return the effort that the model is told, `None` if it is left to it; what cannot be told is named in `lost`."""
    generation, reasoning = _generation(request.model), request.reasoning
    if reasoning is None or (reasoning == Reasoning() and generation.efforts and not generation.rests):
        return None
    return offered(reasoning, generation.efforts, lost)


def thinks_apart(request: Request) -> bool:
    """Whether chat completions refuse this request because the model would reason beside tools."""
    if not request.tools:
        return False
    generation = _generation(request.model)
    return generation.apart and _thinks(request.reasoning, generation)


def refused_sampling(request: Request) -> Iterator[tuple[str, bool]]:
    """Yield what a model that reasons refuses of this request, and whether leaving it out changes anything.

    https://developers.openai.com/api/docs/guides/latest-model#gpt-54-parameter-compatibility
    """
    generation, sampling = _generation(request.model), request.sampling
    if generation is _UNKNOWN or not generation.efforts or not _thinks(request.reasoning, generation):
        return
    usual = {"temperature": 1, "top_p": 1, "presence_penalty": 0, "frequency_penalty": 0, "stop": ()}
    for name, value in usual.items():
        asked = getattr(sampling, name)
        if asked not in {None, ()}:
            yield name, asked != value


def _generation(model: str) -> Generation:
    name = model.rpartition("/")[2]
    return next((known for known in _GENERATIONS if known.names.search(name)), _UNKNOWN)


def _thinks(reasoning: Reasoning | None, generation: Generation) -> bool:
    if reasoning is None:
        return not generation.rests
    return budget_of(reasoning) > 0 or nearest("none", generation.efforts) != "none"
