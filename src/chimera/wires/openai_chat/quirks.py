"""How imitators of OpenAI differ from it. Data only, each difference with its proof."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

OutputLimit: TypeAlias = Literal["max_completion_tokens", "max_tokens"]
ReasoningForm: TypeAlias = Literal["effort", "object", "toggle"]
ThinkingField: TypeAlias = Literal["reasoning_content", "reasoning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What `encode_request` does for one provider. The defaults suit most imitators.

    Attributes:
        output_limit: Name of the output limit. OpenAI's reasoning models refuse `max_tokens`:
            https://platform.openai.com/docs/api-reference/chat/create#chat-create-max_tokens
        reasoning: `effort` is OpenAI's `reasoning_effort`. `object` is OpenRouter's `reasoning`:
            https://openrouter.ai/docs/use-cases/reasoning-tokens. `toggle` adds DeepSeek's `thinking`, which is on
            unless it is switched off: https://api-docs.deepseek.com/guides/thinking_mode
        thinking: Field of an assistant message that takes its own reasoning back; `None` where there is none.
        thinking_required: Whether an assistant message with tool calls must have that field, empty if need be:
            https://api-docs.deepseek.com/guides/thinking_mode#tool-calls
        json_schema: Whether `response_format` takes a schema; DeepSeek takes `json_object` only, so the schema goes
            into the instructions: https://api-docs.deepseek.com/guides/json_mode
        tool_images: Whether a tool message takes pictures; OpenAI's takes text only:
            https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
        signatures: Whether tool calls carry Gemini's thought signature in `extra_content`, as Google's own imitation
            has it: https://ai.google.dev/gemini-api/docs/thought-signatures#openai
        unsupported: Body parameters that are left out and reported as lost. Only servers that draw tokens themselves
            know `top_k`.
    """

    output_limit: OutputLimit = "max_tokens"
    reasoning: ReasoningForm = "effort"
    thinking: ThinkingField | None = None
    thinking_required: bool = False
    json_schema: bool = True
    tool_images: bool = False
    signatures: bool = False
    unsupported: frozenset[str] = frozenset()


OPENAI = Quirks(output_limit="max_completion_tokens", unsupported=frozenset({"top_k"}))
DEEPSEEK = Quirks(
    reasoning="toggle",
    thinking="reasoning_content",
    thinking_required=True,
    json_schema=False,
    # Not in https://api-docs.deepseek.com/api/create-chat-completion
    unsupported=frozenset({"top_k", "seed", "parallel_tool_calls"}),
)
OPENROUTER = Quirks(reasoning="object", thinking="reasoning")
