"""The catalogue of each organisation: its own accounts first, then the house's providers."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

from chimera.gateway.accounts.account import Accounts, NoAccounts, Own
from chimera.gateway.call import Target
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.knowledge import Knowledge
from chimera.kit.scope import Scope

_MOST_KEPT: Final = 1000


class _Joined(NamedTuple):
    own: Own
    house: Catalogue
    catalogue: Catalogue


@dataclass(slots=True, kw_only=True)
class Catalogues:
    """Who has no account of its own gets the house's snapshot itself.

    Attributes:
        house: Gives the snapshot in force.
    """

    house: Callable[[], Catalogue]
    accounts: Accounts = field(default_factory=NoAccounts)
    _joined: OrderedDict[UUID, _Joined] = field(default_factory=OrderedDict[UUID, _Joined])

    def of(self, scope: Scope) -> Catalogue:
        """What may be asked on somebody's behalf, lists of models aside."""
        own = self.accounts.of(scope.tenant_id)
        return self.house() if own is None else self._beside(scope.tenant_id, own)

    def knowledge(self, scope: Scope, target: Target) -> Knowledge | None:
        """What is known of a listed model."""
        catalogue = self.house() if target.account is None else self.of(scope)
        return catalogue.knowledge.get(target.id)

    def _beside(self, tenant_id: UUID, own: Own) -> Catalogue:
        house, known = self.house(), self._joined.get(tenant_id)
        if known is None or known.own is not own or known.house is not house:
            known = self._joined[tenant_id] = _Joined(own, house, joined(own, house))
            if len(self._joined) > _MOST_KEPT:
                self._joined.popitem(last=False)
        self._joined.move_to_end(tenant_id)
        return known.catalogue


def joined(own: Own, house: Catalogue) -> Catalogue:
    """Both in one. Of two providers of one name the organisation's own is meant, and it wins bare names, too."""
    others = {name: cards for name, cards in house.cards.items() if name not in own.cards}
    known = {name: facts for name, facts in house.knowledge.items() if name.partition("/")[0] in others}
    return Catalogue(
        {**own.cards, **others},
        {**own.knowledge, **known},
        house.names,
        house.balancer,
        accounts=own.accounts,
        beneath=house,
    )
