"""Bytes to answers, without any I/O. Strict: what could be read in two ways is not read at all."""

import httptools

from chimera.transport.answer import Answer, Headers
from chimera.transport.faults import Fault, TransportError
from chimera.transport.unpacking import Unpacker

_LONGEST_LINE = 32 * 1024
_MOST_LINES = 256
# Of heads, trailers, extensions of chunks, interim answers: whatever brings no body.
_LONGEST_BESIDE = 128 * 1024
_VERSIONS = frozenset({"1.1", "1.0"})


class Hearing:
    """The answers of one connection, one after the other.

    Attributes:
        answer: What is told what is heard; None while nothing was asked.
        heard: Whether anything of it has come.
        reusable: Whether the connection can carry another answer after this one.
    """

    __slots__ = ("_beside", "_interim", "_parser", "_told", "answer", "heard", "reusable")

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self.heard = self.reusable = False
        self._interim = False
        self._told: list[tuple[bytes, bytes]] = []
        self._beside = 0
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)

    def begin(self, answer: Answer) -> None:
        """Hear this one next."""
        self.answer = answer
        self.heard = self.reusable = self._interim = False
        self._told = []
        self._beside = 0

    def feed(self, data: bytes) -> None:
        """Tell the answer what has come.

        Raises:
            TransportError: it is not HTTP, or more than was asked for. What came before that has been told.
        """
        answer = self.answer
        self.heard = True
        if answer is None or answer.ended or self._parser is None:
            raise TransportError(Fault.GARBAGE)
        before = answer.held
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            raise TransportError(Fault.GARBAGE) from error
        self._beside = 0 if answer.held > before else self._beside + len(data)
        if self._beside > _LONGEST_BESIDE:
            raise TransportError(Fault.GARBAGE)

    def end(self, *, cleanly: bool) -> Fault | None:
        """Nothing more comes. Return what that does to the answer, which ends here where nothing announced its end."""
        answer = self.answer
        self._parser = None  # which knows us
        if answer is None or answer.ended:
            return None
        if answer.status and cleanly and not answer.framed and answer.fault is None:
            answer.ended = True
            return None
        return Fault.CUT if answer.status else Fault.LOST

    # What the parser tells. What is raised here ends its work.

    def on_message_begin(self) -> None:
        if self.answer is None or self.answer.ended:
            raise TransportError(Fault.GARBAGE)

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) + len(value) > _LONGEST_LINE or len(self._told) >= _MOST_LINES:
            raise TransportError(Fault.GARBAGE)
        self._told.append((name, value))

    def on_headers_complete(self) -> None:
        answer, parser = self.answer, self._parser
        assert answer is not None, "a message has begun"
        assert parser is not None, "it speaks"
        status = parser.get_status_code()
        if parser.get_http_version() not in _VERSIONS or status == 101:
            raise TransportError(Fault.GARBAGE)
        if status < 200:
            self._interim = True
            self._told = []
            return
        _frame(answer, self._told)
        answer.headers = Headers(self._told)
        answer.status = status
        if answer.bodiless:
            # The parser would wait for a body, so this is the connection's last answer.
            answer.ended = True
            raise TransportError(Fault.GARBAGE)

    def on_body(self, body: bytes) -> None:
        answer = self.answer
        assert answer is not None, "a message has begun"
        answer.pieces.append(body)
        answer.held += len(body)

    def on_message_complete(self) -> None:
        if self._interim:
            self._interim = False
            return
        assert self.answer is not None, "a message has begun"
        assert self._parser is not None, "it speaks"
        self.answer.ended = True
        self.reusable = self._parser.should_keep_alive()


def _frame(answer: Answer, told: list[tuple[bytes, bytes]]) -> None:
    """Note how the body ends and how it is packed. Raises TransportError where that cannot be said for certain."""
    for name, value in told:
        match name.lower():
            case b"content-length":
                answer.framed = True
            case b"transfer-encoding":
                if answer.framed or value.lower() != b"chunked":
                    raise TransportError(Fault.GARBAGE)
                answer.framed = True
            case b"content-encoding":
                coding = value.decode("latin-1").strip().lower()
                if answer.unpacker is not None:
                    raise TransportError(Fault.GARBAGE)
                answer.unpacker = None if coding in {"", "identity"} else Unpacker(coding)
            case _:
                pass
