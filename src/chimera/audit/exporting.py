"""The trail as lines of a file, and back. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import json

from chimera.audit.chain import Entry, moment
from chimera.audit.checkpoints import UNREADABLE, Checkpoint, stated
from chimera.kit.errors import InvalidRequestError
from chimera.kit.sheets import csv_rows, harmless

_COLUMNS: Final = Entry.__struct_fields__


class UnreadableTrailError(InvalidRequestError):
    """A file is no export of a trail."""

    code = "unreadable_trail"


def jsonl_entry(entry: Entry) -> str:
    return json.encode({"entry": _told(entry)}).decode() + "\n"


def jsonl_checkpoint(one: Checkpoint) -> str:
    said = {"text": one.text, "signature": one.signature, "public_key": one.public_key}
    return json.encode({"checkpoint": said}).decode() + "\n"


def csv_head() -> str:
    return csv_rows([_COLUMNS])


def csv_line(entry: Entry) -> str:
    return csv_rows([[harmless(value) if isinstance(value, str) else value for value in _told(entry).values()]])


def read(lines: Iterable[str]) -> tuple[Sequence[Entry], Sequence[Checkpoint]]:
    """Entries and checkpoints of a file of JSON Lines, as exported or as a sink of checkpoints keeps them.

    Raises:
        UnreadableTrailError: if a line is neither.
    """
    entries: list[Entry] = []
    checkpoints: list[Checkpoint] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            said = json.decode(line)
            if "entry" in said:
                entries.append(_entry(said["entry"]))
            else:
                told = said.get("checkpoint", said)
                checkpoints.append(stated(told["text"], told["signature"], told["public_key"]))
        except UNREADABLE as error:
            raise UnreadableTrailError(f"Line {number} is no entry or checkpoint of a trail.") from error
    return entries, checkpoints


def _told(entry: Entry) -> dict[str, object]:
    return {
        name: moment(value) if isinstance(value, datetime) else value
        for name in _COLUMNS
        for value in (getattr(entry, name),)
    }


def _entry(said: dict[str, Any]) -> Entry:
    given = {name: said[name] for name in _COLUMNS}
    for name in ("tenant_id", "id", "actor_id", "key_id"):
        given[name] = None if given[name] is None and name in {"actor_id", "key_id"} else UUID(given[name])
    return Entry(**given | {"created_at": datetime.fromisoformat(given["created_at"])})
