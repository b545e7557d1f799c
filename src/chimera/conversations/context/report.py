"""What a model was shown of a conversation, kept with the answer so that people can look at it."""

from uuid import UUID

from msgspec import Struct


class TokensByPart(Struct, frozen=True, kw_only=True):
    """Counted as the model counts, or at most so many where its vocabulary is not public."""

    system: int = 0
    pinned: int = 0
    summary: int = 0
    history: int = 0
    memories: int = 0
    retrieved: int = 0
    question: int = 0
    total: int = 0


class ContextReport(Struct, frozen=True, kw_only=True):
    """How a context was made.

    Attributes:
        window_tokens: The model's, or what was assumed of one whose window nobody knows.
        limit_tokens: What the context might have.
        whole: Whether all that can be sent of the conversation was sent as it is.
        history_from: The first of the latest messages, which were sent as they are but for `compressed`.
        history: How many these are, the question among them.
        pinned: Sent because somebody pinned them.
        retrieved: Of these, passages were sent that the question may be about.
        compressed: Their attachments and long results of tools were shortened.
        summarised_to: The last message of which the summary tells.
        memories: Shown of what is remembered of the person beyond this conversation.
        left_out: How many messages were sent in no form but, perhaps, the summary.
        meaning: Whether meanings were compared, and not words alone.
        intent: What the message wanted, see `steps.intent`; empty where nobody was to tell.
        intent_by: Who told: `rules`, `meaning` or `model`.
        too_long: Whether what must be sent is too long already; the model's provider will refuse it.
    """

    model: str
    window_tokens: int
    limit_tokens: int
    tokens: TokensByPart
    whole: bool = True
    history_from: UUID | None = None
    history: int = 0
    pinned: tuple[UUID, ...] = ()
    retrieved: tuple[UUID, ...] = ()
    compressed: tuple[UUID, ...] = ()
    summarised_to: UUID | None = None
    memories: tuple[UUID, ...] = ()
    left_out: int = 0
    meaning: bool = False
    intent: str = ""
    intent_by: str = ""
    too_long: bool = False
