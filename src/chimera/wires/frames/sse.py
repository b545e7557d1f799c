"""Server-sent events, read incrementally from bytes. Pure.

Only the `data` of each event is handed out: every wire that we read repeats the event's name inside the data.
Reference: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from chimera.wires.failure import WireError

_BOM = b"\xef\xbb\xbf"
_MOST_LINES = 10_000  # of one event; wires that we read write one


class SseParser:
    """Feed it a body in any partition; it returns the data of each event as it is completed.

    Comments, names, ids and retry hints are skipped. Lines may end in LF, CRLF or CR.

    Args:
        limit: The most bytes that one event may have.
    """

    __slots__ = ("_after_cr", "_at_start", "_data", "_limit", "_pending", "_size")

    def __init__(self, *, limit: int = 32 * 1024 * 1024) -> None:
        self._limit = limit
        self._pending: list[bytes] = []
        self._data: list[bytes] = []
        self._size = 0
        self._at_start = True
        self._after_cr = False

    def feed(self, data: bytes) -> list[bytes]:
        """Return the data of the events that these bytes complete.

        Raises:
            WireError: if one event exceeds the limit.
        """
        if self._after_cr or b"\r" in data:
            data = self._with_plain_line_ends(data)
        if b"\n" not in data:
            self._hold(data)
            return []
        if self._pending:
            self._pending.append(data)
            data = b"".join(self._pending)
            self._pending.clear()
        if self._at_start:
            self._at_start = False
            data = data.removeprefix(_BOM)
        lines = data.split(b"\n")
        rest = lines.pop()
        events = self._lines(lines)
        if rest:
            self._hold(rest)
        return events

    def close(self) -> list[bytes]:
        """Return the data of an event that the body's end left without its blank line, if there is one.

        The standard would throw it away, but servers forget the last blank line; the caller decides what a half
        event means.
        """
        rest = b"".join(self._pending)
        self._pending.clear()
        return self._lines([rest.removeprefix(_BOM) if self._at_start else rest, b""])

    def _with_plain_line_ends(self, data: bytes) -> bytes:
        if self._after_cr and data:
            data = data.removeprefix(b"\n")
            self._after_cr = False
        if b"\r" in data:
            self._after_cr = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return data

    def _lines(self, lines: list[bytes]) -> list[bytes]:
        events: list[bytes] = []
        held = self._data
        for line in lines:
            if line[:6] == b"data: ":
                held.append(line[6:])
            elif not line:
                if held:
                    events.append(held[0] if len(held) == 1 else b"\n".join(held))
                    held.clear()
            elif line[:5] == b"data:":
                held.append(line[5:])
            elif line == b"data":
                held.append(b"")
        self._size = sum(map(len, held)) if held else 0
        if self._size > self._limit or len(held) > _MOST_LINES:
            raise WireError("malformed", "An event of the stream is too long.")
        return events

    def _hold(self, data: bytes) -> None:
        self._pending.append(data)
        self._size += len(data)
        if self._size > self._limit:
            raise WireError("malformed", "An event of the stream is too long.")
