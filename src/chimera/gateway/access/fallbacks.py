"""Who may answer in the place of an organisation's own account. Pure."""

from collections.abc import Iterator, Sequence

from chimera.gateway.call import Target
from chimera.gateway.catalogue import Catalogue


def apart(
    catalogue: Catalogue, first: Sequence[Target], named: Sequence[Target], others: Sequence[Target]
) -> Iterator[Target]:
    """The targets of a call in their order, without those that the organisation did not choose.

    Args:
        catalogue: The organisation's.
        first: Those that the asked name stands for.
        named: Fallbacks that the caller or its organisation named: they may be anybody's.
        others: Fallbacks that the operator configured.
    """
    bound = False
    for target in first:
        if bound and target.account is None:
            continue
        yield target
        bound = bound or (target.account is not None and not target.account.house_follows)
        yield from _of_the_house(catalogue, target)
    yield from named
    for target in others:
        if target.account is not None or not bound:
            yield target


def _of_the_house(catalogue: Catalogue, target: Target) -> Iterator[Target]:
    """The same model at the house's account of that name, where the organisation's may be followed by it."""
    if target.account is None or not target.account.house_follows or catalogue.beneath is None:
        return
    if target.provider in catalogue.beneath.cards and (found := catalogue.beneath.resolve(target.id)):
        yield found
