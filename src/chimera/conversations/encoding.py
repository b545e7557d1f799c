"""How parts, tokens, decisions and errors are kept in the database: JSON text, so that both engines keep every byte.

JSON in a text column also carries U+0000, which PostgreSQL refuses in plain text and in `jsonb`.
"""

from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from chimera.conversations.context.report import ContextReport
from chimera.conversations.errors import KeptError
from chimera.conversations.panels.limits import Limits
from chimera.conversations.panels.participants import Participant
from chimera.conversations.panels.settings import Policy
from chimera.conversations.panels.state import Role
from chimera.gateway.telling import Decision
from chimera.kit.errors import AppError, Kind
from chimera.llm import Part, Usage

_ENCODER: Final = msgspec.json.Encoder()
_PARTS: Final = msgspec.json.Decoder(tuple[Part, ...])


class Failure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error as it is kept."""

    code: str
    kind: Kind
    detail: str
    retry_after_s: float | None = None

    @classmethod
    def of(cls, error: AppError) -> "Failure":
        return cls(code=error.code, kind=error.kind, detail=error.message, retry_after_s=error.retry_after_s)

    def as_error(self) -> KeptError:
        return KeptError(self.detail, code=self.code, kind=self.kind, retry_after_s=self.retry_after_s)


class Spoken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who of a panel said something, as it is kept with the message.

    Attributes:
        impersonated: For whom the model went on to write; that was cut.
        replaced: Whether it was asked for again: nobody is shown it any more.
    """

    participant_id: UUID
    handle: str
    role: Role
    round: int
    why: str
    impersonated: str | None = None
    replaced: bool = False


class _Shown(Struct, frozen=True):
    """Of a context's report what stands at its answer; the rest is passed over."""

    memories: tuple[UUID, ...] = ()


_SPOKEN: Final = msgspec.json.Decoder(Spoken)
_SEATS: Final = msgspec.json.Decoder(tuple[Participant, ...])
_POLICY: Final[msgspec.json.Decoder[Policy]] = msgspec.json.Decoder(Policy)
_LIMITS: Final = msgspec.json.Decoder(Limits)
_FAILURE: Final = msgspec.json.Decoder(Failure)
_USAGE: Final = msgspec.json.Decoder(Usage)
_DECISION: Final = msgspec.json.Decoder(Decision)
_CONTEXT: Final = msgspec.json.Decoder(ContextReport)
_SHOWN: Final = msgspec.json.Decoder(_Shown)


def encode_parts(parts: tuple[Part, ...]) -> str:
    return _ENCODER.encode(parts).decode()


def decode_parts(kept: str) -> tuple[Part, ...]:
    return _PARTS.decode(kept)


def encode_decision(decision: Decision | None) -> str | None:
    return None if decision is None else _ENCODER.encode(decision).decode()


def decode_decision(kept: str | None) -> Decision | None:
    return None if kept is None else _DECISION.decode(kept)


def encode_context(report: ContextReport | None) -> str | None:
    return None if report is None else _ENCODER.encode(report).decode()


def decode_context(kept: str | None) -> ContextReport | None:
    return None if kept is None else _CONTEXT.decode(kept)


def shown_memories(kept: str | None) -> tuple[UUID, ...]:
    """What of the person was shown to the model, out of a context's report."""
    return () if kept is None else _SHOWN.decode(kept).memories


def encode_failure(failure: Failure | None) -> str | None:
    return None if failure is None else _ENCODER.encode(failure).decode()


def decode_failure(kept: str | None) -> Failure | None:
    return None if kept is None else _FAILURE.decode(kept)


def encode_spoken(spoken: Spoken) -> str:
    return _ENCODER.encode(spoken).decode()


def decode_spoken(kept: str | None) -> Spoken | None:
    return None if kept is None else _SPOKEN.decode(kept)


def encode_setting(setting: tuple[Participant, ...] | Policy | Limits) -> str:
    """What a panel was given; read it with one of the three below."""
    return _ENCODER.encode(setting).decode()


def decode_seats(kept: str) -> tuple[Participant, ...]:
    return _SEATS.decode(kept)


def decode_policy(kept: str) -> Policy:
    return _POLICY.decode(kept)


def decode_limits(kept: str) -> Limits:
    return _LIMITS.decode(kept)
