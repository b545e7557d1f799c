"""Checkpoints to a file, one a line, as `chimera audit verify --checkpoints` reads them."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from msgspec import json

from chimera.audit.checkpoints import Checkpoint


@dataclass(frozen=True, slots=True)
class FileSink:
    """The port `CheckpointSink`. Replicas may share a file: each line is added in one piece.

    Attributes:
        path: Best on another disk than the database's.
    """

    path: Path

    async def keep(self, checkpoint: Checkpoint) -> None:
        said = {"text": checkpoint.text, "signature": checkpoint.signature, "public_key": checkpoint.public_key}
        await asyncio.to_thread(_add, self.path, json.encode(said) + b"\n")


def _add(path: Path, line: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line)
        os.fsync(file)
    finally:
        os.close(file)
