"""Personas and prompts on their way into conversations and answers."""

import asyncio
from uuid import UUID

from chimera.conversations.prompted.kept import Cast, encode_cast
from chimera.conversations.tables import ConversationRow
from chimera.kit.scope import Scope
from chimera.llm import Text
from chimera.prompts.bodies import PersonaBody, PromptUse, decode_use, encode_body
from chimera.prompts.service import Resolved, persona_found, resolved
from chimera.prompts.templating import rendered
from chimera.store import Transaction


async def begin(tx: Transaction, scope: Scope, conversation: ConversationRow, persona_id: UUID | None) -> None:
    """Let a new conversation begin with a persona; what it was given itself goes before the persona's.

    Raises:
        PersonaNotFoundError, PromptNotFoundError and the like: if the caller cannot use it, or its prompt.
        VariablesError: if the prompt lacks a value.
    """
    if persona_id is not None:
        item, number, played = await persona_found(tx, scope, persona_id)
        conversation.persona = encode_cast(Cast.of(item.id, number, item.name, played))
        _play(conversation, played)
    await check(tx, scope, conversation)


async def check(tx: Transaction, scope: Scope, conversation: ConversationRow) -> None:
    """Raises what `resolved` does: if the conversation's prompt cannot be used as it says."""
    await chosen(tx, scope, conversation, None)


async def chosen(
    tx: Transaction, scope: Scope, conversation: ConversationRow, use: PromptUse | None
) -> Resolved | None:
    """The version of the prompt that is used for an answer, or else of the conversation's; `None` without either.

    A conversation keeps its version of a label, as long as the weights stay. Raises what `resolved` does.
    """
    use = use or decode_use(conversation.prompt)
    return None if use is None else await resolved(tx, scope, use, lot=str(conversation.id))


async def told(prompt: Resolved, system: tuple[Text, ...]) -> tuple[Text, ...]:
    """The system prompt: the rendered one, and what the conversation itself says after it.

    Raises:
        RenderingError: if the template cannot do with the values.
    """
    text = await asyncio.to_thread(rendered, prompt.body, prompt.use.variables)
    whole = "\n\n".join(part for part in (text, *(one.text for one in system)) if part.strip())
    return (Text(text=whole),) if whole else ()


def _play(conversation: ConversationRow, played: PersonaBody) -> None:
    conversation.model = conversation.model or played.model
    if conversation.temperature is None:
        conversation.temperature = played.temperature
    if conversation.system_prompt is None and played.text:
        conversation.system_prompt = played.text
    if conversation.prompt is None and played.prompt is not None:
        conversation.prompt = encode_body(played.prompt)
