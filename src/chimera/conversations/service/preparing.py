"""What the model of one turn is asked; the steps before it are taken once, whoever is asked in the end."""

from dataclasses import dataclass

from msgspec.structs import replace

from chimera.conversations.context import Context
from chimera.conversations.prompted import casting
from chimera.conversations.service.composing import Composer, Telling
from chimera.conversations.service.opening import Opened, going_on
from chimera.conversations.steps.moment import moment_of
from chimera.conversations.steps.noted import NOTHING, Taken
from chimera.conversations.steps.reading.ambiguity import Clarifying
from chimera.conversations.steps.taking import Steps
from chimera.gateway.call import Target
from chimera.kit.scope import Scope
from chimera.llm import Request


@dataclass(slots=True, kw_only=True, eq=False)
class Preparing:
    """Prepares one turn.

    Attributes:
        steps: Without them none are taken.
    """

    composer: Composer
    steps: Steps | None
    scope: Scope
    opened: Opened
    _taken: Taken | None = None

    async def __call__(self, target: Target | None) -> Context | Clarifying:
        """The question as that target is to be shown it, or what is to be asked back instead."""
        opened, asked = self.opened, self.opened.call.request
        assert isinstance(asked, Request), "turns ask chat models"
        taken = self._taken = self._taken or await self._take()
        if taken.clarifying is not None:
            return taken.clarifying
        if opened.prompt is not None:
            asked = replace(asked, system=await casting.told(opened.prompt, asked.system))
        path = going_on(opened.path, opened.begun) if opened.begun else opened.path
        telling = Telling(conversation_id=opened.turn.conversation_id, path=path, asked=asked, taken=taken)
        return await self.composer.compose(self.scope, telling, target)

    async def _take(self) -> Taken:
        if self.steps is None:
            return NOTHING
        opened = self.opened
        moment = moment_of(opened.turn.conversation_id, opened.own, opened.path)
        return await self.steps.take(self.scope, moment, may_ask_back=opened.may_ask_back and moment.bare)
