"""What a question needs of whoever answers it. Rules, before anything is weighed."""

from collections.abc import Iterator
from dataclasses import dataclass

from chimera.gateway.tokens import content_of, rough
from chimera.llm import Document, Image, Message, ModelCard, Request, Text, ToolCall, ToolResult

# What is counted roughly must fit with room to spare.
_ROOM = 1.15
_EFFORTS = frozenset({"medium", "high", "xhigh", "max"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """Needs of one question.

    Attributes:
        text: The last words of the user, without files.
        input_tokens: Counted roughly.
        output_tokens: The most that may be written; `None` where the caller leaves it open.
    """

    text: str
    input_tokens: int
    output_tokens: int | None
    images: bool
    tools: bool
    structured_output: bool
    reasoning: bool

    def unmet(self, card: ModelCard) -> str | None:
        """Why a model cannot answer, as a sentence; `None` if it can."""
        able = card.capabilities
        if not able.chat:
            return "It does not chat."
        for needed, has, why in (
            (self.images, able.images, "It does not see images."),
            (self.tools, able.tools, "It does not call tools."),
            (self.structured_output, able.structured_output, "It does not keep to a schema."),
            (self.reasoning, able.reasoning, "It does not reason."),
        ):
            if needed and not has:
                return why
        return self._unfitting(card)

    def _unfitting(self, card: ModelCard) -> str | None:
        needed = int(self.input_tokens * _ROOM) + (self.output_tokens or 0)
        if card.context_tokens is not None and needed > card.context_tokens:
            return f"Its window of {card.context_tokens:,} tokens is too small for about {needed:,}."
        if card.output_tokens is not None and (self.output_tokens or 0) > card.output_tokens:
            return f"It writes {card.output_tokens:,} tokens at most."
        return None


def demands_of(request: Request) -> Demands:
    effort = request.reasoning.effort if request.reasoning else None
    budget = request.reasoning.budget_tokens if request.reasoning else None
    return Demands(
        text=last_words(request),
        input_tokens=rough(content_of(request)),
        output_tokens=request.sampling.max_output_tokens,
        images=any(_shows(message) for message in request.messages),
        tools=bool(request.tools),
        structured_output=request.response_format != "text",
        reasoning=effort in _EFFORTS or bool(budget),
    )


def last_words(request: Request) -> str:
    """What the user said last; nothing where no user spoke."""
    said = next((one for one in reversed(request.messages) if one.role == "user"), None)
    return "\n".join(part.text for part in said.parts if isinstance(part, Text)) if said else ""


def first_words(request: Request) -> str:
    """What stands at the head of the conversation: instructions, and what the user said first."""
    said = next((one for one in request.messages if one.role == "user"), None)
    parts = (*request.system, *(said.parts if said else ()))
    return "\n".join(part.text for part in parts if isinstance(part, Text))


def _shows(message: Message) -> bool:
    return any(isinstance(part, Image | Document) for part in _flat(message))


def _flat(message: Message) -> Iterator[object]:
    for part in message.parts:
        if isinstance(part, ToolResult):
            yield from part.parts
        elif not isinstance(part, ToolCall):
            yield part
