"""Citations as the annotations of a text, both ways. Pure."""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from chimera.llm import Citation

WIRE = "openai_responses"


class _Annotation(Struct, frozen=True, gc=False):
    url: str | None = None
    title: str | None = None
    filename: str | None = None
    start_index: int | None = None
    end_index: int | None = None


_decode = msgspec.json.Decoder(_Annotation).decode


def decode_annotation(raw: Raw) -> Citation:
    """Return the citation; it keeps the annotation's own words.

    Raises:
        msgspec.DecodeError: for what is no annotation.
    """
    told = _decode(raw)
    return Citation(
        url=told.url,
        title=told.title or told.filename,
        start=told.start_index,
        end=told.end_index,
        source=str(bytes(raw), "utf-8", "replace"),
        origin=WIRE,
    )


def encode_annotation(citation: Citation, *, length: int) -> dict[str, Any] | None:
    """Return the annotation, or `None` for a citation that this wire has no words for.

    Args:
        citation: What the text rests on.
        length: Of the text so far, in characters; the citation is of all of it where it does not tell.
    """
    if citation.origin == WIRE and citation.source is not None:
        told: dict[str, Any] = msgspec.json.decode(citation.source)
        return told
    start, end = citation.start or 0, length if citation.end is None else citation.end
    if citation.url is not None:
        place = {"start_index": start, "end_index": end}
        return {"type": "url_citation", "url": citation.url, "title": citation.title or citation.url, **place}
    if citation.title is None:
        return None
    return {"type": "file_citation", "file_id": citation.title, "filename": citation.title, "index": start}
