"""Answers, counted by the version of their prompt: of everybody in the organisation, and nobody's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func

from chimera.conversations.states import MessageStatus
from chimera.conversations.tables import MessageRow
from chimera.store import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionResult:
    """Sums over all answers of a version that are kept.

    Attributes:
        failed: How many came to no end.
        unpriced: How many have no known cost.
    """

    version: int
    conversations: int
    answers: int
    failed: int
    cost_nusd: int
    unpriced: int
    input_tokens: int
    output_tokens: int


class Answers(Repository[MessageRow]):
    table = MessageRow

    async def by_version(self, prompt_id: UUID) -> Sequence[VersionResult]:
        """The versions in their order; those that nobody was answered with are not among them."""
        failed = case((MessageRow.status == MessageStatus.FAILED.value, 1), else_=0)
        unpriced = case((MessageRow.cost_nusd.is_(None), 1), else_=0)
        query = (
            self.mine()
            .where(MessageRow.prompt_id == prompt_id, MessageRow.status != MessageStatus.STREAMING.value)
            .with_only_columns(
                MessageRow.prompt_version,
                func.count(MessageRow.conversation_id.distinct()),
                func.count(),
                func.sum(failed),
                func.coalesce(func.sum(MessageRow.cost_nusd), 0),
                func.sum(unpriced),
                func.coalesce(func.sum(MessageRow.input_tokens), 0),
                func.coalesce(func.sum(MessageRow.output_tokens), 0),
            )
            .group_by(MessageRow.prompt_version)
            .order_by(MessageRow.prompt_version)
        )
        names = VersionResult.__dataclass_fields__
        rows = await self._tx.execute(query)
        return [VersionResult(**dict(zip(names, map(int, row), strict=True))) for row in rows]
