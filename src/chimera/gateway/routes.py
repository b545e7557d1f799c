"""Which targets may answer a call, best first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from chimera.gateway.access.admission import Lists, admitted, may_ask
from chimera.gateway.call import Call, Target
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.errors import ModelNotAllowedError, UnknownModelError


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The requested model, or those that the router chose, then the request's own fallbacks, then the configured ones.

    A deployment stands for its models, in an order that is drawn by their weights for each call. Whom the caller may
    not ask is left out, whatever the name by which it would come in.

    Attributes:
        catalogue: Gives the snapshot in force.
        fallbacks: Ids of models to try when the key's model cannot answer; the key may be an id, a bare name, an alias
            or a deployment.
        random: Draws; seeded in tests.
    """

    catalogue: Callable[[], Catalogue]
    fallbacks: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    random: Random = field(default_factory=Random)  # noqa: S311 (shares out calls, guards nothing)

    def targets(self, call: Call) -> Sequence[Target]:
        """Resolve a call to its targets, without doubles.

        Raises:
            UnknownModelError: if nobody serves the requested model; unknown fallbacks are passed over.
            ModelNotAllowedError: if the caller may not ask it; such fallbacks are passed over likewise.
        """
        catalogue, wanted, lists = self.catalogue(), call.request.model, call.scope.models
        found = call.routed or catalogue.choices(wanted, self.random)
        if not found:
            raise UnknownModelError(_unknown(wanted, catalogue, lists))
        first = admitted(catalogue, lists, found)
        if not first:
            raise ModelNotAllowedError.naming(wanted)
        if not call.fallbacks and not self.fallbacks:
            return first
        keys = (wanted, *(key for target in first for key in (target.id, target.model)))
        configured = next((self.fallbacks[key] for key in keys if key in self.fallbacks), ())
        others = [target for name in (*call.fallbacks, *configured) for target in catalogue.choices(name, self.random)]
        return tuple({target.id: target for target in (*first, *admitted(catalogue, lists, others))}.values())


def _unknown(model: str, catalogue: Catalogue, lists: Lists) -> str:
    meant = [name for name in catalogue.similar(model) if may_ask(catalogue, lists, name)]
    hint = f" Did you mean {' or '.join(meant)}?" if meant else ""
    return f"No provider serves the model {model[:100]!r}.{hint} GET /v1/models lists what there is."
