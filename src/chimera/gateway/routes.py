"""Which targets may answer a call, best first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from chimera.gateway.access.admission import Lists, admitted, may_ask
from chimera.gateway.access.fallbacks import apart
from chimera.gateway.call import Call, Target
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.errors import ModelNotAllowedError, UnknownModelError
from chimera.kit.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The requested model, or those that the router chose, then the request's own fallbacks, then the configured ones.

    A deployment stands for its models, in an order that is drawn by their weights for each call. Whom the caller may
    not ask is left out, whatever the name by which it would come in. What was meant for an organisation's own account
    goes to nobody else's, unless the caller or the organisation named that fallback, or the connection allows it.

    Attributes:
        catalogue: Gives the snapshot in force for somebody.
        fallbacks: Ids of models to try when the key's model cannot answer; the key may be an id, a bare name, an alias
            or a deployment.
        random: Draws; seeded in tests.
    """

    catalogue: Callable[[Scope], Catalogue]
    fallbacks: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    random: Random = field(default_factory=Random)  # noqa: S311 (shares out calls, guards nothing)

    def targets(self, call: Call) -> Sequence[Target]:
        """Resolve a call to its targets, without doubles.

        Raises:
            UnknownModelError: if nobody serves the requested model; unknown fallbacks are passed over.
            ModelNotAllowedError: if the caller may not ask it; such fallbacks are passed over likewise.
        """
        catalogue, wanted, lists = self.catalogue(call.scope), call.request.model, call.scope.models
        found = call.routed or catalogue.choices(wanted, self.random)
        if not found:
            raise UnknownModelError(_unknown(wanted, catalogue, lists))
        first = admitted(catalogue, lists, found)
        if not first:
            raise ModelNotAllowedError.naming(wanted)
        if not call.fallbacks and not self.fallbacks and not catalogue.accounts:
            return first
        keys = (wanted, *(key for target in first for key in (target.id, target.model)))
        configured = next((self.fallbacks[key] for key in keys if key in self.fallbacks), ())
        named, others = (self._choices(catalogue, names, lists) for names in (call.fallbacks, configured))
        every = apart(catalogue, first, named, others) if catalogue.accounts else (*first, *named, *others)
        return tuple({target.key: target for target in every}.values())

    def _choices(self, catalogue: Catalogue, names: Sequence[str], lists: Lists) -> Sequence[Target]:
        found = [target for name in names for target in catalogue.choices(name, self.random)]
        return admitted(catalogue, lists, found) if found else ()


def _unknown(model: str, catalogue: Catalogue, lists: Lists) -> str:
    meant = [name for name in catalogue.similar(model) if may_ask(catalogue, lists, name)]
    hint = f" Did you mean {' or '.join(meant)}?" if meant else ""
    return f"No provider serves the model {model[:100]!r}.{hint} GET /v1/models lists what there is."
