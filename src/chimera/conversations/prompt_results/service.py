"""Results of a prompt's versions, for whoever may change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chimera.conversations.prompt_results.repository import Answers, VersionResult
from chimera.kit.scope import Scope
from chimera.prompts.service import Library
from chimera.prompts.states import Kind
from chimera.store import Database
from chimera.tenancy.errors import PermissionDeniedError


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptResults:
    database: Database
    library: Library

    async def of(self, scope: Scope, prompt_id: UUID) -> Sequence[VersionResult]:
        """Raises PromptNotFoundError, and PermissionDeniedError: if the caller may use it, not change it."""
        if not (await self.library.get(scope, Kind.PROMPT, prompt_id)).editable:
            raise PermissionDeniedError("Results are for whoever may change the prompt.")
        async with self.database.reading(scope) as tx:
            return await Answers(tx, scope).by_version(prompt_id)
