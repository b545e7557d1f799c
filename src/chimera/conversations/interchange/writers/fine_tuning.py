"""Branches as OpenAI's fine-tuning takes them: a line of `messages` each. Pure.

https://platform.openai.com/docs/guides/supervised-fine-tuning
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import msgspec
from msgspec import Struct

from chimera.conversations.interchange.documents import ConversationDocument, MessageDocument, leaves_of, path_of
from chimera.conversations.interchange.writers.telling import Branches
from chimera.conversations.states import MessageStatus
from chimera.llm import Image, Part, Text, Thinking

Json: TypeAlias = dict[str, object]
_ENCODER: Final = msgspec.json.Encoder()


class Choosing(Struct, frozen=True, kw_only=True):
    """Which branches, and what of them.

    Attributes:
        branches: The one that is shown, or each.
        reasoning: Whether thoughts stand before the answers, in `<think>` tags.
        incomplete: Whether answers that were stopped or failed are taken as well.
    """

    branches: Branches = "shown"
    reasoning: bool = False
    incomplete: bool = False


def write(document: ConversationDocument, choosing: Choosing) -> bytes:
    """A line for each branch in which a person asks and an answer is the last word; nothing for a panel."""
    if document.has_panel:
        return b""
    leaves = leaves_of(document) if choosing.branches == "all" else (document.leaf_id,)
    lines = (_line(document, path_of(document, leaf), choosing) for leaf in leaves if leaf is not None)
    return b"".join(line for line in lines if line)


def _line(document: ConversationDocument, path: Sequence[MessageDocument], choosing: Choosing) -> bytes:
    if not choosing.incomplete and any(one.status is not MessageStatus.COMPLETE or one.lost for one in path):
        return b""
    said = list(_alternating(path, choosing))
    if all(one.get("weight") == 0 for one in said if one["role"] == "assistant"):
        return b""
    while said and said[-1]["role"] != "assistant":
        said.pop()
    while said and said[0]["role"] != "user":
        said.pop(0)
    if not said:
        return b""
    system: list[Json] = [{"role": "system", "content": document.system_prompt}] if document.system_prompt else []
    return _ENCODER.encode({"messages": system + said}) + b"\n"


def _alternating(path: Sequence[MessageDocument], choosing: Choosing) -> Iterator[Json]:
    """Messages of which no two neighbours have one role, from the first question on."""
    role, parts, bad = "", list[Part](), False
    for message in path:
        if message.role != role:
            yield from _weighed(_told(role, parts, choosing), bad=bad)
            role, parts, bad = message.role, [], False
        parts += message.parts
        bad |= message.good is False
    yield from _weighed(_told(role, parts, choosing), bad=bad)


def _weighed(told: Iterator[Json], *, bad: bool) -> Iterator[Json]:
    """What its owner found bad is context, and nothing to learn to say."""
    for one in told:
        yield one | {"weight": 0} if bad and one["role"] == "assistant" else one


def _told(role: str, parts: Sequence[Part], choosing: Choosing) -> Iterator[Json]:
    if role == "assistant":
        thought = "\n\n".join(part.text for part in parts if isinstance(part, Thinking) and part.text)
        said = "\n\n".join(part.text for part in parts if isinstance(part, Text))
        if said:
            before = f"<think>\n{thought}\n</think>\n\n" if thought and choosing.reasoning else ""
            yield {"role": role, "content": before + said}
    elif pieces := list(_pieces(parts)):
        whole = "\n\n".join(str(piece["text"]) for piece in pieces if "text" in piece)
        yield {"role": role, "content": pieces if any("image_url" in piece for piece in pieces) else whole}


def _pieces(parts: Sequence[Part]) -> Iterator[Json]:
    for part in parts:
        if isinstance(part, Text):
            yield {"type": "text", "text": part.text}
        elif isinstance(part, Image):
            yield {"type": "image_url", "image_url": {"url": part.url}}
