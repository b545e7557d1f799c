"""How schemathesis walks as everybody by turns, and what it must never see. Told in environment variables."""

import importlib.util
import itertools
import json
import os  # the only way in: schemathesis is a process of its own
from pathlib import Path
from typing import Any

import schemathesis

# What the walk of the owner does with bodies holds here, too.
_beside = importlib.util.spec_from_file_location("owner_hooks", Path(__file__).parents[1] / "schemathesis_hooks.py")
assert _beside is not None
assert _beside.loader is not None
_beside.loader.exec_module(importlib.util.module_from_spec(_beside))

KEYS = itertools.cycle(json.loads(os.environ["WALK_KEYS"]))  # noqa: TID251
STRANGERS = frozenset(json.loads(os.environ["WALK_STRANGERS"]))  # noqa: TID251
TRACES = tuple(json.loads(os.environ["WALK_TRACES"]))  # noqa: TID251
# Paths for everybody, also for who has no key.
OPEN = frozenset(json.loads(os.environ["WALK_OPEN"]))  # noqa: TID251
# A time limit that the call itself set, and what somebody else's server did not do.
NOT_OURS = {503, 504, 529}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Each request is the next one's."""
    case.headers["Authorization"] = f"Bearer {next(KEYS)}"


@schemathesis.check
def stands_and_tells_nothing(ctx: Any, response: Any, case: Any) -> None:
    """Nothing breaks, and a stranger sees nothing of the first organisation."""
    code, text = response.status_code, response.content.decode(errors="replace")
    assert code < 500 or (code in NOT_OURS and "internal_error" not in text), f"{code}: {text[:300]}"
    is_strangers = case.headers["Authorization"].removeprefix("Bearer ") in STRANGERS
    if is_strangers and case.operation.path not in OPEN:
        shown = [trace for trace in TRACES if trace in text and trace not in str(response.request.url)]
        assert not shown, f"a stranger sees {shown}"
