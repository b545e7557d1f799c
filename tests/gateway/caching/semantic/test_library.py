"""Questions that mean the same: nothing is given before it is certain, and nothing leaves its partition."""

import random
from collections import Counter

from tests.gateway.caching.semantic.crowd import Desk, Topics, question, scope_of, word

from chimera.gateway.caching.semantic.library import Library
from chimera.gateway.caching.similar import Asked


async def test_nothing_is_given_until_enough_answers_were_seen_to_agree() -> None:
    chance, desk = random.Random(1), Desk(Library(Topics(), seed=1))
    why = [(await desk.ask(question(chance, turn % 8), word(turn % 8)))[0].why for turn in range(400)]
    assert "certified" not in why[:100]
    assert why[300:].count("certified") > 80
    assert 1 <= why.count("audit") < 0.12 * why.count("certified")


async def test_where_likeness_says_nothing_nothing_is_given() -> None:
    chance, desk = random.Random(2), Desk(Library(Topics(), seed=2))
    # Alike questions, and answers at random: near is not right here.
    why = Counter([(await desk.ask(question(chance, turn % 8), str(chance.random())))[0].why for turn in range(400)])
    assert why["certified"] == 0
    assert why["uncertified"] > 300


async def test_of_what_is_given_no_more_is_wrong_than_promised() -> None:
    given = wrong = 0
    for seed in range(3):
        chance, desk = random.Random(seed), Desk(Library(Topics(), seed=seed), max_wrong=0.15)
        for turn in range(600):
            # One answer in twenty is another one, whatever was asked: a noise that no likeness shows.
            answer = word(turn % 6) if chance.random() > 0.05 else str(turn)
            finding, is_wrong = await desk.ask(question(chance, turn % 6), answer)
            given += finding.serve is not None
            wrong += is_wrong
    assert given > 200
    assert wrong / given <= 0.15


async def test_when_answers_change_it_soon_stops_to_give_them() -> None:
    chance, desk = random.Random(4), Desk(Library(Topics(), seed=4, audited=0.3), max_wrong=0.05)
    for turn in range(600):
        await desk.ask(question(chance, turn % 4), word(turn % 4))
    before = [(await desk.ask(question(chance, turn % 4), word(turn % 4)))[0].serve for turn in range(60)]
    assert sum(serve is not None for serve in before) > 20
    # From now on everything has another answer; only audits show it.
    for turn in range(300):
        await desk.ask(question(chance, turn % 4), word(turn % 4 + 500))
    after = [(await desk.ask(question(chance, turn % 4), word(turn % 4 + 500)))[1] for turn in range(40)]
    assert not any(after)


async def test_two_partitions_and_two_tenants_never_meet() -> None:
    library, chance = Library(Topics(), seed=5), random.Random(5)
    text = question(chance, 1)
    desk = Desk(library, max_wrong=0.2)
    for turn in range(300):
        await desk.ask(question(chance, turn % 3), word(turn % 3), partition=b"one")
    assert (await desk.ask(question(chance, 0), word(0), partition=b"one"))[0].near
    for scope, partition in ((desk.scope, b"two"), (scope_of(2), b"one")):
        asked = Asked(partition=partition, key=b"k", text=text, max_wrong=0.2)
        finding = await library.find(scope, asked)
        assert (finding.why, finding.near, finding.serve) == ("unlike", (), None)


async def test_an_answer_that_was_said_to_be_wrong_is_not_given_again() -> None:
    chance, desk = random.Random(6), Desk(Library(Topics(), seed=6))
    served = None
    while served is None:
        served = (await desk.ask(question(chance, 0), "the answer"))[0].serve
    await desk.library.wrong(desk.scope, served)
    for _ in range(200):
        finding, _ = await desk.ask(question(chance, 0), "the answer")
        assert finding.serve != served
        assert served not in finding.near


async def test_clearing_forgets_the_questions_of_one_tenant() -> None:
    library, chance = Library(Topics(), seed=7), random.Random(7)
    desks = [Desk(library, tenant=tenant) for tenant in (1, 2)]
    for desk in desks:
        await desk.ask(question(chance, 0), "a")
    await library.clear(desks[0].scope)
    near = [(await desk.ask(question(chance, 0), "a"))[0].near for desk in desks]
    assert not near[0]
    assert near[1]


async def test_the_shelf_that_is_full_lets_the_oldest_go() -> None:
    chance, desk = random.Random(8), Desk(Library(Topics(), most=20, seed=8))
    for turn in range(60):
        await desk.ask(question(chance, turn), word(turn))
    oldest, *_, latest = desk.entries
    found = [await desk.ask(question(chance, topic), word(topic)) for topic in (0, 59)]
    assert oldest not in found[0][0].near
    assert latest in found[1][0].near


async def test_what_is_personal_or_of_the_moment_is_not_even_embedded() -> None:
    embedder = Topics()
    desk = Desk(Library(embedder))
    for text, why in {
        "my phone number is 030 1234567": "personal",
        "what happened in Berlin today": "time-bound",
        "hi": "short",
        "どうすればカードを有効にできますか": "short",
        "как мне активировать карту в приложении": "language",
        "def f(x):\n    return {x: 1};": "code",
        "why " * 400: "long",
    }.items():
        assert (await desk.ask(text, "a"))[0].why == why
    assert embedder.texts == []
