"""Citations as Google's grounding, both ways. Its places are counted in bytes of UTF-8, ours in characters.

Source: https://ai.google.dev/api/generate-content#GroundingMetadata
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chimera.llm import Citation


class _Source(Struct, gc=False):
    uri: str | None = None
    title: str | None = None


class _Chunk(Struct, rename="camel", gc=False):
    web: _Source | None = None
    retrieved_context: _Source | None = None
    maps: _Source | None = None


class _Segment(Struct, rename="camel", gc=False):
    start_index: int | None = None
    end_index: int | None = None


class _Support(Struct, rename="camel", gc=False):
    segment: _Segment | None = None
    grounding_chunk_indices: list[int] | None = None


class GroundingMetadata(Struct, rename="camel", gc=False):
    grounding_chunks: list[_Chunk] | None = None
    grounding_supports: list[_Support] | None = None
    web_search_queries: list[str] | None = None


class CitationSource(Struct, rename="camel", gc=False):
    start_index: int | None = None
    end_index: int | None = None
    uri: str | None = None
    title: str | None = None


class CitationMetadata(Struct, rename="camel", gc=False):
    # The Gemini API's name, and Vertex AI's.
    citation_sources: list[CitationSource] | None = None
    citations: list[CitationSource] | None = None


def decode_grounding(told: GroundingMetadata, text: str) -> Iterator[Citation]:
    """Yield what the answer's text rests on; sources that no place names come without one."""
    chunks = [chunk.web or chunk.retrieved_context or chunk.maps or _Source() for chunk in told.grounding_chunks or ()]
    named: set[int] = set()
    for support in told.grounding_supports or ():
        segment = support.segment or _Segment()
        for index in support.grounding_chunk_indices or ():
            if 0 <= index < len(chunks):
                named.add(index)
                yield _cited(chunks[index], segment.start_index or 0, segment.end_index, text)
    for index, chunk in enumerate(chunks):
        if index not in named and chunk.uri:
            yield Citation(url=chunk.uri, title=chunk.title or None)


def decode_citations(told: CitationMetadata, text: str) -> Iterator[Citation]:
    for source in (*(told.citation_sources or ()), *(told.citations or ())):
        yield _cited(_Source(uri=source.uri, title=source.title), source.start_index or 0, source.end_index, text)


@dataclass(slots=True)
class Grounds:
    """Citations of an answer as it is written, in characters of its whole text; feed it every piece of that."""

    _texts: list[str] = field(default_factory=list[str])
    _length: int = 0
    _part: int = 0
    _found: list[Citation] = field(default_factory=list[Citation])
    _unplaced: int = 0

    def hear(self, text: str, *, starts_part: bool) -> None:
        if starts_part:
            self._close_part()
        self._texts.append(text)
        self._length += len(text)

    def cite(self, citation: Citation) -> None:
        if citation.start is not None:
            end = None if citation.end is None else citation.end + self._part
            citation = replace(citation, start=citation.start + self._part, end=end)
        self._found.append(citation)

    def metadata(self) -> dict[str, Any] | None:
        """Return `groundingMetadata`, if anything was cited."""
        self._close_part()
        if not self._found:
            return None
        text, sources = "".join(self._texts), list(dict.fromkeys(map(_source, self._found)))
        supports: list[dict[str, Any]] = [
            {"segment": _segment(citation, text), "groundingChunkIndices": [sources.index(_source(citation))]}
            for citation in self._found
        ]
        chunks = [{"web": {"uri": url or "", "title": title or ""}} for url, title in sources]
        return {"groundingChunks": chunks, "groundingSupports": supports}

    def _close_part(self) -> None:
        """Citations without a place hold for all of the part that they stand in."""
        for index in range(self._unplaced, len(self._found)):
            if self._found[index].start is None or self._found[index].end is None:
                start = self._found[index].start
                place = self._part if start is None else start
                self._found[index] = replace(self._found[index], start=place, end=self._length)
        self._unplaced, self._part = len(self._found), self._length


def _source(citation: Citation) -> tuple[str | None, str | None]:
    return citation.url, citation.title


def _segment(citation: Citation, text: str) -> dict[str, Any]:
    start, end = citation.start or 0, citation.end or 0
    said = text[start:end]
    first = len(text[:start].encode())
    return {"startIndex": first, "endIndex": first + len(said.encode()), "text": said}


def _cited(source: _Source, start: int, end: int | None, text: str) -> Citation:
    told = text.encode()
    return Citation(
        url=source.uri or None,
        title=source.title or None,
        start=_characters(told, start),
        end=None if end is None else _characters(told, end),
    )


def _characters(told: bytes, place: int) -> int:
    return len(told[: max(0, place)].decode(errors="ignore"))
