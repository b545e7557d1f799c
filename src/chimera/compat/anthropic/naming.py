"""How an answer calls its model: as the caller did. Agents keep their reasoning only while the same model answers."""

from contextlib import aclosing
from dataclasses import replace
from functools import partial

from chimera.compat.exchange import Surface
from chimera.gateway.call import Call
from chimera.kit.scope import Scope
from chimera.llm import Forwarded, Stream
from chimera.wires.anthropic_messages import renamed


def named(surface: Surface, call: Call) -> str:
    """The model as its caller named it, or the id of the one that answered in its place."""
    catalogue, asked, answered = surface.catalogue(call.scope), call.request.model, call.trail.answered_by
    wanted = catalogue.resolve(asked)
    if (
        answered is None
        or asked in catalogue.names
        or catalogue.is_automatic(asked)
        or (wanted and wanted.id == answered.id)
    ):
        return asked
    return answered.id


def naming(surface: Surface, scope: Scope, model: str) -> Surface:
    """Return the surface with a gateway whose forwarded answers are renamed, where the provider has another name."""
    target = surface.catalogue(scope).resolve(model)
    if target is None or target.model == model:
        return surface
    return replace(surface, gateway=partial(_renamed, surface=surface))


async def _renamed(call: Call, *, surface: Surface) -> Stream:
    is_begun = False
    async with aclosing(surface.gateway(call)) as events:
        async for event in events:
            if is_begun or type(event) is not Forwarded:
                yield event
            else:
                is_begun = True
                yield Forwarded(data=renamed(event.data, named(surface, call)))
