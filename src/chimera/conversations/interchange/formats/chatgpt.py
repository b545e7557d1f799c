"""ChatGPT's `conversations.json`: a map of nodes, many of them empty, hidden, or of tools. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from chimera.conversations.interchange.documents import VERSION, ConversationDocument, Read
from chimera.conversations.interchange.formats.growing import Node, grown, whole
from chimera.conversations.interchange.formats.pieces import Picture, attached, fenced, picture, texts
from chimera.conversations.interchange.reading.told import Told, short
from chimera.conversations.states import MessageStatus
from chimera.llm import Part, Thinking, ToolCall

_STATUS: Final = {"in_progress": MessageStatus.INTERRUPTED, "finished_partial_completion": MessageStatus.INTERRUPTED}
_FINISH: Final = {"stop": "stop", "max_tokens": "length", "length": "length"}
_TO_ALL: Final = {"", "all"}
_POINTERS: Final = ("file-service://", "sediment://")


@dataclass(slots=True)
class _Aside:
    """What is read beside the messages."""

    instructions: str = ""
    unknown: dict[str, int] = field(default_factory=dict[str, int])


def is_one(told: Told) -> bool:
    return told["mapping"].is_object


def read(told: Told, picture_named: Picture, now: datetime) -> Read:
    aside = _Aside()
    reader = _Reader(picture_named, aside)
    nodes: list[Node] = []
    children: dict[str, list[str]] = {}
    for name, node in told["mapping"].members():
        nodes.append(reader.node(name, node))
        children[name] = [child.text for child in node["children"]]
    tree = grown(nodes, children)
    created = told["create_time"].moment or min((node.at for node in nodes if node.at), default=now)
    document = ConversationDocument(
        version=VERSION,
        id=told["conversation_id"].text or told["id"].text,
        title=short(told["title"].text),
        system_prompt=aside.instructions or None,
        created_at=created,
        updated_at=told["update_time"].moment or max((node.at for node in nodes if node.at), default=created),
    )
    warnings = [f"{count} pieces of the kind {kind} were left out." for kind, count in aside.unknown.items()]
    leaf = told["current_node"].text or None
    return Read(source="chatgpt", document=whole(document, tree, leaf), warnings=(*tree.warnings(), *warnings))


@dataclass(slots=True)
class _Reader:
    picture: Picture
    aside: _Aside

    def node(self, id: str, told: Told) -> Node:
        message = told["message"]
        role = message["author"]["role"].text
        node = Node(
            id=id,
            parent_id=told["parent"].text or None,
            role="user" if role == "user" else "assistant",
            at=message["create_time"].moment or message["update_time"].moment,
        )
        content, metadata = message["content"], message["metadata"]
        if content["content_type"].text == "user_editable_context":
            self._instructions(content)
        elif role != "system" and not metadata["is_visually_hidden_from_conversation"].is_true:
            node.parts = self._parts(message, role)
            node.model = metadata["model_slug"].word or metadata["default_model_slug"].word
            ended = metadata["finish_details"]["type"].text
            node.finish_reason = _FINISH.get(ended)
            node.status = _STATUS.get(message["status"].text, MessageStatus.COMPLETE)
            node.status = MessageStatus.STOPPED if ended == "interrupted" else node.status
        return node

    def _instructions(self, content: Told) -> None:
        said = (content["user_profile"].text, content["user_instructions"].text)
        self.aside.instructions = "\n\n".join(one for one in said if one.strip()) or self.aside.instructions

    def _parts(self, message: Told, role: str) -> tuple[Part, ...]:
        content = message["content"]
        kind = content["content_type"].text
        recipient = message["recipient"].text
        if role == "assistant" and recipient not in _TO_ALL and kind in {"text", "code"}:
            arguments = content["text"].text or "\n".join(piece.text for piece in content["parts"])
            return (ToolCall(id=message["id"].text, name=short(recipient), arguments=arguments),) if arguments else ()
        parts = self._of_content(kind, content)
        names = [file["name"].text for file in message["metadata"]["attachments"]]
        if role == "user" and kind != "multimodal_text":
            parts = (*texts(*(attached(name) for name in names if name)), *parts)
        return parts

    def _of_content(self, kind: str, content: Told) -> tuple[Part, ...]:
        if kind in {"text", "multimodal_text", ""}:
            return tuple(part for piece in content["parts"] for part in self._piece(piece))
        if kind in _KINDS:
            return _KINDS[kind](content)
        said = [content[name].text for name in ("text", "result", "content", "output_str") if content[name].text]
        if kind != "model_editable_context" and said:
            return texts(said[0])
        if kind != "model_editable_context" and content["parts"]:
            return tuple(part for piece in content["parts"] for part in self._piece(piece))
        self._note(kind)
        return ()

    def _note(self, kind: str) -> None:
        name = short(kind) or "?"
        self.aside.unknown[name] = self.aside.unknown.get(name, 0) + 1

    def _piece(self, piece: Told) -> tuple[Part, ...]:
        if piece.is_text:
            return texts(piece.text)
        kind = piece["content_type"].text
        if kind == "image_asset_pointer":
            name = piece["asset_pointer"].text
            for pointer in _POINTERS:
                name = name.removeprefix(pointer)
            return (picture(self.picture(name), "image"),)
        if piece["text"].text:
            return texts(piece["text"].text)
        if piece:
            self._note(kind)
        return ()


def _code(content: Told) -> tuple[Part, ...]:
    return texts(fenced(content["text"].text, content["language"].text.replace("unknown", "")))


def _output(content: Told) -> tuple[Part, ...]:
    return texts(fenced(content["text"].text)) if content["text"].text.strip() else ()


def _quote(content: Told) -> tuple[Part, ...]:
    source = content["title"].text or content["domain"].text
    url = content["url"].text
    lines = "\n".join(f"> {line}" for line in content["text"].text.splitlines())
    return texts("\n\n".join(one for one in (f"{source} {url}".strip(), lines) if one))


def _browsing(content: Told) -> tuple[Part, ...]:
    return texts(content["summary"].text or content["result"].text)


def _thoughts(content: Told) -> tuple[Part, ...]:
    said = [
        "\n\n".join(one for one in (thought["summary"].text, thought["content"].text) if one)
        for thought in content["thoughts"]
    ]
    text = "\n\n".join(one for one in said if one)
    return (Thinking(text=text),) if text else ()


def _recap(content: Told) -> tuple[Part, ...]:
    return (Thinking(text=content["content"].text),) if content["content"].text else ()


def _system_error(content: Told) -> tuple[Part, ...]:
    return texts(": ".join(one for one in (content["name"].text, content["text"].text) if one))


_KINDS: Final[Mapping[str, Callable[[Told], tuple[Part, ...]]]] = {
    "code": _code,
    "execution_output": _output,
    "tether_quote": _quote,
    "tether_browsing_display": _browsing,
    "thoughts": _thoughts,
    "reasoning_recap": _recap,
    "system_error": _system_error,
}
