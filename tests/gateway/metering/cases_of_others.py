"""What DeepSeek, OpenRouter, servers that imitate OpenAI, and local ones answered."""

import msgspec
from tests.gateway.metering.price_lists import DEEPSEEK, GPT_5, NIGHT, flat
from tests.gateway.metering.told_usage import (
    Case,
    chat,
)

from chimera.wires.ollama.answer import decode_answer as ollama_answer
from chimera.wires.openai_chat.forwarding import decode_answer as chat_answer

CASES = {
    "deepseek: hits and misses by day": Case(
        provider="deepseek",
        decode=chat_answer,
        body=chat(
            {
                "prompt_tokens": 1000,
                "completion_tokens": 50,
                "total_tokens": 1050,
                "prompt_cache_hit_tokens": 640,
                "prompt_cache_miss_tokens": 360,
                "completion_tokens_details": {"reasoning_tokens": 20},
            }
        ),
        price=DEEPSEEK,
        charged=((360, "0.27"), (640, "0.07"), (50, "1.10")),
    ),
    "deepseek: by night": Case(
        provider="deepseek",
        decode=chat_answer,
        body=chat({"prompt_tokens": 1000, "completion_tokens": 50, "prompt_cache_hit_tokens": 640}),
        price=DEEPSEEK,
        charged=((360, "0.135"), (640, "0.035"), (50, "0.55")),
        moment=NIGHT,
        marks=("16:30-00:30 UTC",),
    ),
    "openrouter: its own word": Case(
        provider="openrouter",
        decode=chat_answer,
        body=chat(
            {"prompt_tokens": 194, "completion_tokens": 2, "total_tokens": 196, "cost": 0.00014, "is_byok": False},
        ),
        price=GPT_5,
        charged=(),
        own_usd="0.00014",
    ),
    "openrouter: a key of one's own": Case(
        provider="openrouter",
        decode=chat_answer,
        body=chat(
            {
                "prompt_tokens": 194,
                "completion_tokens": 2,
                "cost": 5e-06,
                "is_byok": True,
                "cost_details": {"upstream_inference_cost": 0.0001},
            }
        ),
        price=GPT_5,
        charged=(),
        own_usd="0.000105",
    ),
    "openrouter: a word of nothing does not make a price nothing": Case(
        provider="openrouter",
        decode=chat_answer,
        body=chat({"prompt_tokens": 100, "completion_tokens": 2, "cost": 0}),
        price=GPT_5,
        charged=((100, "1.25"), (2, "10")),
    ),
    "xai: reasoning beside the completion": Case(
        provider="openai_compatible",
        decode=chat_answer,
        body=chat(
            {
                "prompt_tokens": 37,
                "completion_tokens": 5,
                "total_tokens": 242,
                "prompt_tokens_details": {"text_tokens": 37, "cached_tokens": 8},
                "completion_tokens_details": {"reasoning_tokens": 200},
            }
        ),
        price=flat(input="0.3", cached_input="0.075", output="0.5"),
        charged=((29, "0.3"), (8, "0.075"), (205, "0.5")),
    ),
    "xai: its own word, in ticks": Case(
        provider="openai_compatible",
        decode=chat_answer,
        body=chat({"prompt_tokens": 37, "completion_tokens": 5, "cost_in_usd_ticks": 1_234_561}),
        price=GPT_5,
        charged=(),
        own_usd="0.0001234561",
    ),
    "perplexity: its own word, in parts": Case(
        provider="openai_compatible",
        decode=chat_answer,
        body=chat(
            {
                "prompt_tokens": 8,
                "completion_tokens": 20,
                "cost": {"input_tokens_cost": 8e-06, "request_cost": 0.005, "total_cost": 0.005028},
            }
        ),
        price=flat(input="1", output="1"),
        charged=(),
        own_usd="0.005028",
    ),
    "groq: on demand": Case(
        provider="openai_compatible",
        decode=chat_answer,
        body=chat(
            {
                "queue_time": 0.037,
                "prompt_tokens": 18,
                "prompt_time": 0.0009,
                "completion_tokens": 556,
                "total_tokens": 574,
                "total_time": 0.46,
            },
            service_tier="on_demand",
            x_groq={"id": "req"},
        ),
        price=flat(input="0.59", output="0.79"),
        charged=((18, "0.59"), (556, "0.79")),
    ),
    "mistral": Case(
        provider="openai_compatible",
        decode=chat_answer,
        body=chat({"prompt_tokens": 16, "completion_tokens": 34, "total_tokens": 50, "prompt_audio_seconds": None}),
        price=flat(input="0.4", output="2"),
        charged=((16, "0.4"), (34, "2")),
    ),
    "together, fireworks, cerebras, novita": Case(
        provider="openai_compatible",
        decode=chat_answer,
        body=chat({"prompt_tokens": 33, "completion_tokens": 21, "total_tokens": 54, "cached_tokens": 0}),
        price=flat(input="0.88", output="0.88"),
        charged=((33, "0.88"), (21, "0.88")),
    ),
    "lmstudio": Case(
        provider="lmstudio",
        decode=chat_answer,
        body=chat(
            {"prompt_tokens": 26, "completion_tokens": 12, "total_tokens": 38},
            stats={"tokens_per_second": 51.4},
        ),
        price=flat(input="0", output="0"),
        charged=(),
    ),
    "local": Case(
        provider="local",
        decode=chat_answer,
        body=chat({"prompt_tokens": 26, "completion_tokens": 12, "total_tokens": 38}, timings={"prompt_n": 26}),
        price=flat(input="0", output="0"),
        charged=(),
    ),
    "ollama, with a price of one's own": Case(
        provider="ollama",
        decode=ollama_answer,
        body=msgspec.json.encode(
            {
                "model": "llama3.2",
                "message": {"role": "assistant", "content": "Hi"},
                "done_reason": "stop",
                "done": True,
                "prompt_eval_count": 26,
                "eval_count": 298,
                "eval_duration": 4_799_921_000,
            }
        ),
        price=flat(input="0.01", output="0.03"),
        charged=((26, "0.01"), (298, "0.03")),
    ),
}
