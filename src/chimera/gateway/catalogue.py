"""Which models there are: the immutable snapshot that the hot path reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from random import Random

from chimera.gateway.accounts.account import Account
from chimera.gateway.call import Target
from chimera.gateway.knowledge import Knowledge
from chimera.gateway.names import Names, Share
from chimera.gateway.resilience.balancing import Balancer
from chimera.llm import Capabilities, ModelCard

AUTO = "auto"
"""Asks for whichever model suits the question."""

_GONE = Account(id="", kind="gone")
_HOUSE = ""  # the provider of `auto`, which is nobody's
_LONGEST_COMPARED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An entry of the list of models.

    Attributes:
        id: The name to ask for: a model's id, an alias, or a deployment.
        target: Who answers; of a deployment, the one with the largest share.
        card: What can be relied on; of a deployment, what all of its models can do.
        knowledge: What is known beyond; `None` where nothing is, and for deployments: it depends on who answers.
        shares: Ids and weights of a deployment's models; empty for all others.
    """

    id: str
    target: Target
    card: ModelCard
    knowledge: Knowledge | None = None
    shares: tuple[Share, ...] = ()

    @property
    def is_automatic(self) -> bool:
        """Whether the model is chosen anew for each question."""
        return self.target.provider == _HOUSE


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Models by id and by bare name. Providers in the order of configuration: the first one wins a bare name.

    Attributes:
        knowledge: What is known of each listed model, by id.
        names: The operator's own; they win over all others.
        balancer: Orders the models of a deployment.
        accounts: The organisation's own, by the name of the provider that each stands for.
        beneath: The house's catalogue, where this one is an organisation's.
    """

    cards: Mapping[str, Sequence[ModelCard]]
    knowledge: Mapping[str, Knowledge] = field(default_factory=dict[str, Knowledge])
    names: Names = Names()  # noqa: RUF009 (immutable)
    balancer: Balancer = Balancer()  # noqa: RUF009 (immutable)
    accounts: Mapping[str, Account] = field(default_factory=dict[str, Account])
    beneath: "Catalogue | None" = None
    _by_id: Mapping[str, Target] = field(init=False)
    _by_name: Mapping[str, Target] = field(init=False)
    _by_spelling: Mapping[str, Target | None] = field(init=False)

    def __post_init__(self) -> None:
        by_id: dict[str, Target] = {}
        by_name: dict[str, Target] = {}
        for provider, cards in self.cards.items():
            account = self.accounts.get(provider)
            for card in cards:
                target = Target(provider=provider, model=card.name, card=card, account=account)
                by_id[target.id] = target
                by_name.setdefault(card.name, target)
        object.__setattr__(self, "_by_id", by_id)
        object.__setattr__(self, "_by_name", by_name)
        by_spelling: dict[str, Target | None] = {}
        for target in by_id.values():
            key = _spelling(target.id)
            by_spelling[key] = None if key in by_spelling else target
        object.__setattr__(self, "_by_spelling", by_spelling)

    def resolve(self, model: str) -> Target | None:
        """Find a model by id (`openai/gpt-5`), bare name (`gpt-5`), alias or deployment.

        An unlisted model of a configured provider is taken at its word: the provider may know it. One that is listed in
        other letters is that one: providers who do not tell `GPT-5` from `gpt-5` would serve it without its price, and
        beside its limits. Of a deployment it is
        the model with the largest share, of `auto` the first that may be chosen.
        """
        if self.is_automatic(model):
            return next(iter(self.automatic()), None)
        if model in self.names:
            shares = sorted(self.names.shares(model), key=lambda share: -share.weight)
            return next((found for share in shares if (found := self._known(share.model))), None)
        return self._known(model)

    def choices(self, model: str, random: Random) -> Sequence[Target]:
        """Who may answer, best first: one for a model, all of a deployment's in the order of its strategy."""
        if model not in self.names:
            found = self._known(model)
            return (found,) if found else ()
        order = self.balancer.order(self.names.shares(model), self.names.strategy(model), random)
        found_all = (self._known(name) for name in order)
        return tuple(found for found in found_all if found)

    def is_name(self, name: str) -> bool:
        """Whether it names models otherwise than by an id."""
        return name in self.names or name in self._by_name

    def standing_for(self, model: str) -> Sequence[Target]:
        """Everybody whom a name may mean: one for a model, all of a deployment's, of `auto` all that may be chosen."""
        if self.is_automatic(model):
            return self.automatic()
        names = [share.model for share in self.names.shares(model)] if model in self.names else [model]
        return tuple(found for name in names if (found := self._known(name)))

    def targets(self) -> Sequence[Target]:
        """Every listed model, in the order of configuration."""
        return tuple(self._by_id.values())

    def is_automatic(self, model: str) -> bool:
        """Whether the name asks for whichever model suits the question: `auto`, unless it is another thing's name."""
        return model == AUTO and AUTO not in self._by_name and AUTO not in self.names

    def automatic(self) -> Sequence[Target]:
        """The models that `auto` chooses from where nobody says otherwise; demonstrations only if nothing else is."""
        chat = [target for target in self.targets() if target.card and target.card.capabilities.chat]
        return [target for target in chat if target.card and not target.card.demonstration] or chat

    def listed(self) -> Sequence[Listed]:
        """Everything that can be asked for: the models in the order of configuration, `auto`, the operator's names.

        `auto` is listed where there is something to choose from; it can be asked wherever there is a model.
        """
        choice = [self.describe(AUTO)] if self.is_automatic(AUTO) and len(self.automatic()) > 1 else []
        models = (self.describe(model) for model in self._by_id if model not in self.names)
        names = (self.describe(name) for name in self.names)
        return tuple(entry for entry in (*models, *choice, *names) if entry is not None)

    def describe(self, model: str) -> Listed | None:
        """The entry of a listed model, under its id, or of a name, under that; `None` for anything else.

        A name has an entry although no list holds what it stands for: it can be asked.
        """
        target = self.resolve(model)
        if target is not None and self.is_automatic(model):
            card = _widest(model, [one.card for one in self.automatic() if one.card])
            return Listed(id=model, target=Target(provider=_HOUSE, model=model, card=card), card=card)
        if target is None or (target.card is None and model not in self.names):
            return None
        shares = tuple(self.names.shares(model))
        if len(shares) == 1:
            known, name = self.knowledge.get(target.id), model if model in self.names else target.id
            return Listed(id=name, target=target, card=target.card or ModelCard(name=target.model), knowledge=known)
        cards = [found.card for share in shares if (found := self._known(share.model)) and found.card]
        return Listed(id=model, target=target, card=_joint(model, cards or [ModelCard(name=model)]), shares=shares)

    def named(self, model: str) -> str | None:
        """The id under which a model is asked for and kept: a name stays as it is, others become a model's id."""
        found = self.resolve(model)
        if found is None:
            return None
        return model if model in self.names or self.is_automatic(model) else found.id

    def answered(self, provider: str, model: str) -> Target:
        """Who answered once, though there may be no such connection any more."""
        found = self.resolve(f"{provider}/{model}")
        return found or Target(provider=provider, model=model, account=_GONE)

    def similar(self, model: str) -> Sequence[str]:
        """Up to three ids that the caller may have meant."""
        if len(model) > _LONGEST_COMPARED:
            return ()
        names = get_close_matches(model, [*self.names, *self._by_id, *self._by_name], n=3, cutoff=0.5)
        return tuple(dict.fromkeys(name if name in self.names else self._id_of(name) for name in names))

    def _known(self, model: str) -> Target | None:
        found = self._by_id.get(model) or self._by_name.get(model)
        if found is not None:
            return found
        provider, slash, name = model.partition("/")
        if not slash or not name or provider not in self.cards:
            return None
        listed = self._by_spelling.get(_spelling(model))
        return listed or Target(provider=provider, model=name, account=self.accounts.get(provider))

    def _id_of(self, name: str) -> str:
        return (self._by_id.get(name) or self._by_name[name]).id


def _spelling(model: str) -> str:
    return model.casefold().strip()


def _widest(name: str, cards: Sequence[ModelCard]) -> ModelCard:
    """What any of them can do: one that can is chosen."""
    able = [card.capabilities for card in cards]
    shared = {each: any(getattr(one, each) for one in able) for each in Capabilities.__struct_fields__}
    return ModelCard(
        name=name,
        capabilities=Capabilities(**shared),
        context_tokens=max((card.context_tokens for card in cards if card.context_tokens), default=None),
        output_tokens=max((card.output_tokens for card in cards if card.output_tokens), default=None),
        demonstration=all(card.demonstration for card in cards),
    )


def _joint(name: str, cards: Sequence[ModelCard]) -> ModelCard:
    """What all of them can do: whoever answers, it fits."""

    def least(sizes: Sequence[int | None]) -> int | None:
        return min((size for size in sizes if size), default=None)

    able = [card.capabilities for card in cards]
    shared = {each: all(getattr(one, each) for one in able) for each in Capabilities.__struct_fields__}
    return ModelCard(
        name=name,
        capabilities=Capabilities(**shared),
        context_tokens=least([card.context_tokens for card in cards]),
        output_tokens=least([card.output_tokens for card in cards]),
        demonstration=all(card.demonstration for card in cards),
    )
