"""Which targets may answer a call, best first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chimera.gateway.call import Call, Target
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.errors import UnknownModelError


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The requested model, then the request's own fallbacks, then the configured ones.

    Attributes:
        catalogue: Gives the snapshot in force.
        fallbacks: Ids of models to try when the key's model cannot answer; the key may be an id or a bare name.
    """

    catalogue: Callable[[], Catalogue]
    fallbacks: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    def targets(self, call: Call) -> Sequence[Target]:
        """Resolve a call to its targets, without doubles.

        Raises:
            UnknownModelError: if nobody serves the requested model; unknown fallbacks are passed over.
        """
        catalogue, wanted = self.catalogue(), call.request.model
        first = catalogue.resolve(wanted)
        if first is None:
            raise UnknownModelError(_unknown(wanted, catalogue))
        if not call.fallbacks and not self.fallbacks:
            return (first,)
        configured = self.fallbacks.get(first.id) or self.fallbacks.get(first.model) or ()
        others = (catalogue.resolve(model) for model in (*call.fallbacks, *configured))
        return tuple({target.id: target for target in (first, *others) if target is not None}.values())


def _unknown(model: str, catalogue: Catalogue) -> str:
    meant = catalogue.similar(model)
    hint = f" Did you mean {' or '.join(meant)}?" if meant else ""
    return f"No provider serves the model {model[:100]!r}.{hint} GET /v1/models lists what there is."
