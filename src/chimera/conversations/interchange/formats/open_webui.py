"""Open WebUI's exports of chats: a map of messages with the last one's id, or, in old files, a list. Pure."""

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from typing import Final

from chimera.conversations.interchange.documents import VERSION, ConversationDocument, Read
from chimera.conversations.interchange.formats.growing import Node, grown, whole
from chimera.conversations.interchange.formats.pieces import attached, picture_at, texts
from chimera.conversations.interchange.reading.told import Told, short
from chimera.conversations.states import MessageStatus
from chimera.llm import Part, Thinking

_OPENING: Final = re.compile(r"<details\b([^<>]*+)>")
_SUMMARY: Final = re.compile(r"\A\s*+<summary>[^<]*+</summary>")
_CLOSING: Final = re.compile(r"</details>\s*+")
_OF_REASONING: Final = 'type="reasoning"'


def is_one(told: Told) -> bool:
    chat = _chat(told)
    return chat["history"]["messages"].is_object or (told["chat"].is_object and chat["messages"].is_list)


def read(told: Told, now: datetime) -> Read:
    chat = _chat(told)
    mapped = dict(chat["history"]["messages"].members())
    nodes = [_node(name, message) for name, message in mapped.items()] or list(_listed(chat["messages"]))
    children = {name: [child.text for child in message["childrenIds"]] for name, message in mapped.items()}
    tree = grown(nodes, children)
    created = told["created_at"].moment or chat["timestamp"].moment
    created = created or min((node.at for node in nodes if node.at), default=now)
    document = ConversationDocument(
        version=VERSION,
        id=told["id"].text or chat["id"].text,
        title=short(told["title"].text or chat["title"].text),
        system_prompt=chat["params"]["system"].text or chat["system"].text or None,
        created_at=created,
        updated_at=told["updated_at"].moment or max((node.at for node in nodes if node.at), default=created),
    )
    leaf = chat["history"]["currentId"].text or None
    return Read(source="open_webui", document=whole(document, tree, leaf), warnings=tree.warnings())


def _chat(told: Told) -> Told:
    return told["chat"] if told["chat"].is_object else told


def _listed(messages: Told) -> Iterator[Node]:
    """A list in the order in which it was said."""
    before = None
    for number, message in enumerate(messages):
        node = _node(message["id"].text or f"#{number}", message)
        node.parent_id = node.parent_id or before
        before = node.id
        yield node


def _node(id: str, message: Told) -> Node:
    is_user = message["role"].text == "user"
    has_failed = message["error"].value not in {None, False} if not message["error"].is_object else True
    return Node(
        id=id,
        parent_id=message["parentId"].text or None,
        role="user" if is_user else "assistant",
        at=message["timestamp"].moment,
        parts=() if message["role"].text == "system" else _parts(message, is_user=is_user),
        model=message["model"].word or message["modelName"].word,
        status=MessageStatus.INTERRUPTED if has_failed and not is_user else MessageStatus.COMPLETE,
    )


def _parts(message: Told, *, is_user: bool) -> tuple[Part, ...]:
    content = message["content"]
    said = texts(content.text) if is_user else _answer(content.text)
    pieces = [part for piece in content for part in _piece(piece)]
    failure = message["error"]["content"].text if not said and not pieces else ""
    return (*(part for file in message["files"] for part in _file(file)), *said, *pieces, *texts(failure))


def _answer(text: str) -> tuple[Part, ...]:
    """Words, and what was thought before them, which stands folded among them."""
    parts: list[Part] = []
    at = 0
    for opening in _OPENING.finditer(text):
        if opening.start() < at or _OF_REASONING not in opening[1]:
            continue
        closing = _CLOSING.search(text, opening.end())
        if closing is None:
            break
        parts += texts(text[at : opening.start()])
        parts += _thought(text[opening.end() : closing.start()])
        at = closing.end()
    return (*parts, *texts(text[at:]))


def _thought(folded: str) -> list[Part]:
    said = unescape(_SUMMARY.sub("", folded)).strip()
    thought = "\n".join(re.sub(r"^> ?", "", line) for line in said.splitlines())
    return [Thinking(text=thought)] if thought.strip() else []


def _piece(piece: Told) -> tuple[Part, ...]:
    if piece["image_url"]:
        return (picture_at(piece["image_url"]["url"].text),)
    return texts(piece["text"].text)


def _file(file: Told) -> tuple[Part, ...]:
    if file["type"].text == "image":
        return (picture_at(file["url"].text),)
    name = file["name"].text or file["file"]["filename"].text or "file"
    return texts(attached(name, file["file"]["data"]["content"].text))
