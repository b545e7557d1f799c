"""Attachments and results of tools made short, for rounds that do not fit otherwise. Pure."""

from dataclasses import replace
from typing import Final

from chimera.conversations.context.said import Said
from chimera.llm import Document, Image, Part, Text, ToolResult

_KEPT: Final = 400


def compressed(said: Said) -> Said:
    """The message with long results of tools cut in the middle, and a word in place of pictures and files."""
    return replace(said, parts=tuple(_short(part) for part in said.parts))


def shortened(text: str, kept: int = _KEPT) -> str:
    """Its beginning and its end; in between, how much is missing."""
    missing = len(text) - 2 * kept
    return text if missing <= kept else f"{text[:kept]}\n[… {missing:,} characters left out …]\n{text[-kept:]}"


def _short(part: Part) -> Part:
    match part:
        case Image() | Document():
            return _placeholder(part)
        case ToolResult(parts=parts):
            pieces = (_placeholder(piece) if not isinstance(piece, Text) else _text(piece) for piece in parts)
            return ToolResult(call_id=part.call_id, parts=tuple(pieces), is_error=part.is_error)
        case _:
            return part


def _text(piece: Text) -> Text:
    return Text(text=shortened(piece.text))


def _placeholder(piece: Image | Document) -> Text:
    if isinstance(piece, Image):
        return Text(text="[A picture was here.]")
    return Text(text=f"[The file {piece.name} was here.]" if piece.name else "[A file was here.]")
