"""Citations as `annotations`, both ways.

Reference: https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat#output-and-citations
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Raw, Struct

from chimera.llm import Citation, Text

ORIGIN = "openai_chat"


class _UrlCitation(Struct, frozen=True, gc=False):
    url: str | None = None
    title: str | None = None
    start_index: int | None = None
    end_index: int | None = None
    # OpenRouter's: the words of the page.
    content: str | None = None


class _Annotation(Struct, frozen=True, gc=False):
    type: str | None = None
    url_citation: _UrlCitation | None = None


_annotation = msgspec.json.Decoder(_Annotation)


def decode_annotations(annotations: Iterable[Raw]) -> tuple[Citation, ...]:
    """Return the citations; kinds that we do not know are kept as they were worded."""
    return tuple(_decode(bytes(raw)) for raw in annotations)


def _decode(raw: bytes) -> Citation:
    try:
        told = _annotation.decode(raw).url_citation
    except msgspec.ValidationError:
        told = None
    if told is None or told.url is None:
        return Citation(source=raw.decode(errors="replace"), origin=ORIGIN)
    return Citation(url=told.url, title=told.title, quote=told.content, start=told.start_index, end=told.end_index)


def encode_annotation(citation: Citation, *, part: int, end: int) -> Any:
    """Return the annotation of a citation; `None` for one that leads to no page.

    Args:
        citation: Its places count from the beginning of its part.
        part: Where the part begins in the message.
        end: Where it ends: a citation without places means all of it.
    """
    if citation.origin == ORIGIN and citation.source is not None:
        return Raw(citation.source.encode())
    if citation.url is None:
        return None
    told: dict[str, Any] = {
        "url": citation.url,
        "title": citation.title or "",
        "start_index": part if citation.start is None else part + citation.start,
        "end_index": end if citation.end is None else part + citation.end,
    }
    if citation.quote is not None:
        told["content"] = citation.quote
    return {"type": "url_citation", "url_citation": told}


def encode_annotations(texts: Iterable[Text]) -> Iterator[Any]:
    """Yield the annotations of a message whose content is these texts, one after the other."""
    start = 0
    for text in texts:
        end = start + len(text.text)
        for citation in text.citations:
            annotation = encode_annotation(citation, part=start, end=end)
            if annotation is not None:
                yield annotation
        start = end
