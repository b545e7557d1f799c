"""Claude's `conversations.json`: messages in a row or, in newer files, a tree by `parent_message_uuid`. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from chimera.conversations.interchange.documents import VERSION, ConversationDocument, Read
from chimera.conversations.interchange.formats.growing import Node, grown, whole
from chimera.conversations.interchange.formats.pieces import attached, fenced, texts
from chimera.conversations.interchange.reading.told import Told, clean, short
from chimera.llm import Part, Thinking, ToolCall

# What a first message has before it.
_ROOT: Final = "00000000-0000-4000-8000-000000000000"


def is_one(told: Told) -> bool:
    return told["chat_messages"].is_list


def read(told: Told, now: datetime) -> Read:
    nodes: list[Node] = []
    unknown: dict[str, int] = {}
    for number, message in enumerate(told["chat_messages"]):
        before = message["parent_message_uuid"].text
        parent = nodes[-1].id if nodes and not message["parent_message_uuid"].is_text else before
        nodes.append(
            Node(
                id=message["uuid"].text or f"#{number}",
                parent_id=parent if parent and parent != _ROOT else None,
                role="user" if message["sender"].text in {"human", "user"} else "assistant",
                at=message["created_at"].moment,
                parts=_parts(message, unknown),
                model=message["model"].word or told["model"].word,
            )
        )
    tree = grown(nodes)
    created = told["created_at"].moment or min((node.at for node in nodes if node.at), default=now)
    document = ConversationDocument(
        version=VERSION,
        id=told["uuid"].text,
        title=short(told["name"].text),
        created_at=created,
        updated_at=told["updated_at"].moment or max((node.at for node in nodes if node.at), default=created),
    )
    leaf = told["current_leaf_message_uuid"].text or (nodes[-1].id if nodes else None)
    warnings = [f"{count} pieces of the kind {kind} were left out." for kind, count in unknown.items()]
    return Read(source="claude", document=whole(document, tree, leaf), warnings=(*tree.warnings(), *warnings))


def _parts(message: Told, unknown: dict[str, int]) -> tuple[Part, ...]:
    files = [attached(one["file_name"].text or "file", one["extracted_content"].text) for one in message["attachments"]]
    names = {one["file_name"].text for one in message["attachments"]}
    files += [attached(name) for one in message["files"] if (name := one["file_name"].text) and name not in names]
    said = [part for block in message["content"] for part in _block(block, unknown)]
    return (*texts(*files), *(said or texts(message["text"].text)))


def _block(block: Told, unknown: dict[str, int]) -> tuple[Part, ...]:
    kind = block["type"].text
    if kind in _KINDS:
        return _KINDS[kind](block)
    if not block["text"].text:
        unknown[short(kind) or "?"] = unknown.get(short(kind) or "?", 0) + 1
    return texts(block["text"].text)


def _nothing(_block: Told) -> tuple[Part, ...]:
    return ()


def _words(block: Told) -> tuple[Part, ...]:
    return texts(block["text"].text)


def _thinking(block: Told) -> tuple[Part, ...]:
    return (Thinking(text=block["thinking"].text),) if block["thinking"].text.strip() else ()


def _tool(block: Told) -> tuple[Part, ...]:
    return (ToolCall(id=block["id"].text, name=short(block["name"].text), arguments=_json(block["input"].value)),)


def _result(block: Told) -> tuple[Part, ...]:
    content = block["content"]
    said = content.text or "\n\n".join(piece["text"].text for piece in content if piece["text"].text)
    return texts(fenced(said)) if said.strip() else ()


def _json(value: object) -> str:
    try:
        return clean(msgspec.json.encode(value if value is not None else {}).decode())
    except (UnicodeEncodeError, RecursionError):
        return "{}"


_KINDS: Final[Mapping[str, Callable[[Told], tuple[Part, ...]]]] = {
    "text": _words,
    "voice_note": _words,
    "thinking": _thinking,
    "tool_use": _tool,
    "tool_result": _result,
    "token_budget": _nothing,
    "redacted_thinking": _nothing,
}
