"""What must become of each fault, for every provider: the table that the tests check and the documentation shows."""

from dataclasses import dataclass

from tests.fakes.faults import Fault

ANSWERED, REFUSED, BROKEN = "answered", "refused", "told in the stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Outcome of one fault.

    Attributes:
        what: The fault in words.
        once: When it happens once: answered by a second attempt, or the code of the error that the caller gets.
        always: Code of the error when it happens every time and there is no fallback.
        fallback: Whether another model is asked when there is one.
    """

    what: str
    once: str
    always: str
    fallback: bool = True


REFUSED_CONNECTION = "refused-connection"
BEFORE: dict[Fault | str, Expected] = {
    Fault.RATE_LIMITED: Expected(what="429 with Retry-After", once=ANSWERED, always="provider_rate_limited"),
    Fault.RATE_LIMITED_BARE: Expected(what="429 without Retry-After", once=ANSWERED, always="provider_rate_limited"),
    Fault.SERVER_ERROR: Expected(what="500", once=ANSWERED, always="provider_unavailable"),
    Fault.UNAVAILABLE: Expected(what="503 with Retry-After", once=ANSWERED, always="provider_unavailable"),
    Fault.OVERLOADED: Expected(what="529, overloaded", once=ANSWERED, always="provider_unavailable"),
    Fault.WRONG_KEY: Expected(
        what="401, the key is wrong", once="provider_unauthenticated", always="provider_unauthenticated"
    ),
    Fault.CONTEXT_TOO_LONG: Expected(
        what="400, the context is too long", once="context_length_exceeded", always="context_length_exceeded"
    ),
    REFUSED_CONNECTION: Expected(
        what="connection refused (a dead address)", once="provider_unreachable", always="provider_unreachable"
    ),
    Fault.HANG: Expected(what="hangs before the first byte", once=ANSWERED, always="provider_timeout"),
    Fault.RESET: Expected(what="reset before the first byte", once=ANSWERED, always="provider_unreachable"),
    Fault.GARBAGE: Expected(what="200 with an HTML page", once=ANSWERED, always="provider_answer_malformed"),
}
AFTER: dict[Fault, Expected] = {
    Fault.HANG_MIDWAY: Expected(
        what="hangs after the first tokens", once="provider_timeout", always="provider_timeout", fallback=False
    ),
    Fault.RESET_MIDWAY: Expected(
        what="reset after the first tokens",
        once="provider_answer_malformed",
        always="provider_answer_malformed",
        fallback=False,
    ),
    Fault.CUT: Expected(
        what="stream cut with a clean end",
        once="provider_answer_malformed",
        always="provider_answer_malformed",
        fallback=False,
    ),
    Fault.MALFORMED: Expected(
        what="malformed chunk", once="provider_answer_malformed", always="provider_answer_malformed", fallback=False
    ),
}
COMPLETE: dict[Fault, str] = {
    Fault.NO_END: "end marker missing after the finish reason",
    Fault.SPLIT_UTF8: "every byte in a packet of its own",
    Fault.ODD_FRAMING: "CRLF, comments, data over several lines",
    Fault.HUGE_LINE: "a chunk of two megabytes",
    Fault.SLOW_HEADERS: "headers come slowly",
}
