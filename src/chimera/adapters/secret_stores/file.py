"""Secrets as files of a folder that nobody else reads, such as one that Kubernetes mounts."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import BaseModel, ConfigDict

from chimera.adapters.http import HttpClient
from chimera.crypto.secrets import SecretsUnavailableError, not_found, parts_of


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path


@dataclass(frozen=True, slots=True)
class FileSecrets:
    """The port `Secrets`, in threads: disks may be slow."""

    folder: Path

    async def read(self, name: str) -> bytes:
        """Raises SecretNotFoundError, SecretsUnavailableError."""
        file = self._file(name)
        try:
            return await asyncio.to_thread(file.read_bytes)
        except FileNotFoundError:
            raise not_found() from None
        except OSError as error:
            raise _unusable(error) from error

    async def write(self, name: str, value: bytes) -> None:
        """Another process finds all of the value, or the one before it."""
        try:
            await asyncio.to_thread(_put, self._file(name), value)
        except OSError as error:
            raise _unusable(error) from error

    async def remove(self, name: str) -> None:
        file = self._file(name)
        try:
            await asyncio.to_thread(lambda: file.unlink(missing_ok=True))
        except OSError as error:
            raise _unusable(error) from error

    def _file(self, name: str) -> Path:
        return self.folder.joinpath(*parts_of(name))


def _put(file: Path, value: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=file.parent, prefix=".", delete=False) as made:
        made.write(value)
        made.flush()
        os.fsync(made.fileno())
    Path(made.name).replace(file)


def _unusable(error: OSError) -> SecretsUnavailableError:
    return SecretsUnavailableError(f"The folder of secrets cannot be used: {error.strerror}.", retry_after_s=5)


@asynccontextmanager
async def connect(settings: Settings, _http: HttpClient) -> AsyncGenerator[FileSecrets]:
    yield FileSecrets(settings.folder.expanduser())
