"""Tables. A message knows its parent; a branch is the path from a leaf to the root."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Text, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from chimera.conversations.states import ConversationState
from chimera.kit.clock import utc_now
from chimera.store import SealedBytes, SealedText, TenantTable


def _of_conversation() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "conversation_id"], ["conversations.tenant_id", "conversations.id"], ondelete="CASCADE"
    )


class ConversationRow(TenantTable):
    """A conversation of one person.

    Attributes:
        leaf_id: The last message of the branch that is shown and continued.
        updated_at: When something was last said: the order of the list.
        prompt: JSON text of the prompt of the library that answers are given with, see `prompts.bodies`.
        persona: JSON text of whom it began with, see `prompted.kept`.
        has_panel: Whether several models speak in it. It stays so: their words are never one model's own again.
        titled_by: See `states.TitledBy`; `None` where it came with its title.
        steps: JSON text of what it says itself of the steps around its turns, see `steps.settings`.
        folder_id: Where its owner put it.
        archived: Whether it is put away: listed only where that is asked for.
        temporary: Whether it is kept for a short time only, listed and found nowhere.
        forked_from_id: The conversation whose messages it began with.
        forked_at_id: The last of these, by its id there.
        state: See `states.ConversationState`; `state_since` is its moment.
        quiet_since: Since when nothing happened in it here: what was imported is quiet since then.
        summary: What it was about, for its owner; of the branch up to `summary_of`.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        Index("ix_conversations_recent", "tenant_id", "owner_id", "updated_at", "id"),
        Index("ix_conversations_quiet", "tenant_id", "state", "quiet_since"),
    )

    owner_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(SealedText("title", lost=""), default="")
    titled_by: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    system_prompt: Mapped[str | None] = mapped_column(SealedText("system_prompt", lost=None))
    prompt: Mapped[str | None] = mapped_column(SealedText("prompt_use", lost=None))
    persona: Mapped[str | None] = mapped_column(SealedText("persona", lost=None))
    temperature: Mapped[float | None]
    fallback_model: Mapped[str | None] = mapped_column(Text)
    leaf_id: Mapped[UUID | None]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
    has_panel: Mapped[bool] = mapped_column(default=False)
    forked_from_id: Mapped[UUID | None]
    forked_at_id: Mapped[UUID | None]
    steps: Mapped[str | None] = mapped_column(Text)
    folder_id: Mapped[UUID | None]
    pinned: Mapped[bool] = mapped_column(default=False)
    archived: Mapped[bool] = mapped_column(default=False)
    temporary: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(Text, default=ConversationState.ACTIVE.value)
    state_since: Mapped[datetime] = mapped_column(default=utc_now)
    quiet_since: Mapped[datetime] = mapped_column(default=utc_now)
    summary: Mapped[str | None] = mapped_column(SealedText("summary", lost=None))
    summary_of: Mapped[UUID | None]


class MessageRow(TenantTable):
    """A message.

    Attributes:
        parts: JSON text, see `encoding`.
        cost_nusd: Of all attempts at the answer; `None` where one of them has no known cost.
        decision: JSON text of why `auto` chose the model, see `encoding`; `None` for others.
        context: JSON text of what the model was shown of the conversation, see `encoding`; none of its words.
        pinned: Whether models are shown it whatever else must go.
        summary: Of the branch up to and with this message.
        vectors: Of what its passages mean, see `context.meaning`; read by whoever asks for them.
        error: JSON text of what ended an answer before its time.
        prompt_id: The prompt of the library that the answer was given with.
        prompt_version: The version of that.
        turn_id: The turn in which it was said.
        speech: JSON text of who of a panel said it and why, see `encoding`; `None` for others.
        steps: JSON text of what was looked for and asked back for an answer, see `steps.noted`.
        recap: JSON text of a recap of the branch up to this message, see `steps.recapping`; no model is shown it.
        cache: `exact`, `semantic` or `joined` where no provider was asked for the answer.
        cache_id: The answer in the cache that it is.
        good: Whether its owner found the answer good; `None` where nothing was said.
        remark: What its owner said of it.
    """

    __tablename__ = "messages"
    __table_args__ = (
        _of_conversation(),
        Index("ix_messages_parent", "tenant_id", "conversation_id", "parent_id"),
        Index(
            "ix_messages_prompt",
            "tenant_id",
            "prompt_id",
            sqlite_where=literal_column("prompt_id IS NOT NULL"),
            postgresql_where=literal_column("prompt_id IS NOT NULL"),
        ),
    )

    conversation_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]
    turn_id: Mapped[UUID]
    role: Mapped[str] = mapped_column(Text)
    parts: Mapped[str] = mapped_column(SealedText("message", lost="[]"), default="[]")
    status: Mapped[str] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    finish_reason: Mapped[str | None] = mapped_column(Text)
    input_tokens: Mapped[int | None]
    output_tokens: Mapped[int | None]
    cached_tokens: Mapped[int | None]
    cache_write_tokens: Mapped[int | None]
    reasoning_tokens: Mapped[int | None]
    cost_nusd: Mapped[int | None] = mapped_column(BigInteger)
    decision: Mapped[str | None] = mapped_column(Text)
    context: Mapped[str | None] = mapped_column(Text)
    pinned: Mapped[bool] = mapped_column(default=False)
    summary: Mapped[str | None] = mapped_column(SealedText("summary", lost=None))
    vectors: Mapped[bytes | None] = mapped_column(SealedBytes("vectors", lost=None), deferred=True)
    error: Mapped[str | None] = mapped_column(SealedText("trouble", lost=None))
    prompt_id: Mapped[UUID | None]
    prompt_version: Mapped[int | None]
    speech: Mapped[str | None] = mapped_column(SealedText("speech", lost=None))
    steps: Mapped[str | None] = mapped_column(SealedText("steps", lost=None))
    recap: Mapped[str | None] = mapped_column(SealedText("recap", lost=None))
    cache: Mapped[str | None] = mapped_column(Text)
    cache_id: Mapped[UUID | None]
    good: Mapped[bool | None]
    remark: Mapped[str | None] = mapped_column(SealedText("remark", lost=None))


class TurnRow(TenantTable):
    """One question and the writing of its answer.

    Attributes:
        owner_id: Who asked.
        slot: Its place among answers to one question that are written at once; 0 for one alone.
        send_id: The name that its sender gave it, so as to say it once.
        replica: Which process writes the answer.
        fence: Raised whenever the turn is taken from its writer; a writer with an older number writes nothing more.
        heartbeat_at: When the writer was last seen.
        stop_requested: Somebody wants it stopped; its writer looks here.
        error: JSON text, see `encoding`.
    """

    __tablename__ = "turns"
    __table_args__ = (
        _of_conversation(),
        Index("ix_turns_conversation", "tenant_id", "conversation_id"),
        Index(
            "uq_turns_running",
            "tenant_id",
            "conversation_id",
            "slot",
            unique=True,
            sqlite_where=literal_column("status = 'running'"),
            postgresql_where=literal_column("status = 'running'"),
        ),
        Index("uq_turns_send", "tenant_id", "conversation_id", "send_id", "slot", unique=True),
        Index(
            "ix_turns_heartbeat",
            "heartbeat_at",
            sqlite_where=literal_column("status = 'running'"),
            postgresql_where=literal_column("status = 'running'"),
        ),
    )
    # The reaper looks for turns whose writer died, whoever they belong to.
    system_access: ClassVar[bool] = True

    conversation_id: Mapped[UUID]
    owner_id: Mapped[UUID]
    user_message_id: Mapped[UUID]
    message_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    slot: Mapped[int] = mapped_column(default=0)
    replica: Mapped[str] = mapped_column(Text)
    fence: Mapped[int] = mapped_column(default=1)
    heartbeat_at: Mapped[datetime]
    stop_requested: Mapped[bool] = mapped_column(default=False)
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(SealedText("trouble", lost=None))
    send_id: Mapped[UUID | None]


class TurnEventRow(TenantTable):
    """An entry of a turn's journal; append-only.

    Attributes:
        id: The turn's id: the key is `(tenant_id, turn_id, seq)`, which is also the order of reading.
        payload: JSON text, see `journal`; there `lost` is an entry like others.
    """

    __tablename__ = "turn_events"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "turn_id"], ["turns.tenant_id", "turns.id"], ondelete="CASCADE"),
    )

    id: Mapped[UUID] = mapped_column("turn_id", primary_key=True, sort_order=-2)
    seq: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    payload: Mapped[str] = mapped_column(SealedText("journal", lost='{"type":"lost"}'))


class PanelRow(TenantTable):
    """The panel of a conversation.

    Attributes:
        id: The conversation's.
        seats: JSON text of the participants; see `panels.participants`.
        policy: JSON text, see `panels.settings`.
        limits: JSON text, see `panels.limits`.
        nominated: The participant whom the person called upon.
        skipped: The participant whose speech the person wants to end.
        pausing: Whether to stop before the next speaker.
        spent_nusd: What its speeches cost, as far as anybody knows, and all that was held for those nobody knows of.
        held_nusd: Set aside for speeches that are being made.
    """

    __tablename__ = "panels"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "id"], ["conversations.tenant_id", "conversations.id"], ondelete="CASCADE"),
    )

    seats: Mapped[str] = mapped_column(SealedText("panel", lost="[]"))
    policy: Mapped[str] = mapped_column(Text)
    limits: Mapped[str] = mapped_column(Text)
    seed: Mapped[int]
    nominated: Mapped[UUID | None]
    skipped: Mapped[UUID | None]
    pausing: Mapped[bool] = mapped_column(default=False)
    spent_nusd: Mapped[int] = mapped_column(BigInteger, default=0)
    held_nusd: Mapped[int] = mapped_column(BigInteger, default=0)


class FolderRow(TenantTable):
    """A folder of one person.

    Attributes:
        parent_id: The folder in which it lies.
        model: Asked in its conversations that name none.
        system_prompt: Of its conversations that have none.
    """

    __tablename__ = "folders"
    __table_args__ = (Index("ix_folders_owner", "tenant_id", "owner_id"),)

    owner_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(SealedText("folder", lost=""))
    colour: Mapped[str | None] = mapped_column(Text)
    icon: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    system_prompt: Mapped[str | None] = mapped_column(SealedText("system_prompt", lost=None))


class TagRow(TenantTable):
    """A tag of one person."""

    __tablename__ = "tags"
    __table_args__ = (Index("ix_tags_owner", "tenant_id", "owner_id"),)

    owner_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(SealedText("tag", lost=""))


class TaggedRow(TenantTable):
    """That a conversation bears a tag.

    Attributes:
        id: The conversation's.
    """

    __tablename__ = "tagged_conversations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "conversation_id"], ["conversations.tenant_id", "conversations.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["tenant_id", "tag_id"], ["tags.tenant_id", "tags.id"], ondelete="CASCADE"),
        Index("ix_tagged_conversations_tag", "tenant_id", "tag_id"),
    )

    id: Mapped[UUID] = mapped_column("conversation_id", primary_key=True, sort_order=-2)
    tag_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)
