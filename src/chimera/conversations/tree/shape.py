"""The shape of a conversation: what lies under what. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Node:
    """A message as nothing but a place in the tree."""

    id: UUID
    parent_id: UUID | None
    turn_id: UUID
    created_at: datetime


def under(nodes: Iterable[Node], top: UUID) -> list[Node]:
    """A message and all that lies under it."""
    nodes = list(nodes)
    children: dict[UUID | None, list[Node]] = {}
    for node in nodes:
        children.setdefault(node.parent_id, []).append(node)
    found = [node for node in nodes if node.id == top]
    for node in found:  # which grows meanwhile
        found += children.pop(node.id, [])
    return found


def newest_leaf(nodes: Iterable[Node]) -> UUID | None:
    """Of those under which there is none of them, the one that was said last."""
    nodes = list(nodes)
    parents = {node.parent_id for node in nodes}
    leaves = [node for node in nodes if node.id not in parents]
    return max(leaves, key=lambda node: (node.created_at, node.id)).id if leaves else None
