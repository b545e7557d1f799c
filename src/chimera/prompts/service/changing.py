"""What changes of an item have in common: who may, that nobody else changed it meanwhile, and new versions."""

import asyncio
from datetime import datetime
from typing import Final
from uuid import UUID

from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Detail
from chimera.prompts.bodies import Body, PersonaBody, PromptBody, encode_body
from chimera.prompts.errors import PromptChangedError, TooManyPromptsError
from chimera.prompts.repository import Items, Versions
from chimera.prompts.service.profiles import may_edit
from chimera.prompts.service.uses import resolved
from chimera.prompts.states import Kind
from chimera.prompts.tables import ItemRow, VersionRow
from chimera.prompts.templating import check
from chimera.store import Transaction
from chimera.tenancy.errors import PermissionDeniedError

MOST_VERSIONS: Final = 1_000


async def check_body(body: Body) -> None:
    """Raises TemplateError, VariablesError: if a prompt could never be rendered."""
    if isinstance(body, PromptBody):
        await asyncio.to_thread(check, body)


async def add_version(tx: Transaction, scope: Scope, item: ItemRow, body: Body, note: str = "") -> VersionRow:
    """Let an item that is held say this from now on.

    Raises:
        TooManyPromptsError: if it has too many versions.
        PromptNotFoundError, VersionNotFoundError, LabelNotFoundError, VariablesError: if a persona's prompt cannot be
            used as it says.
    """
    if item.latest >= MOST_VERSIONS:
        raise TooManyPromptsError(f"It has {MOST_VERSIONS:,} versions: make a copy, and go on with that.")
    if isinstance(body, PersonaBody) and body.prompt is not None:
        await resolved(tx, scope, body.prompt, lot="")
    item.latest += 1
    row = VersionRow(id=item.id, number=item.latest, body=encode_body(body), note=note, made_by=scope.actor_id)
    return await Versions(tx, scope).add(row)


async def held(tx: Transaction, scope: Scope, kind: Kind, id: UUID, expected: int | None) -> ItemRow:
    """The item, locked, for whoever may change it.

    Args:
        tx: Until whose end it is locked.
        scope: Who wants to change it.
        kind: What it is.
        id: Which one.
        expected: The revision that the caller knows; `None`: whichever it is.

    Raises:
        PromptNotFoundError, PersonaNotFoundError: if the caller may not even see it.
        PermissionDeniedError: if they may not change it.
        PromptChangedError: if it is not at the expected revision any more.
    """
    row = await Items(tx, scope).locked(kind, id)
    if not may_edit(scope, row):
        raise PermissionDeniedError(
            "You may use this, not change it: make a copy, or ask its owner, or who has prompts:manage."
        )
    if expected is not None and expected != row.revision:
        raise PromptChangedError(f"It was changed meanwhile, and is at revision {row.revision}: read it again.")
    return row


def touch(row: ItemRow, now: datetime) -> None:
    """Note that something of it changed."""
    row.revision, row.updated_at = row.revision + 1, now


def act(row: ItemRow, what: str, **details: Detail) -> Act:
    return Act(name=f"{row.kind}.{what}", target_kind=row.kind, target_id=str(row.id), details=details)
