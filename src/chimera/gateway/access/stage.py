"""Refuse what the caller may not ask, before anything is looked up for it."""

from collections.abc import Callable
from dataclasses import dataclass

from chimera.gateway.access.admission import admitted
from chimera.gateway.call import Call, Handler
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.errors import ModelNotAllowedError
from chimera.kit.scope import Scope
from chimera.llm import Stream


@dataclass(frozen=True, slots=True)
class Allow:
    """Stands above the caches: who may not ask a model is given none of its answers either.

    Who is asked in the end is held against the lists once more where the targets are found (`Routes`), for fallbacks,
    deployments and `auto` are known only there. Callers without lists pass untouched.

    Attributes:
        catalogue: Gives the snapshot in force for somebody.
    """

    catalogue: Callable[[Scope], Catalogue]

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        lists = call.scope.models
        if not lists:
            return proceed(call)
        catalogue, wanted = self.catalogue(call.scope), call.request.model
        meant = () if catalogue.is_automatic(wanted) else catalogue.standing_for(wanted)
        if meant and not admitted(catalogue, lists, meant):
            raise ModelNotAllowedError.naming(wanted)
        return proceed(call)
