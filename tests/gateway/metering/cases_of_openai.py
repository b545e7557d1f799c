"""What OpenAI and Azure answered."""

import msgspec
from tests.gateway.metering.price_lists import GPT_5, TIERED, flat
from tests.gateway.metering.told_usage import (
    Case,
    chat,
    chat_stream,
    embedded,
    frames,
    relayed,
    response,
    streamed,
)

from chimera.wires import openai_responses
from chimera.wires.openai_chat.forwarding import decode_answer as chat_answer
from chimera.wires.openai_responses.stream_decoding import decode_answer as responses_answer

CASES = {
    "openai: cached and reasoning tokens": Case(
        provider="openai",
        decode=chat_answer,
        body=chat(
            {
                "prompt_tokens": 2006,
                "completion_tokens": 300,
                "total_tokens": 2306,
                "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 192, "audio_tokens": 0},
            }
        ),
        price=GPT_5,
        charged=((86, "1.25"), (1920, "0.125"), (300, "10")),
    ),
    "openai: the flex tier": Case(
        provider="openai",
        decode=chat_answer,
        body=chat({"prompt_tokens": 1000, "completion_tokens": 100}, service_tier="flex"),
        price=TIERED,
        charged=((1000, "0.625"), (100, "5")),
        marks=("flex",),
    ),
    "openai: the priority tier in a stream": Case(
        provider="openai",
        decode=chat_stream,
        body=frames(
            {"id": "c", "model": "m", "choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]},
            {
                "id": "c",
                "model": "m",
                "choices": [],
                "service_tier": "priority",
                "usage": {
                    "prompt_tokens": 1000,
                    "completion_tokens": 7,
                    "prompt_tokens_details": {"cached_tokens": 512},
                },
            },
            end=b"data: [DONE]\n\n",
        ),
        price=TIERED,
        charged=((488, "2.5"), (512, "0.25"), (7, "20")),
        marks=("priority",),
    ),
    "openai: a tier whose price nobody knows": Case(
        provider="openai",
        decode=chat_answer,
        body=chat({"prompt_tokens": 1000, "completion_tokens": 100}, service_tier="priority"),
        price=GPT_5,
        charged=((1000, "1.25"), (100, "10")),
        marks=("priority at the usual price",),
    ),
    "openai: sound in and out": Case(
        provider="openai",
        decode=chat_answer,
        body=chat(
            {
                "prompt_tokens": 120,
                "completion_tokens": 90,
                "prompt_tokens_details": {"audio_tokens": 100, "cached_tokens": 0},
                "completion_tokens_details": {"audio_tokens": 70},
            }
        ),
        price=flat(input="2.5", output="10", input_audio="40", output_audio="80"),
        charged=((20, "2.5"), (100, "40"), (20, "10"), (70, "80")),
    ),
    "openai: a response with searches": Case(
        provider="openai",
        decode=responses_answer,
        body=response(
            {
                "input_tokens": 328,
                "input_tokens_details": {"cached_tokens": 128},
                "output_tokens": 52,
                "output_tokens_details": {"reasoning_tokens": 32},
                "total_tokens": 380,
            },
            {"type": "web_search_call", "id": "ws_1", "status": "completed"},
            {"type": "web_search_call", "id": "ws_2", "status": "completed"},
            service_tier="default",
        ),
        price=GPT_5,
        charged=((200, "1.25"), (128, "0.125"), (52, "10"), (2, "10000")),
    ),
    "openai: a streamed response in the flex tier": Case(
        provider="openai",
        decode=streamed(openai_responses),
        body=b"event: response.completed\n"
        + frames(
            {
                "type": "response.completed",
                "response": msgspec.json.decode(
                    response({"input_tokens": 10, "output_tokens": 5}, service_tier="flex")
                ),
            }
        ),
        price=TIERED,
        charged=((10, "0.625"), (5, "5")),
    ),
    "openai: embeddings": Case(
        provider="openai",
        decode=embedded,
        body=msgspec.json.encode(
            {
                "object": "list",
                "model": "text-embedding-3-small",
                "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}],
                "usage": {"prompt_tokens": 7, "total_tokens": 7},
            }
        ),
        price=flat(input="0.02"),
        charged=((7, "0.02"),),
    ),
    "openai: pictures": Case(
        provider="openai",
        decode=relayed,
        body=msgspec.json.encode(
            {
                "created": 1,
                "data": [{"b64_json": "aW1hZ2U="}],
                "usage": {
                    "input_tokens": 360,
                    "input_tokens_details": {"text_tokens": 37, "image_tokens": 323},
                    "output_tokens": 1056,
                    "total_tokens": 1416,
                },
            }
        ),
        price=flat(input="5", input_image="10", output="40"),
        charged=((37, "5"), (323, "10"), (1056, "40")),
    ),
    "openai: a streamed transcript": Case(
        provider="openai",
        decode=relayed,
        body=frames(
            {"type": "transcript.text.delta", "delta": "Hi"},
            {
                "type": "transcript.text.done",
                "text": "Hi",
                "usage": {
                    "type": "tokens",
                    "input_tokens": 14,
                    "input_token_details": {"text_tokens": 4, "audio_tokens": 10},
                    "output_tokens": 45,
                },
            },
        ),
        price=flat(input="2.5", input_audio="6", output="10"),
        charged=((4, "2.5"), (10, "6"), (45, "10")),
    ),
    "azure: filters beside the usage": Case(
        provider="azure",
        decode=chat_answer,
        body=chat(
            {
                "prompt_tokens": 1566,
                "completion_tokens": 1518,
                "total_tokens": 3084,
                "prompt_tokens_details": {"cached_tokens": 1408, "audio_tokens": None},
                "completion_tokens_details": {"reasoning_tokens": 576, "accepted_prediction_tokens": 0},
            },
            prompt_filter_results=[],
        ),
        price=GPT_5,
        charged=((158, "1.25"), (1408, "0.125"), (1518, "10")),
    ),
    "azure: with a discount": Case(
        provider="azure",
        decode=chat_answer,
        body=chat({"prompt_tokens": 1001, "completion_tokens": 7}),
        price=GPT_5,
        charged=((1001, "1.25"), (7, "10")),
        factor="0.875",
        discount_bp=1250,
    ),
}
