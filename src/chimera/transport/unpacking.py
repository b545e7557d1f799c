"""Bodies that come compressed although nobody asked for that: unpacked in pieces, so that no bomb goes off."""

import zlib

from chimera.transport.faults import Fault, TransportError

_LARGEST_PIECE = 256 * 1024
_GZIP, _ZLIB, _BARE = 31, 15, -15


class Unpacker:
    """Unpacks one body.

    Args:
        coding: The value of `Content-Encoding`.

    Raises:
        TransportError: a coding other than gzip and deflate.
    """

    def __init__(self, coding: str) -> None:
        if coding not in {"gzip", "x-gzip", "deflate"}:
            raise TransportError(Fault.GARBAGE)
        self._gzip = coding != "deflate"
        self._packed = b""
        self._engine: zlib._Decompress | None = None

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        self._packed += data

    def take(self) -> bytes:
        """Unpack the next piece, at most 256 KiB; nothing where more is needed. Raises TransportError."""
        piece = b""
        while self._packed and not piece:
            engine = self._engine = self._next_engine()
            try:
                piece = engine.decompress(self._packed, _LARGEST_PIECE)
            except zlib.error as error:
                raise TransportError(Fault.GARBAGE) from error
            self._packed = engine.unused_data if engine.eof else engine.unconsumed_tail
        return piece

    def _next_engine(self) -> "zlib._Decompress":
        engine = self._engine
        if engine is None:
            # Some say deflate and leave its wrapper out: RFC 9110, 8.4.1.2.
            wrapped = self._packed[0] & 0x0F == 8
            return zlib.decompressobj(_GZIP if self._gzip else _ZLIB if wrapped else _BARE)
        if engine.eof and not self._gzip:
            raise TransportError(Fault.GARBAGE)
        # After the end of a member another may follow: RFC 1952, 2.2.
        return zlib.decompressobj(_GZIP) if engine.eof else engine

    def close(self) -> None:
        """The body has ended. Raises TransportError where the packed data has not."""
        if self._engine is not None and not self._engine.eof:
            raise TransportError(Fault.CUT)
