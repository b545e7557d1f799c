"""The steps of a turn before its model is asked: what the message wants, what it stands for, whether to ask back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from msgspec.structs import replace

from chimera.conversations.steps.moment import Moment
from chimera.conversations.steps.noted import NOTHING, Taken
from chimera.conversations.steps.reading import understanding
from chimera.conversations.steps.reading.ambiguity import question_back
from chimera.conversations.steps.reading.intent import Guess, told_by_rules
from chimera.conversations.steps.reading.references import resolved
from chimera.conversations.steps.settings import Switches, decode_own, switches_of
from chimera.conversations.steps.small_calls import SmallCalls, origin_of
from chimera.kit.scope import Scope
from chimera.policies.policy import Policy

PolicyOf: TypeAlias = Callable[[Scope], Awaitable[Policy]]
Alike: TypeAlias = Callable[[str, str], Awaitable[float | None]]
"""How alike two texts are in meaning, -1 to 1; `None` where nobody can tell at once."""

UNDERSTANDING: Final = "understanding"
PATIENCE_S: Final = 0.8
_READ: Final = 600
# Measured over `tests/conversations/steps/labelled.py`: what goes on from the exchange before is more like it.
_STRANGE: Final = 0.1


async def _never_alike(one: str, other: str) -> float | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Nothing here fails a turn; all of it together takes no longer than its patience.

    Attributes:
        model: The operator's cheap one; an organisation may name another.
        patience_s: How much later an answer may come for all of these.
    """

    calls: SmallCalls
    policy: PolicyOf
    model: str | None = None
    alike: Alike = _never_alike
    patience_s: float = PATIENCE_S

    async def switches(self, scope: Scope, own: str | None) -> Switches:
        """Which steps are taken in a conversation that says this of them itself."""
        return switches_of((await self.policy(scope)).steps, decode_own(own), self.model)

    async def take(self, scope: Scope, moment: Moment, *, may_ask_back: bool = False) -> Taken:
        """Take all steps that are on."""
        switches = await self.switches(scope, moment.own)
        if moment.noted.clarifying is not None:
            # The reply says what was missing: together they are the question.
            return Taken(guess=Guess(intent="clarification"), query=f"{moment.asked} ({moment.text.strip()})")
        if switches.clarifying and may_ask_back:
            back = question_back(moment.text, moment.asked, moment.answered)
            if back is not None:
                return Taken(query=moment.text, clarifying=back)
        taken = await self._locally(switches, moment)
        return await self._better(scope, switches, moment, taken)

    async def _locally(self, switches: Switches, moment: Moment) -> Taken:
        taken = NOTHING
        if switches.intent != "off":
            guess = told_by_rules(moment.text, moment.asked, moment.answered)
            if guess.intent == "new_topic" and not guess.sure:
                guess = await self._by_meaning(guess, moment)
            taken = Taken(guess=guess)
        if switches.references != "off" and taken.looks and not taken.turns_away:
            taken = replace(taken, query=resolved(moment.text, moment.asked, moment.answered))
        return taken

    async def _by_meaning(self, guess: Guess, moment: Moment) -> Guess:
        try:
            async with asyncio.timeout(self.patience_s / 4):
                alike = await self.alike(moment.text[:_READ], f"{moment.asked[:_READ]}\n{moment.answered[:_READ]}")
        except TimeoutError:
            return guess
        if alike is None:
            return guess
        return Guess(intent="new_topic" if alike < _STRANGE else "question", sure=alike < _STRANGE, by="meaning")

    async def _better(self, scope: Scope, switches: Switches, moment: Moment, taken: Taken) -> Taken:
        """What the cheap model says, where it may be asked, rules are unsure, and it answers in time."""
        unsure = switches.intent == "model" and taken.guess is not None and not taken.guess.sure
        stands = switches.references == "model" and bool(taken.query)
        if switches.model is None or not (unsure or stands):
            return taken
        request = understanding.question(switches.model, moment.text, moment.asked, moment.answered)
        origin = origin_of(UNDERSTANDING, moment.conversation_id)
        answer = await self.calls.ask(scope, request, origin, patience_s=self.patience_s * 3 / 4)
        guess, query = understanding.told_by(answer)
        return Taken(
            guess=guess if unsure and guess is not None else taken.guess,
            query=query if stands and query else taken.query,
        )
