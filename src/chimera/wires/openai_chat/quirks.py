"""How imitators of OpenAI differ from it. Data only, each difference with its proof."""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from chimera.wires.openai_chat import members

OutputLimit: TypeAlias = Literal["max_completion_tokens", "max_tokens"]
ReasoningForm: TypeAlias = Literal["effort", "object", "toggle"]
ThinkingField: TypeAlias = Literal["reasoning_content", "reasoning"]
ToolFiles: TypeAlias = Literal["inside", "after", "named"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What `encode_request` does for one provider. The defaults suit most imitators.

    Attributes:
        output_limit: Name of the output limit. OpenAI's reasoning models refuse `max_tokens`:
            https://platform.openai.com/docs/api-reference/chat/create#chat-create-max_tokens
        reasoning: `effort` is OpenAI's `reasoning_effort`. `object` is OpenRouter's `reasoning`:
            https://openrouter.ai/docs/use-cases/reasoning-tokens. `toggle` adds DeepSeek's `thinking`, which is on
            unless it is switched off: https://api-docs.deepseek.com/guides/thinking_mode
        efforts: Words for the effort that it takes; `None` where that depends on the model, as OpenAI's do. Imitators
            that know the parameter know these: https://docs.vllm.ai/en/latest/features/reasoning_outputs
        thinking: Field of an assistant message that takes its own reasoning back; `None` where there is none.
        thinking_required: Whether an assistant message with tool calls must have that field, empty if need be:
            https://api-docs.deepseek.com/guides/thinking_mode#tool-calls
        json_schema: Whether `response_format` takes a schema; DeepSeek takes `json_object` only, so the schema goes
            into the instructions: https://api-docs.deepseek.com/guides/json_mode
        tool_files: Where pictures and documents of a tool's result go: `inside` its message; as a message of the user
            `after` it, since OpenAI's takes text only; or nowhere, and they are `named` as lost, where nobody knows
            whether the model sees: https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
        signatures: Whether tool calls carry Gemini's thought signature in `extra_content`, as Google's own imitation
            has it: https://ai.google.dev/gemini-api/docs/thought-signatures#openai
        unsupported: Body parameters that are left out and reported as lost. Only servers that draw tokens themselves
            know `top_k`.
        members: What it takes that the language has no word for; the rest is reported as lost.
        refusals: Whether an assistant message has a `refusal` of its own; a chat template knows `content` only.
        cache_marks: Whether parts and tools take `cache_control`:
            https://openrouter.ai/docs/features/prompt-caching#anthropic-claude
        annotations: Whether an assistant message takes its citations back:
            https://openrouter.ai/docs/features/multimodal/pdfs#skip-parsing-costs
        reasoning_details: Whether it signs reasoning and takes it back:
            https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks
        embeds_tokens: Whether its embedding models take tokens of OpenAI's vocabularies:
            https://platform.openai.com/docs/api-reference/embeddings/create#embeddings_create-input
        forwarded: Which requests in this wire's own words go out as they are: `always`, where the provider is as
            tolerant as we are; else those that ask `beyond` the language. For the rest a translation is what careless
            servers understand: one system message, plain texts, their own names of limits and reasoning.
    """

    output_limit: OutputLimit = "max_tokens"
    reasoning: ReasoningForm = "effort"
    efforts: tuple[str, ...] | None = ("none", "low", "medium", "high")
    thinking: ThinkingField | None = None
    thinking_required: bool = False
    json_schema: bool = True
    tool_files: ToolFiles = "named"
    signatures: bool = False
    unsupported: frozenset[str] = frozenset()
    members: frozenset[str] = members.IMITATORS
    refusals: bool = False
    cache_marks: bool = False
    annotations: bool = False
    reasoning_details: bool = False
    embeds_tokens: bool = False
    forwarded: Literal["always", "beyond"] = "beyond"


OPENAI = Quirks(
    output_limit="max_completion_tokens",
    efforts=None,
    tool_files="after",
    # Neither is in https://platform.openai.com/docs/api-reference/chat/create
    unsupported=frozenset({"top_k", "reasoning"}),
    members=members.OPENAI,
    refusals=True,
    embeds_tokens=True,
    forwarded="always",
)
AZURE = replace(OPENAI, members=members.AZURE)
DEEPSEEK = Quirks(
    reasoning="toggle",
    # https://api-docs.deepseek.com/guides/thinking_mode maps them; it has refused `minimal`:
    # https://github.com/bytedance/deer-flow/pull/3309
    efforts=("none", "low", "medium", "high", "xhigh", "max"),
    thinking="reasoning_content",
    thinking_required=True,
    json_schema=False,
    # Not in https://api-docs.deepseek.com/api/create-chat-completion
    unsupported=frozenset({"top_k", "seed", "parallel_tool_calls"}),
    members=members.DEEPSEEK,
)
LMSTUDIO = Quirks(members=members.LMSTUDIO)
OPENROUTER = Quirks(
    reasoning="object",
    # https://openrouter.ai/docs/guides/best-practices/reasoning-tokens
    efforts=("none", "minimal", "low", "medium", "high", "xhigh"),
    thinking="reasoning",
    tool_files="inside",
    members=members.OPENROUTER,
    refusals=True,
    cache_marks=True,
    annotations=True,
    reasoning_details=True,
    forwarded="always",
)
