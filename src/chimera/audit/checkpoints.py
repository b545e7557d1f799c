"""Checkpoints: signed statements of how long a chain was, which leave the database, for nothing inside proves its end.

The key is derived from the root key, and its public half is told by the checkpoint itself; who checks one must know by
another way that the key is the house's.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from importlib import import_module
from typing import Any, Final, Never, Protocol
from uuid import UUID

import structlog
from msgspec import json

from chimera.audit.chain import End, moment
from chimera.audit.repository import AllChains, AllCheckpoints
from chimera.audit.tables import AuditCheckpointRow, AuditCutRow
from chimera.kit.clock import utc_now
from chimera.kit.errors import AppError
from chimera.kit.rounds import rounds
from chimera.store import Database

log = structlog.get_logger()

EVERY_S: Final = 60.0
_PURPOSE: Final = "audit checkpoints"
_NAME_LETTERS: Final = 16
UNREADABLE: Final = (ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How long a chain was at a moment, and how it ended.

    Attributes:
        text: What was signed: JSON that holds all the others.
        public_key: In hexadecimal.
        signature: Ed25519 over the text, in hexadecimal.
        removed: Whether it states that all up to this entry was removed, for it was too old.
    """

    tenant_id: UUID
    number: int
    hash: str
    text: str
    public_key: str
    signature: str
    removed: bool = False

    @property
    def is_genuine(self) -> bool:
        """Whether the holder of its key signed it. Whether the key is the house's, the caller knows."""
        return is_signed_by(self.public_key, self.text, self.signature)


@dataclass(frozen=True, kw_only=True)
class Notary:
    """Signs checkpoints.

    Attributes:
        root: The root key.
    """

    root: bytes = field(repr=False)

    @property
    def public_key(self) -> str:
        key: bytes = _signing().public_of(self._seed())
        return key.hex()

    def signed(self, tenant_id: UUID, end: End, at: datetime) -> Checkpoint:
        """That the chain ended so."""
        return self._stated({"tenant_id": tenant_id, "number": end.number, "hash": end.hash, "at": moment(at)})

    def cut(self, tenant_id: UUID, end: End, at: datetime) -> Checkpoint:
        """That the entries up to this one were removed."""
        said = {"tenant_id": tenant_id, "number": end.number, "hash": end.hash, "at": moment(at)}
        return self._stated(said | {"removed": True})

    def _stated(self, said: Mapping[str, object]) -> Checkpoint:
        key = self.public_key
        text = json.encode({**said, "public_key": key}).decode()
        return stated(text, self.signature_of(text), key)

    def signature_of(self, text: str) -> str:
        """In hexadecimal."""
        signature: bytes = _signing().signature_of(self._seed(), text.encode())
        return signature.hex()

    def _seed(self) -> bytes:
        seed: bytes = import_module("chimera.crypto.envelope").derived(self.root, purpose=_PURPOSE)
        return seed


class CheckpointSink(Protocol):
    """Where checkpoints go, out of the database's reach."""

    async def keep(self, checkpoint: Checkpoint) -> None:
        """Raises OSError if it cannot."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpointer:
    """Signs the end of every chain that grew, and hands the statement to the sinks."""

    database: Database
    notary: Notary
    sinks: Sequence[CheckpointSink]
    every_s: float = EVERY_S
    clock: Callable[[], datetime] = utc_now
    _seen: dict[UUID, int] = field(default_factory=dict[UUID, int])

    async def run(self) -> Never:
        await asyncio.sleep(self.every_s)  # a start has other things to do
        await rounds(self.look, every_s=self.every_s, named="audit checkpoints")

    async def look(self) -> None:
        """One round. Of replicas that look at once, each tells the same and one writes it.

        Raises:
            DatabaseUnavailableError: if the chains cannot be read now.
        """
        async with self.database.system_reading() as tx:
            ends = await AllChains(tx).ends()
        for tenant_id, end in ends:
            if end.number > self._seen.get(tenant_id, 0):
                await self._state(self.notary.signed(tenant_id, end, self.clock()))
                self._seen[tenant_id] = end.number

    async def finish(self) -> None:
        """State the ends of today, at the end."""
        try:
            await self.look()
        except AppError as error:
            log.warning("audit.not_stated", code=error.code)

    async def _state(self, checkpoint: Checkpoint) -> None:
        row = AuditCheckpointRow(
            tenant_id=checkpoint.tenant_id,
            number=checkpoint.number,
            text=checkpoint.text,
            key_name=checkpoint.public_key,
            signature=checkpoint.signature,
        )
        async with self.database.system_transaction() as tx:
            is_new = await AllCheckpoints(tx).add_if_absent(row)
        if not is_new:
            return
        for sink in self.sinks:
            try:
                await sink.keep(checkpoint)
            except OSError as error:
                log.warning("audit.checkpoint_not_kept", sink=type(sink).__name__, cause=error.strerror)


def checkpoint_of(row: AuditCheckpointRow | AuditCutRow) -> Checkpoint | None:
    """What a row says; `None` for one that says nothing of the kind."""
    try:
        return stated(row.text, row.signature, row.key_name)
    except UNREADABLE:
        return None


def stated(text: str, signature: str, public_key: str) -> Checkpoint:
    """What a text states. Raises one of `UNREADABLE` if it is no checkpoint."""
    said = json.decode(text)
    return Checkpoint(
        tenant_id=UUID(said["tenant_id"]),
        number=int(said["number"]),
        hash=str(said["hash"]),
        text=text,
        public_key=public_key,
        signature=signature,
        removed=said.get("removed") is True,
    )


def is_signed_by(public_key: str, text: str, signature: str) -> bool:
    """Whether the holder of a key signed a text; both in hexadecimal."""
    try:
        key, signed = bytes.fromhex(public_key), bytes.fromhex(signature)
    except ValueError:
        return False
    genuine: bool = _signing().is_signed(key, text.encode(), signed)
    return genuine


def name_of(public_key: str) -> str:
    """What a key is called: the beginning of its SHA-256."""
    return sha256(public_key.encode()).hexdigest()[:_NAME_LETTERS]


def _signing() -> Any:
    return import_module("chimera.crypto.signing")
