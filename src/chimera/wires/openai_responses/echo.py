"""What a response object repeats of its request, with the nulls and defaults that the specification requires. Pure."""

from collections.abc import Mapping
from typing import Any

_DEFAULTS: Mapping[str, Any] = {
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "presence_penalty": 0.0,
    "frequency_penalty": 0.0,
    "prompt_cache_key": None,
    "reasoning": None,
    "safety_identifier": None,
    "service_tier": "default",
    "temperature": 1.0,
    "text": None,
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
_FUNCTION: Mapping[str, Any] = {"type": "function", "description": None, "parameters": None, "strict": None}
_SCHEMA: Mapping[str, Any] = {"description": None, "strict": False}


def echo_of(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a response object that repeat the request's.

    Args:
        asked: Members of the body that are not null.
    """
    echo = {name: asked.get(name, default) for name, default in _DEFAULTS.items()}
    echo["reasoning"] = {"effort": None, "summary": None} | _object(asked.get("reasoning"))
    echo["text"] = _text(_object(asked.get("text")))
    echo["tools"] = [_tool(tool) for tool in echo["tools"]]
    if echo["service_tier"] == "auto":
        echo["service_tier"] = "default"
    return echo


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(asked: dict[str, Any]) -> dict[str, Any]:
    told = _object(asked.get("format")) or {"type": "text"}
    if told.get("type") == "json_schema":
        told = {**_SCHEMA, **told}
    return {**asked, "format": told}


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    return {**_FUNCTION, **tool} if tool.get("type") == "function" else tool
