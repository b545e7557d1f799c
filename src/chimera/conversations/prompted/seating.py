"""Personas of the library on panels: taken as they are now, so that what they become later changes no panel."""

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from chimera.conversations.errors import PanelSettingsError
from chimera.conversations.panels.participants import Participant
from chimera.conversations.prompted.casting import told
from chimera.kit.scope import Scope
from chimera.llm import Text
from chimera.prompts.bodies import PersonaBody
from chimera.prompts.service import Resolved, persona_found, resolved
from chimera.store import Database


async def seated(
    database: Database, scope: Scope, conversation_id: UUID, participants: Sequence[Participant]
) -> list[Participant]:
    """Participants with the words and models of their personas.

    Raises:
        PersonaNotFoundError, PromptNotFoundError and the like: if the caller cannot use one, or its prompt.
        RenderingError, VariablesError: if the prompt cannot do with its values.
        PanelSettingsError: if somebody has no model.
    """
    played: list[tuple[Participant, PersonaBody | None, Resolved | None]] = []
    async with database.reading(scope) as tx:
        for one in participants:
            body = None if one.persona_id is None else (await persona_found(tx, scope, one.persona_id))[2]
            use = None if body is None else body.prompt
            prompt = None if use is None else await resolved(tx, scope, use, lot=str(conversation_id))
            played.append((one, body, prompt))
    return [await _seated(*one) for one in played]


async def _seated(one: Participant, body: PersonaBody | None, prompt: Resolved | None) -> Participant:
    if body is not None:
        said = (Text(text=part) for part in (body.text, one.persona) if part)
        words = "\n\n".join(text.text for text in (await told(prompt, tuple(said)) if prompt else said))
        shown = {"colour": one.colour or body.colour, "avatar": one.avatar or body.avatar}
        one = replace(one, model=one.model or body.model or "", persona=words, **shown)
    if not one.model:
        raise PanelSettingsError(f"Name a model for {one.handle}: it has no persona that brings one.")
    return one
