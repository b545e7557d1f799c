"""Our own format leaves nothing out: every column is told or excused, and what goes out comes back as it was."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.conversations.house import someone
from tests.conversations.interchange.offices import EXPORT, Office, bring_file, counts, documents
from tests.conversations.interchange.reading import all_of, failures

from chimera.conversations.context import ContextReport
from chimera.conversations.context.report import TokensByPart
from chimera.conversations.encoding import Failure, Spoken
from chimera.conversations.interchange.documents import (
    VERSION,
    ConversationDocument,
    MessageDocument,
    PanelDocument,
    UsageDocument,
)
from chimera.conversations.interchange.rows import document_of
from chimera.conversations.interchange.writers import ours
from chimera.conversations.panels.limits import Limits
from chimera.conversations.panels.participants import Participant
from chimera.conversations.panels.settings import Debate, Volunteer
from chimera.conversations.states import MessageStatus
from chimera.conversations.tables import ConversationRow, MessageRow, PanelRow
from chimera.gateway.telling import Decision
from chimera.kit.errors import Kind
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Citation, Document, Image, Text, Thinking, ToolCall, ToolResult
from chimera.store import Database, Table
from chimera.store.columns.sealed import LOST

AT = datetime(2025, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)
PIXEL = "data:image/png;base64,iVBORw0KGgo="
# Columns that a file does not tell, and why.
EXCUSED = {
    "tenant_id": "whose it is shows where it comes in",
    "owner_id": "likewise",
    "conversation_id": "messages stand in their conversation",
    "vectors": "made anew of the words",
    "prompt": "names what is in the library here, which no file brings",
    "persona": "likewise",
    "prompt_id": "likewise",
    "prompt_version": "likewise",
    "cache_id": "names an answer in the cache here",
}
# How long it is quiet here: what comes in is new here.
OF_ITS_LIFE = {"state", "state_since", "quiet_since", "summary", "summary_of"}
# Where its owner put a conversation here, and for how long: what comes in lies before them like anything new.
OF_ITS_PLACE = {"folder_id", "pinned", "archived", "temporary"}
OF_A_RUN = {"id", "created_at", "nominated", "skipped", "pausing", "held_nusd"}


def columns(table: type[Table]) -> set[str]:
    return set(table.__mapper__.column_attrs.keys()) - EXCUSED.keys()


def test_every_column_is_told_or_excused() -> None:
    """A new column of these comes into `documents.py` and `rows.py`, with a default; or is excused here."""
    assert columns(ConversationRow) - OF_ITS_PLACE - OF_ITS_LIFE <= set(ConversationDocument.__struct_fields__)
    told = {*MessageDocument.__struct_fields__, *UsageDocument.__struct_fields__}
    assert columns(MessageRow) <= told
    assert columns(PanelRow) - OF_A_RUN == set(PanelDocument.__struct_fields__)


def full(place: int, **more: Any) -> MessageDocument:
    """A message with everything that one may have."""
    spoken = Spoken(participant_id=new_id(), handle="Ada", role="answer", round=2, why="Her turn.", replaced=True)
    given: dict[str, Any] = {
        "id": str(UUID(int=place)),
        "role": "assistant",
        "created_at": AT + timedelta(seconds=place),
        "parts": (
            Thinking(text="Hm."),
            Text(text="x\x00y 🌍", citations=(Citation(url="https://a.example", quote="q", start=0, end=1),)),
            Image(url=PIXEL, detail="low"),
            Document(url="data:text/plain;base64,aGk=", name="a.txt"),
            ToolCall(id="c", name="look", arguments="{not json"),
            ToolResult(call_id="c", parts=(Text(text="seen"),), is_error=True),
        ),
        "status": MessageStatus.FAILED,
        "model": "openai/gpt-5",
        "finish_reason": "length",
        "usage": UsageDocument(input_tokens=1, output_tokens=2, cached_tokens=3, cache_write_tokens=4),
        "cost_nusd": 5_280_000,
        "decision": Decision(chosen="openai/gpt-5", confidence=0.5, reasons=("It is cheap.",)),
        "pinned": True,
        "summary": "They said hm.",
        "error": Failure(code="provider_timeout", kind=Kind.TIMEOUT, detail="Too slow."),
        "speech": spoken,
        "turn_id": str(UUID(int=1_000 + place // 2)),
        "cache": "exact",
        "good": False,
        "remark": "Too short.",
    }
    return MessageDocument(**given | more)


def whole() -> ConversationDocument:
    first, second, third = (str(UUID(int=place)) for place in (1, 2, 3))
    tokens = TokensByPart(history=7, total=7)
    report = ContextReport(model="m", window_tokens=9, limit_tokens=8, tokens=tokens, history_from=UUID(first))
    return ConversationDocument(
        version=VERSION,
        id=str(new_id()),
        title="Skies",
        model="openai/gone",
        system_prompt="Be brief.\x00",
        temperature=0.5,
        fallback_model="b",
        created_at=AT,
        updated_at=AT + timedelta(days=1),
        leaf_id=second,
        has_panel=True,
        panel=PanelDocument(
            seats=(
                Participant(id=new_id(), handle="Ada", model="a"),
                Participant(id=new_id(), handle="Bob", model="b"),
            ),
            policy=Debate(judge="Ada"),
            limits=Limits(rounds=3, budget_nusd=7),
            seed=42,
            spent_nusd=11,
        ),
        messages=(
            full(1, role="user", status=MessageStatus.COMPLETE),
            full(2, parent_id=first, context=report),
            full(3, parent_id=first, status=MessageStatus.STOPPED),
            full(4, parent_id=third),
        ),
    )


def placed(document: ConversationDocument) -> dict[str, Any]:
    """All of it, with places instead of ids that are made anew."""
    text = ours.write(document).decode()
    for place, one in enumerate(document.messages):
        text = text.replace(one.id, f"place {place}")
        text = text.replace(f'"turn_id":"{one.turn_id}"', f'"turn_id":"turn of {_turns(document).index(one.turn_id)}"')
    told: dict[str, Any] = json.loads(text)
    return told | {"id": ""}


def _turns(document: ConversationDocument) -> list[str | None]:
    return list(dict.fromkeys(one.turn_id for one in document.messages))


async def test_a_conversation_with_everything_comes_back_with_everything(database: Database, ada: Scope) -> None:
    office, document = Office(database), whole()
    async with office.visited(ada) as http, office.visited(someone()) as elsewhere:
        assert counts(await bring_file(http, ours.write(document))) == {"made": 1}
        [kept] = await documents(http)
        assert placed(kept) == placed(document)
        assert counts(await bring_file(elsewhere, (await http.get(EXPORT)).content)) == {"made": 1}
        assert [placed(one) for one in await documents(elsewhere)] == [placed(document)]
        for form in ("json", "markdown", "html"):
            zipped = await http.get(EXPORT, params={"format": form, "branches": "all"})
            assert zipped.headers["content-type"] == "application/zip"
            found = all_of(zipped.content)
            assert (len(found), failures(found)) == ((1, []) if form == "json" else (0, []))


async def test_times_without_a_zone_or_out_of_the_world_are_read_as_well_as_can_be(
    database: Database, ada: Scope
) -> None:
    office, told = Office(database), json.loads(ours.write(whole()))
    told["updated_at"], told["messages"][0]["created_at"] = "2024-01-02T00:00:00", "2024-01-01T00:00:00"
    told["messages"][1]["created_at"] = "0001-01-01T00:00:00+14:00"
    nowhen = told | {
        "id": str(new_id()),
        "created_at": "9999-12-31T23:59:59-14:00",
        "updated_at": "0001-01-01T00:00:00",
    }
    async with office.visited(ada) as http:
        read = await bring_file(http, json.dumps([nowhen, told]).encode())
        assert counts(read) == {"made": 1, "failed": 1}
        assert "at no time" in read["failures"][0]["detail"]
        [kept] = await documents(http)
    assert kept.updated_at == AT
    assert [one.created_at for one in kept.messages[:2]] == [datetime(2024, 1, 1, tzinfo=UTC), AT]


async def test_a_panel_that_comes_in_is_bounded_as_one_that_is_made_here(database: Database, ada: Scope) -> None:
    office, told = Office(database), json.loads(ours.write(whole()))
    panel = told["panel"]
    crowd = panel | {"seats": [panel["seats"][0] | {"handle": f"Ada{number}"} for number in range(13)]}
    panel["limits"] = {"turns": 10**9, "rounds": 0, "tokens": 10**12, "seconds": -1}
    panel["policy"] = {"type": "volunteer", "threshold": 99}
    panel["seats"][0] |= {"colour": "red;}", "avatar": "x" * 99, "persona": "y" * 300_000}
    async with office.visited(ada) as http:
        read = await bring_file(http, json.dumps([told | {"id": str(new_id()), "panel": crowd}, told]).encode())
        assert counts(read) == {"made": 1, "failed": 1}
        assert "13 participants" in read["failures"][0]["detail"]
        [kept] = await documents(http)
    assert kept.panel is not None
    assert kept.panel.limits == Limits(turns=100, rounds=1, tokens=2**31 - 1)
    assert kept.panel.policy == Volunteer(threshold=10)
    first = kept.panel.seats[0]
    assert (first.colour, len(first.avatar), len(first.persona)) == ("", 16, 200_000)


async def test_a_fork_stays_the_fork_of_what_came_with_it(database: Database, ada: Scope) -> None:
    office, parent, child = Office(database), whole(), whole()
    forked = {"forked_from_id": parent.id, "forked_at_id": parent.messages[1].id}
    fork = json.loads(ours.write(child)) | forked
    async with office.visited(ada) as http, office.visited(someone(ada)) as elsewhere:
        await bring_file(elsewhere, json.dumps(fork).encode())
        [alone] = await documents(elsewhere)
        assert (alone.forked_from_id, alone.forked_at_id) == (None, None)
        await bring_file(http, ours.write(parent) + json.dumps(fork).encode())
        made, forked_off = await documents(http)
        assert (forked_off.forked_from_id, forked_off.forked_at_id) == (made.id, made.messages[1].id)


async def test_what_only_this_server_can_know_is_not_believed(sqlite_database: Database, ada: Scope) -> None:
    odd = {
        "temperature": 1e9,
        "model": "x" * 10_000 + "\x00",
        "system_prompt": "x" * 500_000,
        "updated_at": "0001-01-01T00:00:00Z",
        "leaf_id": "nobody",
        "title": "\x00\n" * 9_000,
    }
    told = [json.loads(ours.write(whole())) | {name: value} for name, value in odd.items()]
    async with Office(sqlite_database).visited(ada) as http:
        assert counts(await bring_file(http, json.dumps(told).encode())) == {"made": 6}
        kept = await documents(http)
    assert {one.temperature for one in kept} == {None, 0.5}
    assert max(len(one.model or "") for one in kept) == 300
    assert max(len(one.system_prompt or "") for one in kept) == 200_000
    assert min(one.updated_at for one in kept) == AT
    assert {one.title for one in kept} == {"", "Skies"}
    assert all(one.leaf_id in {message.id for message in one.messages} for one in kept)


async def test_signatures_are_not_taken_over_and_addresses_elsewhere_are_only_named(
    sqlite_database: Database, ada: Scope
) -> None:
    parts = (
        Thinking(text="Hm.", signature="forged", origin="anthropic_messages"),
        Thinking(text="", signature="forged", redacted=True),
        ToolCall(id="c", name="n", arguments="{}", signature="forged"),
        Image(url="https://tracker.example/x.png"),
    )
    document = whole()
    office = Office(sqlite_database)
    async with office.visited(ada) as http:
        told = await bring_file(
            http, ours.write(type(document)(**_fields(document) | {"messages": (full(1, parts=parts),)}))
        )
        assert told["warnings"][0]["detail"] == "1 answers bore a provider's signature, which is not taken over."
        content = (await http.get(EXPORT)).text
        assert "forged" not in content
        assert "tracker" not in content


def _fields(document: ConversationDocument) -> dict[str, Any]:
    return {name: getattr(document, name) for name in document.__struct_fields__}


def test_what_was_lost_with_its_key_is_told_as_lost() -> None:
    conversation = ConversationRow(id=new_id(), title=LOST, system_prompt=LOST, created_at=AT, updated_at=AT)
    row = MessageRow(id=new_id(), turn_id=new_id(), role="user", parts=LOST, status="complete", created_at=AT)
    row.error, row.speech, row.summary, row.pinned = LOST, LOST, LOST, False
    panel = PanelRow(id=conversation.id, seats=LOST)
    conversation.has_panel = True
    document = document_of(conversation, [row], panel)
    assert (document.title, document.panel, document.messages[0].lost) == ("", None, True)
    assert json.loads(ours.write(document))["messages"][0]["lost"] is True
