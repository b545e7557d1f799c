"""What Anthropic and Google answered."""

from tests.gateway.metering.price_lists import GEMINI_PRO, SONNET, flat
from tests.gateway.metering.told_usage import Case, frames, generated, message, streamed

from chimera.wires import anthropic_messages, gemini
from chimera.wires.anthropic_messages.answer import decode_answer as anthropic_answer
from chimera.wires.gemini.answer import decode_answer as gemini_answer

CASES = {
    "anthropic: writes for five minutes and for an hour": Case(
        provider="anthropic",
        decode=anthropic_answer,
        body=message(
            {
                "input_tokens": 2048,
                "cache_read_input_tokens": 1800,
                "cache_creation_input_tokens": 248,
                "cache_creation": {"ephemeral_5m_input_tokens": 148, "ephemeral_1h_input_tokens": 100},
                "output_tokens": 503,
                "service_tier": "standard",
                "inference_geo": "global",
            }
        ),
        price=SONNET,
        charged=((2048, "3"), (1800, "0.3"), (148, "3.75"), (100, "6"), (503, "15")),
    ),
    "anthropic: a long prompt, most of it from the cache": Case(
        provider="anthropic",
        decode=anthropic_answer,
        body=message({"input_tokens": 1, "cache_read_input_tokens": 200_000, "output_tokens": 10}),
        price=SONNET,
        charged=((1, "6"), (200_000, "0.6"), (10, "22.5")),
    ),
    "anthropic: at the edge of the long prompts": Case(
        provider="anthropic",
        decode=anthropic_answer,
        body=message({"input_tokens": 200_000, "output_tokens": 10}),
        price=SONNET,
        charged=((200_000, "3"), (10, "15")),
    ),
    "anthropic: searches": Case(
        provider="anthropic",
        decode=anthropic_answer,
        body=message(
            {"input_tokens": 6039, "output_tokens": 931, "server_tool_use": {"web_search_requests": 3}},
        ),
        price=SONNET,
        charged=((6039, "3"), (931, "15"), (3, "10000")),
    ),
    "anthropic: within the United States": Case(
        provider="anthropic",
        decode=anthropic_answer,
        body=message({"input_tokens": 1001, "output_tokens": 7, "inference_geo": "us"}),
        price=SONNET,
        charged=((1001, "3"), (7, "15")),
        factor="1.1",
    ),
    "anthropic: in a batch": Case(
        provider="anthropic",
        decode=anthropic_answer,
        body=message({"input_tokens": 1000, "output_tokens": 7, "service_tier": "batch"}),
        price=SONNET,
        charged=((1000, "1.5"), (7, "7.5")),
        marks=("batch",),
    ),
    "anthropic: fast": Case(
        provider="anthropic",
        decode=anthropic_answer,
        body=message({"input_tokens": 1000, "output_tokens": 7, "service_tier": "standard", "speed": "fast"}),
        price=SONNET,
        charged=((1000, "18"), (7, "90")),
    ),
    "anthropic: a stream that tells its totals at the end": Case(
        provider="anthropic",
        decode=streamed(anthropic_messages),
        body=frames(
            {
                "type": "message_start",
                "message": {
                    "id": "msg_1",
                    "model": "m",
                    "usage": {"input_tokens": 25, "cache_read_input_tokens": 100, "output_tokens": 1},
                },
            },
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}},
            {"type": "content_block_stop", "index": 0},
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn"},
                "usage": {
                    "output_tokens": 15,
                    "output_tokens_details": {"thinking_tokens": 9},
                    "server_tool_use": {"web_search_requests": 1},
                },
            },
            {"type": "message_stop"},
        ),
        price=SONNET,
        charged=((25, "3"), (100, "0.3"), (15, "15"), (1, "10000")),
    ),
    "gemini: thoughts, and a cache": Case(
        provider="gemini",
        decode=gemini_answer,
        body=generated(
            {
                "promptTokenCount": 1200,
                "candidatesTokenCount": 30,
                "thoughtsTokenCount": 400,
                "cachedContentTokenCount": 1000,
                "totalTokenCount": 1630,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 1200}],
            }
        ),
        price=GEMINI_PRO,
        charged=((200, "1.25"), (1000, "0.31"), (430, "10")),
    ),
    "gemini: a long prompt with what its tools read": Case(
        provider="gemini",
        decode=gemini_answer,
        body=generated(
            {"promptTokenCount": 199_999, "toolUsePromptTokenCount": 2, "candidatesTokenCount": 10},
        ),
        price=GEMINI_PRO,
        charged=((200_001, "2.5"), (10, "15")),
    ),
    "gemini: sound, some of it cached": Case(
        provider="gemini",
        decode=gemini_answer,
        body=generated(
            {
                "promptTokenCount": 1100,
                "candidatesTokenCount": 20,
                "cachedContentTokenCount": 300,
                "promptTokensDetails": [
                    {"modality": "TEXT", "tokenCount": 100},
                    {"modality": "AUDIO", "tokenCount": 1000},
                ],
                "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 300}],
            }
        ),
        price=flat(input="0.3", cached_input="0.03", output="2.5", input_audio="1", cached_audio="0.1"),
        charged=((100, "0.3"), (700, "1"), (300, "0.1"), (20, "2.5")),
    ),
    "gemini: a picture is made": Case(
        provider="gemini",
        decode=gemini_answer,
        body=generated(
            {
                "promptTokenCount": 9,
                "candidatesTokenCount": 1300,
                "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1290}],
            }
        ),
        price=flat(input="0.3", output="2.5", output_image="30"),
        charged=((9, "0.3"), (10, "2.5"), (1290, "30")),
    ),
    "gemini: searches, charged by the prompt": Case(
        provider="gemini",
        decode=gemini_answer,
        body=generated(
            {"promptTokenCount": 9, "candidatesTokenCount": 100},
            groundingMetadata={"webSearchQueries": ["a", "b"]},
        ),
        price=GEMINI_PRO,
        charged=((9, "1.25"), (100, "10"), (1, "35000")),
    ),
    "gemini: a stream": Case(
        provider="gemini",
        decode=streamed(gemini),
        body=frames(
            {
                "candidates": [{"content": {"parts": [{"text": "Hi"}]}}],
                "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 1},
                "responseId": "r",
            },
            {
                "candidates": [{"content": {"parts": [{"text": "!"}]}, "finishReason": "STOP"}],
                "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 2, "thoughtsTokenCount": 5},
            },
        ),
        price=GEMINI_PRO,
        charged=((9, "1.25"), (7, "10")),
    ),
}
