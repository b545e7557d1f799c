"""How the walk over `/openapi.json` differs from pure chance."""

import re
from typing import Any
from uuid import uuid4

import schemathesis

KEY = "Idempotency-Key"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Chance likes to draw the same key twice, and the second request would be refused or answered as the first.

    A good key becomes another good one; those that are meant to be bad stay as they are.
    """
    given = (case.headers or {}).get(KEY)
    if isinstance(given, str) and re.fullmatch(r"[!-~]([ -~]{0,253}[!-~])?", given):
        case.headers[KEY] = str(uuid4())


# Levels at which models are not asked: the walk goes on behind this door. What they do, tests of their own say.
SHUT = {"minimal", "offline"}


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Leave the standing server's organisation able to ask models."""
    if isinstance(body, dict) and body.get("level") in SHUT:
        return body | {"level": "degraded"}
    return body
