"""What lies under what, and which leaf is the newest."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chimera.conversations.tree.shape import Node, newest_leaf, under

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def node(number: int, parent: int | None) -> Node:
    above = None if parent is None else UUID(int=parent)
    return Node(UUID(int=number), above, UUID(int=number), BEGIN + timedelta(seconds=number))


@st.composite
def trees(draw: st.DrawFn) -> list[Node]:
    """Any forest, told in any order."""
    size = draw(st.integers(1, 30))
    parents = [draw(st.one_of(st.none(), st.integers(1, n - 1))) if n > 1 else None for n in range(1, size + 1)]
    return draw(st.permutations([node(n, parent) for n, parent in enumerate(parents, 1)]))


def path_of(nodes: list[Node], leaf: UUID | None) -> set[UUID]:
    by_id, walked = {one.id: one for one in nodes}, set[UUID]()
    while leaf is not None:
        walked.add(leaf)
        leaf = by_id[leaf].parent_id
    return walked


@given(trees(), st.data())
def test_under_a_message_lies_exactly_what_has_it_on_its_path(nodes: list[Node], data: st.DataObject) -> None:
    top = data.draw(st.sampled_from(nodes)).id
    found = [one.id for one in under(nodes, top)]
    assert len(found) == len(set(found))
    assert set(found) == {one.id for one in nodes if top in path_of(nodes, one.id)}


@given(trees(), st.data())
def test_the_newest_leaf_is_the_last_that_nothing_follows(nodes: list[Node], data: st.DataObject) -> None:
    top = data.draw(st.sampled_from(nodes)).id
    leaves = [one for one in under(nodes, top) if all(other.parent_id != one.id for other in nodes)]
    assert newest_leaf(under(nodes, top)) == max(leaves, key=lambda one: one.created_at).id
    assert newest_leaf([]) is None


def test_messages_that_follow_each_other_in_a_circle_are_walked_once() -> None:
    circle = [node(1, 2), node(2, 1)]
    assert {one.id for one in under(circle, UUID(int=1))} == {UUID(int=1), UUID(int=2)}
    assert newest_leaf(circle) is None
