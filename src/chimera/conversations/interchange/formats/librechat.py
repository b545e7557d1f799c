"""LibreChat's export of a conversation: messages in each other's `children`, or flat with `parentMessageId`. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from chimera.conversations.interchange.documents import VERSION, ConversationDocument, Read
from chimera.conversations.interchange.formats.growing import Node, grown, whole
from chimera.conversations.interchange.formats.pieces import attached, fenced, picture_at, texts
from chimera.conversations.interchange.reading.told import Told, short
from chimera.conversations.states import MessageStatus
from chimera.llm import Part, Thinking, ToolCall

# What a first message has before it.
_ROOT: Final = "00000000-0000-0000-0000-000000000000"


def is_one(told: Told) -> bool:
    if not told["messages"].is_list or told["chat_messages"]:
        return False
    first = next(iter(told["messages"]), Told(None))
    return told["conversationId"].is_text or first["messageId"].is_text or first["isCreatedByUser"].value is not None


def read(told: Told, now: datetime) -> Read:
    nodes = list(_nodes(told["messages"]))
    tree = grown(nodes)
    created = told["createdAt"].moment or min((node.at for node in nodes if node.at), default=None)
    created = created or told["exportAt"].moment or now
    options = told["options"]
    document = ConversationDocument(
        version=VERSION,
        id=told["conversationId"].text,
        title=short(told["title"].text),
        system_prompt=options["promptPrefix"].text or options["system"].text or None,
        created_at=created,
        updated_at=told["updatedAt"].moment or max((node.at for node in nodes if node.at), default=created),
    )
    return Read(source="librechat", document=whole(document, tree, None), warnings=tree.warnings())


def _nodes(messages: Told) -> Iterator[Node]:
    """All of them, parents first, however deep they lie in each other."""
    left: list[tuple[Told, str | None]] = [(one, None) for one in reversed(list(messages))]
    before: str | None = None
    number = 0
    while left:
        message, parent = left.pop()
        number += 1
        if not message.is_object:
            continue
        told = message["parentMessageId"]
        node = _node(message["messageId"].text or f"#{number}", message)
        # A file without any parents is a list of what was said, one after the other.
        node.parent_id = parent or (told.text if told.is_text else before)
        node.parent_id = None if node.parent_id in {_ROOT, ""} else node.parent_id
        before = node.id
        left += [(child, node.id) for child in reversed(list(message["children"]))]
        yield node


def _node(id: str, message: Told) -> Node:
    by_user = message["isCreatedByUser"]
    is_user = by_user.is_true if by_user.value is not None else message["sender"].text.casefold() == "user"
    is_cut = message["unfinished"].is_true or message["error"].is_true
    return Node(
        id=id,
        parent_id=None,
        role="user" if is_user else "assistant",
        at=message["createdAt"].moment or message["updatedAt"].moment,
        parts=_parts(message),
        model=message["model"].word,
        finish_reason=message["finish_reason"].word,
        status=MessageStatus.INTERRUPTED if is_cut and not is_user else MessageStatus.COMPLETE,
    )


def _parts(message: Told) -> tuple[Part, ...]:
    files = [part for file in message["files"] for part in _file(file)]
    said = [part for piece in message["content"] for part in _piece(piece)]
    return (*files, *(said or texts(message["text"].text)))


def _piece(piece: Told) -> tuple[Part, ...]:
    match piece["type"].text:
        case "think":
            thought = piece["think"].text or piece["think"]["value"].text
            return (Thinking(text=thought),) if thought.strip() else ()
        case "tool_call":
            return _tool(piece["tool_call"])
        case "image_url":
            return (picture_at(piece["image_url"]["url"].text),)
        case "image_file":
            return texts(attached(piece["image_file"]["filename"].text or "image"))
        case "error":
            return texts(piece["error"].text or piece["text"].text)
        case _:
            return texts(piece["text"].text or piece["text"]["value"].text)


def _tool(call: Told) -> tuple[Part, ...]:
    name = short(call["name"].text or call["function"]["name"].text)
    arguments = call["args"].text or call["function"]["arguments"].text
    output = call["output"].text or call["function"]["output"].text
    made = ToolCall(id=call["id"].text, name=name, arguments=arguments)
    return (made, *(texts(fenced(output)) if output.strip() else ()))


def _file(file: Told) -> tuple[Part, ...]:
    url = file["filepath"].text
    if file["type"].text.startswith("image/") and url.startswith("data:"):
        return (picture_at(url),)
    name = file["filename"].text
    return texts(attached(name, file["text"].text)) if name else ()
