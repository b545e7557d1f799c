"""What can go wrong upstream, and how it changes the bytes of an answer; the steps are carried out elsewhere."""

from collections.abc import Iterator, Sequence
from enum import Enum, StrEnum, auto

from tests.fakes.frames import Frame, Framing, Kind

_DELTAS_BEFORE = 2
_HUGE = 2 * 1024 * 1024

MULTIBYTE_TEXT = "naïve café, 漢字, Ελλάδα, 🦊👩‍👩‍👧"
"""Said by an echo that has to survive one-byte writes."""
HUGE_TEXT = "x" * _HUGE
"""Said in one delta: a line longer than any reader's default limit."""
GARBAGE = b"<!doctype html><html><head><title>Welcome</title></head><body><h1>Sign in to Wi-Fi</h1></body></html>"


class Fault(StrEnum):
    """A fault for one request. Its value after `fault-` is a model name that triggers it: `fault-429`.

    The sixteenth of the failover matrix, a refused connection, is an address: `FakeUpstream.unreachable_url`.
    """

    RATE_LIMITED = "429"
    RATE_LIMITED_BARE = "429-bare"
    SERVER_ERROR = "500"
    UNAVAILABLE = "503"
    OVERLOADED = "529"
    WRONG_KEY = "401"
    CONTEXT_TOO_LONG = "context"
    HANG = "hang"
    HANG_MIDWAY = "hang-midway"
    RESET = "reset"
    RESET_MIDWAY = "reset-midway"
    CUT = "cut"
    MALFORMED = "malformed"
    NO_END = "no-end"
    GARBAGE = "garbage"

    FORBIDDEN = "403"
    MODEL_NOT_FOUND = "404"
    QUOTA_EXHAUSTED = "quota"
    HANG_AFTER_HEADERS = "hang-headers"
    TRUNCATED = "truncated"
    ERROR_MIDWAY = "error-midway"
    CONTENT_FILTERED = "filtered"
    SPLIT_UTF8 = "split-utf8"
    ODD_FRAMING = "odd-framing"
    SLOW_HEADERS = "slow-headers"
    HUGE_LINE = "huge-line"


class Refusal(Enum):
    """An HTTP error that a provider words in its own way."""

    RATE_LIMITED = auto()
    QUOTA_EXHAUSTED = auto()
    SERVER_ERROR = auto()
    UNAVAILABLE = auto()
    OVERLOADED = auto()
    WRONG_KEY = auto()
    FORBIDDEN = auto()
    MODEL_NOT_FOUND = auto()
    CONTEXT_TOO_LONG = auto()
    BAD_REQUEST = auto()


REFUSALS = {
    Fault.RATE_LIMITED: Refusal.RATE_LIMITED,
    Fault.RATE_LIMITED_BARE: Refusal.RATE_LIMITED,
    Fault.SERVER_ERROR: Refusal.SERVER_ERROR,
    Fault.UNAVAILABLE: Refusal.UNAVAILABLE,
    Fault.OVERLOADED: Refusal.OVERLOADED,
    Fault.WRONG_KEY: Refusal.WRONG_KEY,
    Fault.CONTEXT_TOO_LONG: Refusal.CONTEXT_TOO_LONG,
    Fault.FORBIDDEN: Refusal.FORBIDDEN,
    Fault.MODEL_NOT_FOUND: Refusal.MODEL_NOT_FOUND,
    Fault.QUOTA_EXHAUSTED: Refusal.QUOTA_EXHAUSTED,
}
"""Faults that are an HTTP error before anything else."""

TELLS_WHEN_TO_RETRY = frozenset({Fault.RATE_LIMITED, Fault.UNAVAILABLE})


class Move(Enum):
    """Something other than sending bytes."""

    WAIT_FOR_CLIENT_TO_LEAVE = auto()
    PAUSE = auto()
    RESET = auto()
    CLOSE_UNFINISHED = auto()
    BEFORE_DELTA = auto()


Step = bytes | Move

_BY_VALUE = {fault.value: fault for fault in Fault}

_BREAKS: dict[Fault, tuple[Step, ...]] = {
    Fault.HANG_MIDWAY: (Move.WAIT_FOR_CLIENT_TO_LEAVE,),
    # A reset overtakes bytes that the client has not read yet; the pause lets it read them.
    Fault.RESET_MIDWAY: (Move.PAUSE, Move.RESET),
    Fault.CUT: (),
    Fault.TRUNCATED: (Move.CLOSE_UNFINISHED,),
}


def model_fault(model: str) -> Fault | None:
    """Return the fault that a model name asks for (`fault-429`, `anything/fault-429`), None for other names."""
    _, marker, value = model.rpartition("fault-")
    return _BY_VALUE.get(value) if marker else None


def stream_steps(frames: Sequence[Frame], framing: Framing, fault: Fault | None, error: Frame) -> Iterator[Step]:
    """Yield what to do for a stream, spoilt by `fault`; `error` is what the wire says when it fails in the middle."""
    match fault:
        case Fault.HANG_AFTER_HEADERS:
            yield Move.WAIT_FOR_CLIENT_TO_LEAVE
        case Fault.HANG_MIDWAY | Fault.RESET_MIDWAY | Fault.CUT | Fault.TRUNCATED:
            yield from _plain(frames[: _breaking_point(frames)], framing)
            yield from _BREAKS[fault]
        case Fault.ERROR_MIDWAY:
            yield from _plain(frames[: _breaking_point(frames)], framing)
            yield framing.encode(error)
        case Fault.MALFORMED:
            point = min(_breaking_point(frames), len(frames) - 1)
            yield from _plain(frames[:point], framing)
            yield framing.malform(frames[point])
            yield from _plain(frames[point + 1 :], framing)
        case Fault.NO_END:
            yield from _plain([frame for frame in frames if frame.kind is not Kind.END], framing)
        case Fault.ODD_FRAMING:
            yield from (framing.encode_oddly(frame) for frame in frames)
        case Fault.SPLIT_UTF8:
            for frame in frames:
                yield from _one_by_one(framing.encode(frame))
        case _:
            yield from _plain(frames, framing)


def document_steps(body: bytes, fault: Fault | None) -> Iterator[Step]:
    """Yield what to do for an answer in one piece; the middle of the stream is the middle of the body."""
    half = body[: len(body) // 2]
    match fault:
        case Fault.HANG_AFTER_HEADERS:
            yield Move.WAIT_FOR_CLIENT_TO_LEAVE
        case Fault.HANG_MIDWAY | Fault.RESET_MIDWAY | Fault.CUT | Fault.TRUNCATED:
            yield half
            yield from _BREAKS[fault]
        case Fault.MALFORMED:
            yield half
        case Fault.SPLIT_UTF8:
            yield from _one_by_one(body)
        case _:
            yield body


def _plain(frames: Sequence[Frame], framing: Framing) -> Iterator[Step]:
    for frame in frames:
        if frame.kind is Kind.DELTA:
            yield Move.BEFORE_DELTA
        yield framing.encode(frame)


def _one_by_one(data: bytes) -> Iterator[bytes]:
    return (data[index : index + 1] for index in range(len(data)))


def _breaking_point(frames: Sequence[Frame]) -> int:
    """Return the index after the second delta, or before the finish of a shorter answer."""
    deltas = 0
    for index, frame in enumerate(frames):
        if frame.kind in {Kind.FINISH, Kind.END}:
            return index
        deltas += frame.kind is Kind.DELTA
        if deltas == _DELTAS_BEFORE:
            return index + 1
    return len(frames)
