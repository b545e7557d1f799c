"""Scripts that Redis runs in one step: sent by digest, and in full only to a Redis that does not know them."""

from collections.abc import Sequence
from hashlib import sha1
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:  # see `redis_link`
    from redis.asyncio import Redis
    from redis.asyncio.client import Pipeline


class Script:
    """One script."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._digest = sha1(text.encode(), usedforsecurity=False).hexdigest()

    async def run(self, client: "Redis", keys: Sequence[str], arguments: Sequence[object] = ()) -> Any:
        """Run it and return its answer. On a cluster all keys must lie together: give their names one tag in braces."""
        given = (len(keys), *keys, *arguments)
        # redis-py types what scripts are given and return as text.
        untyped = cast("Any", client)
        try:
            return await untyped.evalsha(self._digest, *given)
        except _unknown():
            return await untyped.eval(self._text, *given)

    def add_to(self, pipeline: "Pipeline", keys: Sequence[str], arguments: Sequence[object]) -> None:
        """Have it run with what else is in the pipeline; see `run_all`."""
        cast("Any", pipeline).evalsha(self._digest, len(keys), *keys, *arguments)


Run: TypeAlias = tuple[Script, Sequence[str], Sequence[object]]
"""A script with its keys and arguments."""


async def run_all(client: "Redis", runs: Sequence[Run]) -> list[Any]:
    """Run scripts in one round trip, each for itself in one step; give their answers in turn."""
    if len(runs) == 1:  # a pipeline costs as much again
        ((script, keys, arguments),) = runs
        return [await script.run(client, keys, arguments)]
    async with client.pipeline(transaction=False) as pipeline:
        for script, keys, arguments in runs:
            script.add_to(pipeline, keys, arguments)
        answers = await pipeline.execute(raise_on_error=False)
    for index, answer in enumerate(answers):
        if isinstance(answer, _unknown()):
            script, keys, arguments = runs[index]
            answers[index] = await script.run(client, keys, arguments)
        elif isinstance(answer, Exception):
            raise answer
    return answers


def _unknown() -> type[Exception]:
    """What a Redis says that does not know a script."""
    error: type[Exception] = import_module("redis.exceptions").NoScriptError
    return error
