"""The language of the house: messages, requests, events, usage, errors, and the port to a model provider.

Nothing here belongs to one provider, and nothing here does I/O.
"""

from chimera.llm.content import (
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
)
from chimera.llm.events import (
    Embedded,
    Event,
    Finished,
    FinishReason,
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
    Reasoning,
    Request,
    ResponseFormat,
    Sampling,
)
from chimera.llm.usage import Usage, sane

__all__ = [
    "Answer", "Capabilities", "ContentFilteredError", "ContextTooLongError", "Document", "Embedded", "EmbeddingRequest",
    "Embeddings", "Event", "FinishReason", "Finished", "Health", "HealthStatus", "Image", "JsonObject", "JsonSchema",
    "Message", "ModelCard", "ModelProvider", "NamedTool", "Part", "ProviderAnswerError",
    "ProviderAuthenticationError", "ProviderConnectionError", "ProviderError", "ProviderModelNotFoundError",
    "ProviderOverloadError", "ProviderPermissionError", "ProviderQuotaError", "ProviderRateLimitError",
    "ProviderRequestError", "ProviderTimeoutError", "Reasoning", "Request", "ResponseFormat", "Role", "Sampling",
    "Started", "Stream", "Text", "TextDelta", "Thinking", "ThinkingDelta", "Tool", "ToolCall", "ToolCallDelta",
    "ToolChoice", "ToolResult", "Usage", "UsageReported", "data_url", "fold", "sane", "split_data_url",
]  # fmt: skip
