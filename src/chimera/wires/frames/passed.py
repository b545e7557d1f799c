"""What was passed on of a stream, read once more: its last frames say what the end of an answer must take up."""

from typing import Any

import msgspec

_read = msgspec.json.Decoder().decode


def told_in(frames: bytes) -> list[dict[str, Any]]:
    """Return the objects in whole server-sent events, in their order."""
    told: list[dict[str, Any]] = []
    for frame in frames.split(b"\n\n"):
        data = b"\n".join(line[5:] for line in frame.split(b"\n") if line.startswith(b"data:"))
        if data.lstrip().startswith(b"{"):
            told.append(_read(data))
    return told
