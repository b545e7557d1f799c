"""Search over HTTP: before anything is indexed, afterwards, and while both is the case, with the same answers."""

from datetime import timedelta

import pytest
from tests.conversations.house import Tasks, someone
from tests.conversations.search.talking import LONG_AGO, Library, marked, shown

from chimera.adapters.event_buses.memory import MemoryBus
from chimera.conversations.repository import KeptConversations
from chimera.conversations.search import ranking
from chimera.conversations.search.repository import KeptEntries, KeptPages, KeptSegments
from chimera.conversations.shelves.service import Arrangement, FolderChange, Shelves
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database

HARBOUR = (
    "Where did we leave the boat?",
    "At the second harbour, beside the Café Größenwahn.",
    "And the ferry? The second one leaves from another harbour.",
    "The ferry to 東京都 leaves at nine; don't be late.",
)
CHATTER = [f"Number {number} of many things that were said of the weather." for number in range(140)]


@pytest.fixture
def library(database: Database, tasks: Tasks) -> Library:
    return Library(database=database, tasks=tasks)


async def assert_found(library: Library, ada: Scope, conversation: object, messages: list[object]) -> None:
    """What every state of the index answers alike."""
    _, at_harbour, ferry, late = HARBOUR
    async with library.asked_by(ada) as search:
        for q, found in {
            "ferry": {ferry, late},
            "FERRY leaves": {ferry, late},
            "ferr": {ferry, late},
            '"ferr"': set(),
            '"second harbour"': {at_harbour},
            "second harbour": {at_harbour, ferry},
            "harbour -ferry": {at_harbour},
            '-"second one" harbour': {at_harbour},
            "cafe grossenwahn": {at_harbour},
            "GRÖSSENWAHN": {at_harbour},
            "東京": {late},
            "京": {late},
            "都": {late},
            "京東": set(),
            "don't": {late},
            "boat zeppelin": set(),
            "Lisbon": {"A trip to Lisbon"},
        }.items():
            page = await search(q)
            assert (q, set(shown(page))) == (q, found)
            assert page["next_cursor"] is None
        (hit,) = (await search("boat", role="user"))["data"]
        assert marked(hit) == ["boat"]
        assert (hit["conversation_id"], hit["message_id"]) == (str(conversation), str(messages[0]))
        assert (hit["kind"], hit["title"], hit["role"], hit["model"]) == ("message", "A trip to Lisbon", "user", None)
        assert marked((await search("cafe"))["data"][0]) == ["Café"]
        assert marked((await search("東京都"))["data"][0]) == ["東京都"]
        assert shown(await search("ferry", model="openai/gpt-5")) == [late]
        assert shown(await search("lis", role="title")) == ["A trip to Lisbon"]
        assert shown(await search("ferry", conversation_id=new_id())) == []
        assert set(shown(await search("ferry", conversation_id=conversation))) == {ferry, late}
        assert shown(await search("ferry", **{"from": (LONG_AGO + timedelta(seconds=150)).isoformat()})) == [late]
        assert shown(await search("ferry", to=(LONG_AGO + timedelta(seconds=150)).isoformat())) == [ferry]


async def test_all_states_of_the_index_answer_alike(library: Library, ada: Scope) -> None:
    conversation, messages = await library.talk(ada, HARBOUR, title="A trip to Lisbon")
    await library.talk(someone(ada), ["My colleague's ferry"], title="Lisbon, too")
    await library.talk(someone(), ["A stranger's ferry"], title="Lisbon as well")
    await assert_found(library, ada, conversation, messages)
    await library.talk(ada, CHATTER)
    assert await library.indexing.of(ada) == len(HARBOUR) + len(CHATTER) + 2
    await assert_found(library, ada, conversation, messages)
    async with library.asked_by(ada) as search:
        first = await search("weather number", limit=50)
        second = await search("weather number", limit=50, cursor=first["next_cursor"])
        third = await search("weather number", limit=50, cursor=second["next_cursor"])
        pages = [*shown(first), *shown(second), *shown(third)]
        assert len(pages) == len(set(pages)) == len(CHATTER)
        assert third["next_cursor"] is None
        assert pages[0] == CHATTER[-1], "of those as good, the latest comes first"
        refused = [await search(q) for q in ("-ferry", "!?", " ", "a " * 30)]
        assert {(one["status"], one["code"]) for one in refused} == {(400, "invalid_request")}
        assert (await search("x", cursor="none of ours"))["code"] == "invalid_request"

    # What is renamed, added and removed, counts at once.
    await library.rename(ada, conversation, "A journey to Porto")
    await library.talk(ada, ["The ferry sank."])
    async with library.asked_by(ada) as search:
        assert shown(await search("Lisbon")) == []
        assert shown(await search("porto journey")) == ["A journey to Porto"]
        assert set(shown(await search("ferry"))) == {HARBOUR[2], HARBOUR[3], "The ferry sank."}
    await library.remove(ada, conversation)
    async with library.database.reading(ada) as tx:
        assert await KeptSegments(tx, ada).count() == await KeptPages(tx, ada).count() == 0
        assert await KeptEntries(tx, ada).waiting() == len(CHATTER) + 3
    async with library.asked_by(ada) as search:
        assert shown(await search("ferry")) == ["The ferry sank."]
        assert len(shown(await search("weather", limit=50))) == 50, "and what was found so many is indexed again"
        await library.tasks.done()
        assert len(shown(await search("weather", limit=50))) == 50
    async with library.database.reading(ada) as tx:
        assert await KeptEntries(tx, ada).waiting() == 0


@pytest.mark.parametrize(("tied", "missing"), [(2_000, 0), (50, 100)])
async def test_texts_of_one_moment_are_all_found_and_hide_none_behind_them(
    library: Library, ada: Scope, monkeypatch: pytest.MonkeyPatch, tied: int, missing: int
) -> None:
    monkeypatch.setattr(ranking, "_MOST_TIED", tied)
    of_old = [f"Old weather of the year {year}." for year in range(30)]
    await library.talk(ada, of_old, begun=LONG_AGO - timedelta(days=400))
    at_once = [f"Brought weather of the year {year}." for year in range(350)]
    await library.talk(ada, at_once, apart=timedelta())
    await library.indexing.of(ada)
    found: list[str] = []
    cursor = None
    async with library.asked_by(ada) as search:
        for _ in range(30):
            page = await search("weather year", limit=50, **({"cursor": cursor} if cursor else {}))
            found += shown(page)
            if (cursor := page["next_cursor"]) is None:
                break
    assert len(found) == len(set(found))
    assert len(set(at_once) - set(found)) == missing
    assert set(of_old) <= set(found)


async def test_what_is_being_written_is_found_and_indexed_once_it_is_whole(library: Library, ada: Scope) -> None:
    await library.talk(ada, CHATTER)
    await library.talk(ada, ["Half a senten"], status="streaming")
    await library.indexing.of(ada)
    async with library.database.reading(ada) as tx:
        assert await KeptEntries(tx, ada).waiting() == 1
    async with library.asked_by(ada) as search:
        assert shown(await search("half senten")) == ["Half a senten"]


async def test_many_small_segments_become_a_large_one_and_what_moved_meanwhile_is_not_kept(
    library: Library, ada: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chimera.conversations.search.indexing.MOST", 300)
    for _ in range(4):
        await library.talk(ada, CHATTER)
        await library.indexing.of(ada)
    async with library.database.reading(ada) as tx:
        assert await KeptSegments(tx, ada).small(150) == {}
        assert await KeptEntries(tx, ada).waiting() < 150
    async with library.asked_by(ada) as search:
        assert len(shown(await search("139"))) == 4


async def test_nothing_is_found_of_a_conversation_that_is_temporary(library: Library, ada: Scope) -> None:
    kept, _ = await library.talk(ada, ["The ferry leaves."], title="Ferries")
    for title, temporary in (("Ferries, in secret", True), ("Ferries, in the open", False)):
        conversation, _ = await library.talk(ada, ["Another ferry leaves."], title=title)
        async with library.database.transaction(ada) as tx:
            (await KeptConversations(tx, ada).found(conversation)).temporary = temporary
    async with library.asked_by(ada) as search:
        found = await search("ferry")
        assert shown(found).count("Another ferry leaves.") == 1
        assert "Ferries, in secret" not in shown(await search("ferries"))
        assert {hit["conversation_id"] for hit in found["data"]} >= {str(kept)}


async def test_a_folder_and_a_tag_narrow_what_is_found(library: Library, ada: Scope) -> None:
    shelves = Shelves(database=library.database, bus=MemoryBus())
    here, _ = await library.talk(ada, ["The ferry leaves."], title="Ferries")
    await library.talk(ada, ["Another ferry leaves."], title="Ferries elsewhere")
    folder = await shelves.make(ada, FolderChange(name="Trips"))
    await shelves.arrange(ada, [here], Arrangement(folder_id=folder.id, add_tags=["Sea"]))
    theirs = await shelves.make(someone(ada), FolderChange(name="Theirs"))
    async with library.asked_by(ada) as search:
        for within in ({"folder": folder.id}, {"tag": "sea"}, {"folder": folder.id, "tag": "SEA"}):
            assert set(shown(await search("ferr", **within))) == {"The ferry leaves.", "Ferries"}
        for elsewhere in ({"folder": theirs.id}, {"tag": "land"}, {"folder": new_id(), "tag": "sea"}):
            assert shown(await search("ferr", **elsewhere)) == []
