"""A ZIP file that grows piece by piece, with a manifest of what is in it and of its hashes."""

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

_IN_MEMORY = 4 * 1024 * 1024


@dataclass(slots=True)
class Archive:
    """Blocking: work with it in a thread. Whoever made it closes `file`, which then is gone."""

    file: IO[bytes] = field(default_factory=lambda: SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115  # closed by whoever made it
    _zip: ZipFile = field(init=False)
    _told: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def __post_init__(self) -> None:
        self._zip = ZipFile(self.file, "w", ZIP_DEFLATED)

    @contextmanager
    def entry(self, path: str) -> Generator[Callable[..., None]]:
        """Add a file, piece by piece, with what this yields."""
        digest, size = sha256(), 0
        with self._zip.open(path, "w", force_zip64=True) as kept:

            def write(*pieces: bytes) -> None:
                nonlocal size
                for piece in pieces:
                    kept.write(piece)
                    digest.update(piece)
                    size += len(piece)

            yield write
        self._told.append({"path": path, "bytes": size, "sha256": digest.hexdigest()})

    def put(self, path: str, *pieces: bytes) -> None:
        """Add a file that is at hand."""
        with self.entry(path) as write:
            write(*pieces)

    def finish(self, more: Mapping[str, object]) -> None:
        """Write the manifest, and go back to the beginning, to be read."""
        manifest = json.dumps({**more, "files": self._told}, indent=2, ensure_ascii=False)
        self._zip.writestr("manifest.json", manifest)
        self._zip.close()
        self.file.seek(0)
