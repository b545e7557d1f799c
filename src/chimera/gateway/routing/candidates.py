"""Who may answer at all: listed chat models that are well, can do what is asked, and have a price."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from chimera.gateway.access.admission import admitted
from chimera.gateway.call import Target
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.knowledge import Facts, Knowledge, Rates
from chimera.gateway.routing.demands import Demands
from chimera.gateway.routing.priors import ability_of, quality_of
from chimera.gateway.routing.tasks import Task
from chimera.gateway.telling import Alternative
from chimera.kit.scope import Scope
from chimera.llm import Usage

# Answers are about so long; what the caller allows at most bounds it.
_ANSWER_TOKENS: Final[Mapping[Task, int]] = {
    "code": 700,
    "maths": 350,
    "translation": 250,
    "extraction": 250,
    "writing": 700,
    "long": 600,
    "chat": 300,
}
_THINKING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model that could answer.

    Attributes:
        prior: Expected share of good answers to such work, before feedback and the question itself are looked at.
        rates: `None` where no price is known.
    """

    target: Target
    prior: float
    rates: Rates | None

    @property
    def id(self) -> str:
        return self.target.id

    def cost_nusd(self, demands: Demands, task: Task, *, cached_tokens: int = 0) -> int | None:
        """About what the answer costs; `None` where no price is known."""
        if self.rates is None or self.target.card is None:
            return None
        reasons = self.target.card.capabilities.reasoning and (demands.reasoning or task in {"maths", "code"})
        written = _ANSWER_TOKENS[task] * (_THINKING if reasons else 1)
        usage = Usage(
            input_tokens=demands.input_tokens,
            cached_tokens=min(cached_tokens, demands.input_tokens),
            output_tokens=min(written, demands.output_tokens or written),
        )
        cost = self.rates.cost_nusd(usage)
        return None if cost is None else round(cost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Those who could answer, and those who could not, each with its reason."""

    candidates: tuple[Candidate, ...]
    rejected: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Finds who may answer.

    Attributes:
        catalogue: Gives the snapshot in force for somebody.
        unwell: Gives what tells why a target should be left alone at this moment; it gives `None` for the others.
        quality: The operator's word on models, by id.
    """

    catalogue: Callable[[Scope], Catalogue]
    clock: Callable[[], datetime]
    unwell: Callable[[], Callable[[Target], str | None]] = lambda: lambda _target: None
    quality: Mapping[str, float] = field(default_factory=dict[str, float])

    def field(self, demands: Demands, task: Task, named: Sequence[str], scope: Scope) -> Field:
        """Sort the models out. Rules that would leave nobody are dropped, the weakest first.

        Args:
            demands: What the question needs; nobody who cannot do it is asked.
            task: What kind of work it is.
            named: Those that the organisation allows; empty for every listed one.
            scope: On whose behalf. What its lists do not admit is not spoken of.
        """
        catalogue, now = self.catalogue(scope), self.clock()
        refused: dict[str, str] = {}
        able: list[Target] = []
        for target in admitted(catalogue, scope.models, allowed(catalogue, named)):
            why = demands.unmet(target.card) if target.card else "No list says what it can do."
            if why is None:
                able.append(target)
            else:
                refused[target.id] = why
        facts = {target.id: catalogue.knowledge.get(target.id, Knowledge()).facts for target in able}
        rules = (
            lambda target: "It is only a demonstration." if target.card.demonstration else None,
            lambda target: _outdated(facts[target.id], now),
            lambda target: "Its price is unknown." if facts[target.id].price is None and not named else None,
            self.unwell(),
        )
        for rule in rules:
            able = _sieved(able, rule, refused)
        candidates = tuple(self._candidate(target, facts[target.id], demands, task) for target in able)
        return Field(
            candidates=candidates,
            rejected=tuple(
                Alternative(model=model, quality=0.0, cost_nusd=None, why=why) for model, why in refused.items()
            ),
        )

    def _candidate(self, target: Target, facts: Facts, demands: Demands, task: Task) -> Candidate:
        rates = facts.price.rates(self.clock(), demands.input_tokens) if facts.price else None
        ability = self.quality.get(target.id)
        if ability is None:
            ability = ability_of(target.model, output_nusd_per_mtok=rates.output if rates else None)
        return Candidate(target=target, prior=quality_of(ability, task, target.model), rates=rates)


def allowed(catalogue: Catalogue, named: Sequence[str]) -> Sequence[Target]:
    """The models that may be chosen, in the order of configuration."""
    if not named:
        return [target for target in catalogue.targets() if target.card and target.card.capabilities.chat]
    found = (catalogue.resolve(name) for name in named)
    return tuple({target.id: target for target in found if target is not None}.values())


def _sieved(targets: list[Target], rule: Callable[[Target], str | None], refused: dict[str, str]) -> list[Target]:
    """Those that a rule leaves; all of them where it would leave nobody."""
    found = {target.id: rule(target) for target in targets}
    left = [target for target in targets if found[target.id] is None]
    if not left:
        return targets
    refused.update({model: why for model, why in found.items() if why is not None})
    return left


def _outdated(facts: Facts, now: datetime) -> str | None:
    if facts.retires_on is not None and facts.retires_on <= now.date():
        return "Its provider has retired it."
    return "Its provider advises against it." if facts.deprecated else None
