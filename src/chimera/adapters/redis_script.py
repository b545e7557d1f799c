"""Scripts that Redis runs in one step: sent by digest, and in full only to a Redis that does not know them."""

from collections.abc import Sequence
from hashlib import sha1
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import NoScriptError


class Script:
    def __init__(self, text: str) -> None:
        self._text = text
        self._digest = sha1(text.encode(), usedforsecurity=False).hexdigest()

    async def run(self, client: Redis, keys: Sequence[str], arguments: Sequence[object] = ()) -> Any:
        """Run it and return its answer. On a cluster all keys must lie together: give their names one tag in braces."""
        given = (len(keys), *keys, *arguments)
        # redis-py types what scripts are given and return as text.
        untyped = cast("Any", client)
        try:
            return await untyped.evalsha(self._digest, *given)
        except NoScriptError:
            return await untyped.eval(self._text, *given)
