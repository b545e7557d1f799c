"""The builder and the lots, for any parts and weights."""

from hypothesis import given
from hypothesis import strategies as st

from chimera.prompts.bodies import Example, Sections
from chimera.prompts.building import built
from chimera.prompts.labels import Target, decode_targets, drawn, encode_targets

TEXTS = st.text(alphabet="ab \n#-", max_size=12)
LISTS = st.lists(TEXTS, max_size=4).map(tuple)
SECTIONS = st.builds(Sections, identity=TEXTS, capabilities=LISTS, guidelines=LISTS, format=TEXTS, constraints=LISTS)
WEIGHTS = st.lists(st.integers(1, 1_000), min_size=1, max_size=5)


@given(TEXTS, SECTIONS, st.lists(st.builds(Example, input=TEXTS, output=TEXTS), max_size=2))
def test_a_prompt_has_all_its_parts_in_order_and_no_empty_ones(
    text: str, sections: Sections, examples: list[Example]
) -> None:
    prompt = built(text, sections, examples)
    assert prompt == built(text, sections, list(examples))
    points = [*sections.capabilities, *sections.guidelines, *sections.constraints]
    place = 0
    for part in (sections.identity, text, *sections.capabilities, *sections.guidelines, sections.format):
        if part.strip():
            place = prompt.index(part.strip(), place) + len(part.strip())
    assert prompt == prompt.strip() or points or sections.format
    assert ("## Constraints" in prompt) >= any(one.strip() for one in sections.constraints)
    assert prompt.count("<example>") == len(examples)


@given(TEXTS, SECTIONS, TEXTS)
def test_what_comes_before_a_change_stays_as_it_is(text: str, sections: Sections, other: str) -> None:
    before = built(text, Sections(identity=sections.identity), ())
    assert built(text, sections, ()).startswith(before)
    assert built(text, sections, (Example(input=other, output=other),)).startswith(built(text, sections, ()))


@given(WEIGHTS, st.text(max_size=8))
def test_a_lot_draws_one_of_the_versions_whatever_their_order(weights: list[int], lot: str) -> None:
    targets = [Target(version=number, weight=weight) for number, weight in enumerate(weights, 1)]
    version = drawn(targets, lot)
    assert version in range(1, len(weights) + 1)
    assert drawn(targets[::-1], lot) == version == drawn(decode_targets(encode_targets(targets)), lot)


@given(st.integers(1, 99), st.integers(1, 99), st.text(max_size=8))
def test_nobody_leaves_a_version_whose_share_grew(one: int, other: int, lot: str) -> None:
    least, most = sorted((one, other))

    def version(share: int) -> int:
        return drawn([Target(version=1, weight=100 - share), Target(version=2, weight=share)], lot)

    assert not (version(least) == 2 and version(most) == 1)


def test_versions_get_their_shares() -> None:
    targets = [Target(version=1, weight=1), Target(version=2, weight=2), Target(version=5, weight=1)]
    got = [drawn(targets, f"conversation {number}") for number in range(4_000)]
    assert 900 < got.count(1) < 1_100
    assert 1_850 < got.count(2) < 2_150
