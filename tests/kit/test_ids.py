"""Ids made by us."""

from chimera.kit.ids import new_id


def test_ids_are_version_7_and_sort_by_the_time_they_were_made() -> None:
    made = [new_id() for _ in range(1000)]
    assert {one.version for one in made} == {7}
    assert len(set(made)) == 1000
    milliseconds = [one.int >> 80 for one in made]
    assert milliseconds == sorted(milliseconds)
