"""Newline-delimited JSON, cut into lines incrementally from bytes. Pure."""

from chimera.wires.failure import WireError


class LineParser:
    """Feed it a body in any partition; it returns each line that is completed, without blank ones.

    Args:
        limit: The most bytes that one line may have.
    """

    __slots__ = ("_limit", "_pending", "_size")

    def __init__(self, *, limit: int = 32 * 1024 * 1024) -> None:
        self._limit = limit
        self._pending: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that these bytes complete.

        Raises:
            WireError: if one line exceeds the limit.
        """
        if b"\n" not in data:
            self._hold(data)
            return []
        if self._pending:
            self._pending.append(data)
            data = b"".join(self._pending)
            self._pending.clear()
        *lines, rest = data.split(b"\n")
        self._size = 0
        if rest:
            self._hold(rest)
        return [line for line in lines if line and not line.isspace()]

    def close(self) -> list[bytes]:
        """Return the last line if its end is missing; the caller's JSON decoder decides whether it is whole."""
        rest = b"".join(self._pending).strip()
        self._pending.clear()
        return [rest] if rest else []

    def _hold(self, data: bytes) -> None:
        self._pending.append(data)
        self._size += len(data)
        if self._size > self._limit:
            raise WireError("malformed", "A line of the stream is too long.")
