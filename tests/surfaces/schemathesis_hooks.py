"""How the walk over `/openapi.json` differs from pure chance."""

import re
from typing import Any
from uuid import uuid4

import schemathesis

KEY = "Idempotency-Key"
NOBODYS = "elsewhere"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Chance likes to draw the same key twice, and the second request would be refused or answered as the first.

    A good key becomes another good one; those that are meant to be bad stay as they are. Where a corner of something
    else is looked into there is none: it is written down for each request, at half of what an answer costs.
    """
    given = (case.headers or {}).get(KEY)
    if isinstance(given, str) and re.fullmatch(r"[!-~]([ -~]{0,253}[!-~])?", given):
        if getattr(case.meta.phase.data, "parameter", None) in {None, KEY}:
            case.headers[KEY] = str(uuid4())
        else:
            del case.headers[KEY]
    for named in (case.path_parameters, case.body):
        # A model of an account that is nobody's: whoever asks it is told, rightly, that it cannot be reached.
        if isinstance(named, dict) and isinstance(named.get("model"), str):
            named["model"] = re.sub(rf"^{NOBODYS}(/|%2F)", "", named["model"], flags=re.IGNORECASE)
    if isinstance(case.body, dict | list):
        case.body = open_to_all(case.body)  # here rather than in `map_body`, which passes examples by


# Levels at which other models or none are asked: the walk goes on behind this door. Other tests say what they do.
# All of these are tuples, since chance puts lists where words belong, and those are in no set.
SHUT = ("degraded", "minimal", "offline")
# Likewise of models without a price, as all of the fakes' are.
UNPRICED = ("refuse", "ceiling")


def open_to_all(body: Any) -> Any:
    """Leave the standing server's organisation able to ask models."""
    if isinstance(body, dict):
        # Sections of a policy, where they are set together.
        body = {name: open_to_all(value) if isinstance(value, dict) else value for name, value in body.items()}
    if isinstance(body, dict) and isinstance(body.get("allowed"), list) and all(map(is_pattern, body["allowed"])):
        body = body | {"allowed": []}
    if isinstance(body, dict) and (body.get("hard") is True or ("hard" not in body and "period" in body)):
        body = body | {"hard": False}
    if isinstance(body, dict) and {"kind", "credential"} <= body.keys():
        body = elsewhere(body)
    if isinstance(body, dict) and body.get("unpriced") in UNPRICED:
        return body | {"unpriced": "allow"}
    if isinstance(body, dict) and body.get("level") in SHUT:
        return body | {"level": "full"}
    return wide(body)


def elsewhere(body: dict[str, Any]) -> dict[str, Any]:
    """An account of the organisation's own that is nobody's and takes the place of no provider, if it is a good one."""
    address, provider = body.get("base_url"), body.get("provider")
    if address is None or (isinstance(address, str) and len(address) <= 2000):
        body = body | {"base_url": "https://llm.example.invalid/v1"}
    if provider is None or (isinstance(provider, str) and re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,59}", provider)):
        body = body | {"provider": NOBODYS}
    return body


def is_pattern(name: Any) -> bool:
    return isinstance(name, str) and re.fullmatch(r"[^\x00-\x1f\x7f]{1,200}", name) is not None


RATE = re.compile(r"(throttled_)?(requests|tokens)_per_(minute|day|month)")
TIERS = ("free", "starter", "professional", "enterprise")
WIDE = {"requests": 10_000, "tokens": 100_000_000}


def wide(body: Any) -> Any:
    """Give rate limits that are good, whatever they are, values that the walk does not meet."""
    if isinstance(body, list):
        return [wide(item) for item in body]
    if not isinstance(body, dict):
        return body
    if body.get("tier") in TIERS:
        body = body | {"tier": "unlimited"}
    return {name: _wide(name, value) for name, value in body.items()}


def _wide(name: Any, value: Any) -> Any:
    named = RATE.fullmatch(name) if isinstance(name, str) else None
    if named and type(value) is int and 1 <= value <= WIDE[named[2]]:
        return WIDE[named[2]]
    return wide(value)
