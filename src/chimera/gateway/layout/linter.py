"""What keeps a provider's prompt cache from holding, found in one chat request or between two of a conversation."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from chimera.gateway.layout.blocks import Block, blocks_of, shared_characters
from chimera.gateway.layout.minima import CacheRule, cache_rule
from chimera.gateway.tokens import estimate
from chimera.llm import Request

Code: TypeAlias = Literal[
    "volatile_text", "prefix_too_short", "no_cache_mark", "tools_reordered", "tools_changed", "prefix_changed"
]
# Long prompts are looked through in their first part; what comes later costs little.
_LONGEST = 200_000
_VOLATILE: Final = (
    (
        "a date or time",
        re.compile(r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?|\b\d{1,2}:\d{2}:\d{2}\b|\b1[5-9]\d{8}(?:\d{3})?\b"),
    ),
    ("an id", re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b")),
    (
        "today's date",
        re.compile(
            r"(?i)\b(?:today|current (?:date|time)|now|date)\b[^\n\d]{0,20}"
            r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})"
        ),
    ),
    (
        "a random value",
        re.compile(r"(?i)\b(?:nonce|seed|request[_ -]?id|trace[_ -]?id|session[_ -]?id)\b\W{0,4}[\w-]{6,64}"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One finding.

    Attributes:
        where: Place in the body: `system`, `tools.2`, `messages.0`.
        tokens: About how many tokens cannot be read from the cache because of it.
    """

    code: Code
    where: str
    message: str
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found.

    Attributes:
        tokens: Of the whole prompt, about.
        cacheable_tokens: Of the prefix that a next call could read from the cache as things are.
    """

    faults: tuple[Fault, ...]
    tokens: int
    cacheable_tokens: int


def lint(request: Request, before: Request | None = None) -> Report:
    """Look at a request, and at the one before it in the same conversation where there is one."""
    blocks, rule = blocks_of(request), cache_rule(request.model)
    characters = sum(len(block.text) for block in blocks)
    tokens = estimate(request, request.model).tokens
    a_character = tokens / characters if characters else 0.0
    faults = [*_volatile(blocks[:-1], characters, a_character)]
    # All but the last message is what a next call begins with.
    cacheable = min((_start(blocks, fault.where) for fault in faults), default=characters - _last(blocks))
    if before is not None:
        faults += _between(request, before, a_character)
        cacheable = min(cacheable, shared_characters(blocks_of(before), blocks))
    cacheable_tokens = round(cacheable * a_character)
    if rule is not None:
        faults += _ruled(request, rule, tokens=tokens, cacheable_tokens=cacheable_tokens)
    return Report(faults=tuple(faults), tokens=tokens, cacheable_tokens=cacheable_tokens)


def _volatile(blocks: Sequence[Block], characters: int, a_character: float) -> Iterator[Fault]:
    """Text in tools and system prompt that differs from call to call: all that follows is read anew each time."""
    passed = 0
    for block in blocks:
        if block.where.startswith("messages."):
            return
        found = [
            (match.start(), kind)
            for kind, pattern in _VOLATILE
            if (match := pattern.search(block.text, 0, _LONGEST)) is not None
        ]
        if found:
            at, kind = min(found)
            message = (
                f"{kind[0].upper()}{kind[1:]} stands at character {at}: if it differs from call to call, nothing after "
                "it is read from the prompt cache. Move it into the last message."
            )
            tokens = round((characters - passed - at) * a_character)
            yield Fault(code="volatile_text", where=block.where, message=message, tokens=tokens)
        passed += len(block.text)


def _between(request: Request, before: Request, a_character: float) -> Iterator[Fault]:
    blocks, earlier = blocks_of(request), blocks_of(before)
    whole = sum(len(block.text) for block in earlier)
    shared = shared_characters(earlier, blocks)
    lost = round((whole - shared) * a_character)
    names, known = [tool.name for tool in request.tools], [tool.name for tool in before.tools]
    if request.tools != before.tools:
        same = sorted(names) == sorted(known)
        code: Code = "tools_reordered" if same and set(request.tools) == set(before.tools) else "tools_changed"
        message = (
            "The same tools come in another order than before. Sort them by name."
            if code == "tools_reordered"
            else "The tools are not those of the call before. Offer all of them all the time, and say in the last "
            "message which to use."
        )
        place = next((place for place, (a, b) in enumerate(zip(names, known, strict=False)) if a != b), 0)
        yield Fault(code=code, where=f"tools.{place}", message=message, tokens=lost)
    elif shared < whole:
        where = _place(earlier, shared)
        message = "The prompt differs here from the call before. Only add to the end of a conversation."
        yield Fault(code="prefix_changed", where=where, message=message, tokens=lost)


def _ruled(request: Request, rule: CacheRule, *, tokens: int, cacheable_tokens: int) -> Iterator[Fault]:
    if cacheable_tokens < rule.least_tokens <= tokens:
        message = (
            f"Only about {cacheable_tokens} tokens at the beginning stay the same; this provider caches prompts from "
            f"{rule.least_tokens} on ({rule.source})."
        )
        yield Fault(code="prefix_too_short", where="system", message=message, tokens=cacheable_tokens)
    if rule.marked and cacheable_tokens >= rule.least_tokens and not is_marked(request):
        message = (
            f"This provider caches what is marked with `cache_control` only ({rule.source}). Mark the end of the "
            "system prompt, or set `layout.auto` in your organisation's policy."
        )
        yield Fault(code="no_cache_mark", where="system", message=message, tokens=cacheable_tokens)


def is_marked(request: Request) -> bool:
    """Whether the caller marked anything for the prompt cache."""
    parts = (part for message in request.messages for part in message.parts)
    return any(getattr(one, "cache", None) for one in (*request.tools, *request.system, *parts))


def _start(blocks: Sequence[Block], where: str) -> int:
    """Characters before a block."""
    passed = 0
    for block in blocks:
        if block.where == where:
            break
        passed += len(block.text)
    return passed


def _last(blocks: Sequence[Block]) -> int:
    return len(blocks[-1].text) if blocks else 0


def _place(blocks: Sequence[Block], characters: int) -> str:
    for block in blocks:
        if characters < len(block.text):
            return block.where
        characters -= len(block.text)
    return blocks[-1].where if blocks else "messages"
