"""Which version of a prompt somebody uses, found in their own transaction; rendering it comes after."""

from uuid import UUID

from msgspec import Struct

from chimera.kit.scope import Scope
from chimera.prompts.bodies import PersonaBody, PromptBody, PromptUse, decode_persona, decode_prompt
from chimera.prompts.errors import LabelNotFoundError
from chimera.prompts.labels import LATEST, PRODUCTION, decode_targets, drawn
from chimera.prompts.repository import Items, Labels, Versions
from chimera.prompts.states import Kind
from chimera.prompts.tables import ItemRow
from chimera.prompts.variables import filled
from chimera.store import Transaction


async def persona_found(tx: Transaction, scope: Scope, id: UUID) -> tuple[ItemRow, int, PersonaBody]:
    """A persona as it is now, and the number of its version. Raises PersonaNotFoundError."""
    item = await Items(tx, scope).found(Kind.PERSONA, id)
    row = await Versions(tx, scope).numbered(item, item.latest)
    return item, row.number, decode_persona(row.body)


class Resolved(Struct, frozen=True, kw_only=True):
    """A version that is used: `templating.rendered` makes the text of its body and the use's variables."""

    use: PromptUse
    version: int
    body: PromptBody


async def resolved(tx: Transaction, scope: Scope, use: PromptUse, *, lot: str) -> Resolved:
    """Find the version: the one that is named, or that its label stands for.

    Args:
        tx: Where it is looked up.
        scope: Who uses it.
        use: Which prompt, and with which values.
        lot: Decides where a label stands for several: a conversation's id, so that it keeps its version.

    Raises:
        PromptNotFoundError: also when it is not shared with the caller.
        VersionNotFoundError, LabelNotFoundError: if it has no such version or label.
        VariablesError: if a value is missing, or not what was declared.
    """
    item = await Items(tx, scope).found(Kind.PROMPT, use.id)
    number = use.version or await _labelled(tx, scope, item, use.label, lot)
    body = decode_prompt((await Versions(tx, scope).numbered(item, number)).body)
    filled(body.variables, use.variables)
    return Resolved(use=use, version=number, body=body)


async def _labelled(tx: Transaction, scope: Scope, item: ItemRow, name: str | None, lot: str) -> int:
    if name == LATEST:
        return item.latest
    label = await Labels(tx, scope).named(item, name or PRODUCTION)
    if label is not None:
        return drawn(decode_targets(label.targets), f"{item.id} {lot}")
    if name is None:
        return item.latest
    raise LabelNotFoundError(f"This prompt has no label {name!r}.")
