"""A ZIP file that somebody brings: its conversations and pictures, within bounds whatever it says of itself."""

import re
import struct
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Final, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from chimera.conversations.fields import MAX_IMAGE_BYTES
from chimera.conversations.interchange.errors import ImportArchiveError

UNREADABLE: Final = (BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error, struct.error, ValueError)
_SIGNATURES: Final = (b"PK\x03\x04", b"PK\x05\x06")
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_LONGEST_COMMENT: Final = 65_535
_LOCATOR_BYTES: Final = 20
_END64_BYTES: Final = 56
# Of the list of its files: 4 MiB name some 40,000 of them.
_LARGEST_LIST: Final = 4 * 1_048_576
# As ChatGPT calls them: `file-AbC123-cat.png`, `file_00000000ab-sanitized.dat`.
_PICTURE: Final = re.compile(r"file[-_][A-Za-z0-9]+")


class TooMuchError(Exception):
    """More was unpacked than is taken."""


@dataclass(slots=True)
class Allowance:
    """How many bytes may still be unpacked, of all files together."""

    left: int

    def take(self, count: int) -> None:
        """Raises TooMuchError."""
        self.left -= count
        if self.left < 0:
            raise TooMuchError


@dataclass(slots=True)
class Metered:
    """A file that is unpacked while it is read, within an allowance."""

    file: IO[bytes]
    allowance: Allowance

    def read(self, size: int) -> bytes:
        piece = self.file.read(size)
        self.allowance.take(len(piece))
        return piece


@dataclass(slots=True)
class Brought:
    """An open archive.

    Attributes:
        allowance: Shared by all that is read of it.
    """

    zip: ZipFile
    allowance: Allowance
    _pictures: dict[str, ZipInfo] = field(default_factory=dict[str, ZipInfo])

    def __post_init__(self) -> None:
        for info in self.zip.infolist():
            named = _PICTURE.match(PurePosixPath(info.filename).name)
            if named is not None:
                self._pictures.setdefault(named.group(), info)

    def members(self) -> Iterator[ZipInfo]:
        """Its JSON files."""
        for info in self.zip.infolist():
            path = PurePosixPath(info.filename)
            if path.suffix in {".json", ".jsonl"} and "__MACOSX" not in path.parts and _is_plain(info):
                yield info

    @contextmanager
    def unpacked(self, info: ZipInfo) -> Generator[IO[bytes]]:
        """The content of one; reading it raises TooMuchError when no more may be unpacked."""
        with self.zip.open(info) as file:
            yield cast("IO[bytes]", Metered(file, self.allowance))

    def picture(self, name: str) -> bytes | None:
        """The bytes of a file by the id that messages name; `None` if it is not there or too large.

        Raises:
            TooMuchError: if no more may be unpacked.
        """
        info = self._pictures.get(name.partition("#")[0].partition("?")[0])
        if info is None or not _is_plain(info) or info.file_size > MAX_IMAGE_BYTES:
            return None
        try:
            with self.zip.open(info) as file:
                content = file.read(MAX_IMAGE_BYTES)
        except UNREADABLE:
            return None
        self.allowance.take(len(content))
        return content


def is_archive(file: IO[bytes]) -> bool:
    """Whether it begins as ZIP files do; goes back to the beginning."""
    begins = file.read(4)
    file.seek(0)
    return begins in _SIGNATURES


def opened(file: IO[bytes], *, most_bytes: int) -> Brought:
    """Open it, and read the list of its files.

    Raises:
        ImportArchiveError: if it is damaged, or that list is too long.
    """
    try:
        if _size_of_list(file) > _LARGEST_LIST:
            raise ImportArchiveError("The ZIP file holds too many files. Bring its conversations.json alone.")
        file.seek(0)
        return Brought(ZipFile(file), Allowance(most_bytes))
    except UNREADABLE as error:
        raise ImportArchiveError("The ZIP file is damaged.") from error


def _size_of_list(file: IO[bytes]) -> int:
    """What is read into memory as soon as the file is opened, as `zipfile` finds it out."""
    size = file.seek(0, 2)
    tail_at = file.seek(max(0, size - _END_BYTES - _LONGEST_COMMENT - _LOCATOR_BYTES - _END64_BYTES))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0:
        raise BadZipFile(f"no end of a list after {tail_at}")
    told = int.from_bytes(tail[at + 12 : at + 16], "little")
    large = tail[max(0, at - _LOCATOR_BYTES - _END64_BYTES) : at]
    if large[-_LOCATOR_BYTES : -_LOCATOR_BYTES + 4] == b"PK\x06\x07":
        told = max(told if told < 0xFFFF_FFFF else 0, int.from_bytes(large[40:48], "little"))
    return told


def _is_plain(info: ZipInfo) -> bool:
    """Whether it is packed as everybody does, in a way that unpacks within bounds, and not encrypted."""
    return info.compress_type in {ZIP_STORED, ZIP_DEFLATED} and not info.flag_bits & 0x1 and not info.is_dir()
