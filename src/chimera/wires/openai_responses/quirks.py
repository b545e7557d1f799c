"""How providers of this wire differ, and which models know it. Data only, each difference with its proof."""

import re
from dataclasses import dataclass

from chimera.llm import Request
from chimera.wires.openai_chat.parts.generations import thinks_apart

# https://platform.openai.com/docs/models: these have no chat completions.
_ONLY_HERE = re.compile(r"codex|deep-research|^(?:o\d|gpt-[\d.]+)-pro", re.IGNORECASE)
# Others refuse `include: ["reasoning.encrypted_content"]`: https://github.com/pydantic/pydantic-ai/issues/3326
_REASONS = re.compile(r"^(?:o\d|codex|gpt-oss|gpt-[5-9](?!.*chat))", re.IGNORECASE)
_SEARCHES = re.compile(r"deep-research", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What is different at one provider.

    Attributes:
        tools: Types of tools that it knows; requests with others are translated. `None` for all.
        alone: Names of models that it answers for on this wire and nowhere else; others reason beside tools here only.
    """

    tools: frozenset[str] | None = None
    alone: re.Pattern[str] | None = None

    def answers_alone(self, request: Request) -> bool:
        """Whether this has to be asked on this wire, whoever asks."""
        return self.alone is not None and (bool(self.alone.search(request.model)) or thinks_apart(request))


OPENAI = Quirks(alone=_ONLY_HERE)
# Custom tools and namespaces reach no model there: https://github.com/openai/codex/issues/26234
OPENROUTER = Quirks(tools=frozenset({"function", "web_search", "web_search_preview"}))


def reasons(model: str) -> bool:
    """Whether the model's reasoning can be had encrypted."""
    return bool(_REASONS.search(model.rpartition("/")[2]))


def searches(model: str) -> bool:
    """Whether the model refuses requests without a tool to search with."""
    return bool(_SEARCHES.search(model))
