"""A tree of messages out of what a file says of parents and children, however little of it is true. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from chimera.conversations.interchange.documents import ConversationDocument, MessageDocument
from chimera.conversations.states import MessageStatus
from chimera.llm import Part, Thinking

_WARNINGS = {
    "duplicate": "{} messages have the id of another one, and were left out.",
    "orphan": "{} messages name one before them that is not there: they begin branches of their own.",
    "circle": "{} messages come before themselves: they begin branches of their own.",
}


@dataclass(slots=True, kw_only=True)
class Node:
    """A message as the file has it.

    Attributes:
        at: When it was said, if anybody knows.
        parts: Nothing for what is not shown: its children then follow its parent.
    """

    id: str
    parent_id: str | None
    role: Literal["user", "assistant"] = "user"
    at: datetime | None = None
    parts: tuple[Part, ...] = ()
    model: str | None = None
    finish_reason: str | None = None
    status: MessageStatus = MessageStatus.COMPLETE
    pinned: bool = False


@dataclass(slots=True)
class Tree:
    """Nodes by id, each of whose parents is a node or none, and never itself."""

    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    odd: Counter[str] = field(default_factory=Counter[str])

    def put(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            if node.id in self.nodes:
                self.odd["duplicate"] += 1
            else:
                self.nodes[node.id] = node

    def adopt(self, children: Mapping[str, Sequence[str]]) -> None:
        """Let those who name no parent have the one that names them as its children."""
        for parent_id, named in children.items():
            for child_id in named:
                node = self.nodes.get(child_id)
                if node is not None and node.parent_id is None and parent_id in self.nodes and parent_id != child_id:
                    node.parent_id = parent_id

    def mend(self) -> None:
        """Let whoever names a parent that is not there, or themselves, begin a branch."""
        for node in self.nodes.values():
            if node.parent_id is not None and node.parent_id not in self.nodes:
                self.odd["orphan"] += 1
                node.parent_id = None
        safe: set[str] = set()
        for node in self.nodes.values():
            walked: dict[str, None] = {}
            at: Node | None = node
            while at is not None and at.id not in safe:
                walked[at.id] = None
                if at.parent_id is not None and at.parent_id in walked:
                    self.odd["circle"] += 1
                    at.parent_id = None
                at = self.nodes[at.parent_id] if at.parent_id is not None else None
            safe |= walked.keys()

    def warnings(self) -> tuple[str, ...]:
        return tuple(_WARNINGS[name].format(count) for name, count in self.odd.items())


def grown(nodes: Iterable[Node], children: Mapping[str, Sequence[str]] | None = None) -> Tree:
    """Make a tree of what a file says."""
    tree = Tree()
    tree.put(nodes)
    tree.adopt(children or {})
    tree.mend()
    return tree


def whole(document: ConversationDocument, tree: Tree, leaf_id: str | None) -> ConversationDocument:
    """The document with the messages of the tree, parents first; what has no words is bridged.

    Args:
        document: All but the messages.
        tree: Its nodes.
        leaf_id: The node that the file shows last; where there is no such, the last one is.
    """
    kept: dict[str, MessageDocument] = {}
    # Of each node that was looked at: the message that its children follow, and thoughts that wait for theirs.
    shown: dict[str | None, str | None] = {None: None}
    waiting: dict[str | None, tuple[Part, ...]] = {}
    order = parents_first(tree)
    answers = _lone_answers(order)
    for node in order:
        parts = (*waiting.pop(node.parent_id, ()), *node.parts)
        before = shown[node.parent_id]
        if node.id in answers and all(isinstance(part, Thinking) for part in parts):
            shown[node.id], waiting[node.id] = before, parts
        elif not parts:
            shown[node.id] = before
        else:
            shown[node.id] = node.id
            earlier = kept[before].created_at if before is not None else document.created_at
            kept[node.id] = _message(node, before, node.at or earlier, parts)
    leaf = shown.get(leaf_id) if leaf_id is not None else None
    if leaf is None and kept:
        leaf = _latest(kept)
    return replace(document, leaf_id=leaf, messages=tuple(kept.values()))


def _message(node: Node, parent_id: str | None, at: datetime, parts: tuple[Part, ...]) -> MessageDocument:
    return MessageDocument(
        id=node.id,
        parent_id=parent_id,
        role=node.role,
        created_at=at,
        parts=parts,
        status=node.status,
        model=node.model if node.role == "assistant" else None,
        finish_reason=node.finish_reason,
        pinned=node.pinned,
    )


def parents_first(tree: Tree) -> list[Node]:
    """All nodes, those before the ones that follow them, else in their order in the file."""
    by_parent: dict[str | None, list[Node]] = {}
    for node in tree.nodes.values():
        by_parent.setdefault(node.parent_id, []).append(node)
    order: list[Node] = []
    left = list(reversed(by_parent.get(None, ())))
    while left:
        node = left.pop()
        order.append(node)
        left += reversed(by_parent.get(node.id, ()))
    return order


def _lone_answers(order: Sequence[Node]) -> set[str]:
    """Nodes of answers that are followed by exactly one node, which is of an answer as well."""
    following: dict[str, list[Node]] = {}
    for node in order:
        if node.parent_id is not None:
            following.setdefault(node.parent_id, []).append(node)
    lone: set[str] = set()
    for node in order:
        after = following.get(node.id, [])
        if node.role == "assistant" and [one.role for one in after] == ["assistant"]:
            lone |= {node.id} if after[0].parts or after[0].id in following else set()
    return lone


def _latest(kept: Mapping[str, MessageDocument]) -> str:
    """The last leaf that was said; of those said at once the last in the file."""
    parents = {one.parent_id for one in kept.values()}
    leaves = [one for one in kept.values() if one.id not in parents]
    return max(enumerate(leaves), key=lambda numbered: (numbered[1].created_at, numbered[0]))[1].id
