"""The language of the house: messages, requests, events, usage, errors, and the port to a model provider.

Nothing here belongs to one provider, and nothing here does I/O.
"""

from chimera.llm.content import (
    CacheTtl,
    Citation,
    Document,
    Image,
    Message,
    NamedTool,
    Part,
    Role,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    data_url,
    split_data_url,
)
from chimera.llm.errors import (
    ContentFilteredError,
    ContextTooLongError,
    ProviderAnswerError,
    ProviderAuthenticationError,
    ProviderConnectionError,
    ProviderError,
    ProviderModelNotFoundError,
    ProviderOverloadError,
    ProviderPermissionError,
    ProviderQuotaError,
    ProviderRateLimitError,
    ProviderRequestError,
    ProviderTimeoutError,
    UntranslatableError,
)
from chimera.llm.events import (
    Cited,
    Embedded,
    Event,
    Finished,
    FinishReason,
    Forwarded,
    Started,
    Stream,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    UsageReported,
)
from chimera.llm.fold import Answer, fold
from chimera.llm.models import Capabilities, Embeddings, Health, HealthStatus, ModelCard
from chimera.llm.provider import ModelProvider
from chimera.llm.request import (
    EmbeddingRequest,
    JsonObject,
    JsonSchema,
    Original,
    Reasoning,
    RelayRequest,
    Request,
    ResponseFormat,
    Sampling,
)
from chimera.llm.usage import LARGEST_COUNT, Billing, Usage, added, billing, sane

__all__ = [
    "Answer", "Billing", "CacheTtl", "Capabilities", "Citation", "Cited", "ContentFilteredError", "ContextTooLongError",
    "Document", "Embedded", "EmbeddingRequest", "Embeddings", "Event", "FinishReason", "Finished", "Forwarded",
    "Health", "HealthStatus", "Image", "JsonObject", "JsonSchema", "LARGEST_COUNT", "Message", "ModelCard",
    "ModelProvider", "NamedTool",
    "Original", "Part", "ProviderAnswerError", "ProviderAuthenticationError", "ProviderConnectionError",
    "ProviderError", "ProviderModelNotFoundError", "ProviderOverloadError", "ProviderPermissionError",
    "ProviderQuotaError", "ProviderRateLimitError", "ProviderRequestError", "ProviderTimeoutError", "Reasoning",
    "RelayRequest", "Request", "ResponseFormat", "Role", "Sampling", "Started", "Stream", "Text", "TextDelta",
    "Thinking", "ThinkingDelta", "Tool", "ToolCall", "ToolCallDelta", "ToolChoice", "ToolResult", "UntranslatableError",
    "Usage", "UsageReported", "added", "billing", "data_url", "fold", "sane", "split_data_url",
]  # fmt: skip
