"""What became of it all: each question, answer, event and amount, held against what people saw and the model said."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from uuid import UUID

from tests.durability.ordeal.blows import Field
from tests.durability.ordeal.doors import Door
from tests.durability.ordeal.readings import Reading, texts_of
from tests.durability.ordeal.speaker import first_after, question_of, spoken
from tests.durability.ordeal.talks import BUDGET_USD, Asked, Talk
from tests.durability.replica import Frame, answer_of
from tests.durability.rows import count, run
from tests.fakes.received import Received
from tests.fakes.server import FakeUpstream

from chimera.kit.money import nusd
from chimera.spend.reconciling import reconcile
from chimera.store import connect

Message: TypeAlias = dict[str, Any]
Line: TypeAlias = tuple[str, int | None]
_BACK_WITHIN_S: Final = 1.5
_ENDED: Final = {"completed", "stopped", "interrupted", "failed"}


@dataclass(slots=True, kw_only=True)
class Verdict:
    """Faults that were found, in words; none is as it should be.

    Attributes:
        turns: How each turn that was read ended.
        events: How many were read, by all readers.
        cuts: How often a reader was cut off by itself; others were by what happened.
        refused: Questions that were not taken, and were asked again.
        lost_ms: Of each answer that a kill ended and of which something is lost: how long before the kill the model had
            said the first of it.
        halted_ms: The same of those whose server could not write any more when it was killed, as the file was locked or
            it stood still: how long before that. Nobody was shown what came after.
    """

    faults: list[str] = field(default_factory=list[str])
    blows: Counter[str] = field(default_factory=Counter[str])
    turns: Counter[str] = field(default_factory=Counter[str])
    questions: int = 0
    speeches: int = 0
    readers: int = 0
    events: int = 0
    cuts: int = 0
    refused: int = 0
    lost_ms: list[float] = field(default_factory=list[float])
    halted_ms: list[float] = field(default_factory=list[float])
    ledger: Counter[str] = field(default_factory=Counter[str])
    billed: int = 0


async def judge(talks: Sequence[Talk], struck: Field, fake: FakeUpstream) -> Verdict:
    """Ask a server that is open for everything, and the database for what it does not tell."""
    verdict = Verdict(blows=Counter(struck.done))
    server = (await struck.doors.any()).server.client
    ledger = await _ledger(struck.database_url)
    heard = defaultdict[str, list[Received]](list)
    for received in spoken(fake):
        heard[question_of(received)].append(received)
    lengths = await _lengths(struck.database_url)
    for talk in talks:
        messages = await talk.messages(server)
        _judge_questions(verdict, talk, messages)
        for asked in talk.asked:
            _judge_readings(verdict, asked, messages, lengths)
            _judge_speeches(verdict, (asked, struck), messages, heard[asked.tag])
        _judge_money(verdict, messages, ledger)
        if talk.panel is not None:
            panel = (await server.get(f"/api/v1/conversations/{talk.id}/panel")).json()
            if nusd(panel["spent_usd"]) > nusd(BUDGET_USD):
                verdict.faults.append(f"the panel of {talk.id} spent {panel['spent_usd']}")
        verdict.refused += talk.refused
    await _judge_books(verdict, struck.database_url, fake, ledger)
    return verdict


def _judge_questions(verdict: Verdict, talk: Talk, messages: Sequence[Message]) -> None:
    """Whatever was taken is there once and in the order in which it was said; a message follows the one before it."""
    said = [answer_of(message) for message in messages if message["role"] == "user"]
    kept = [asked.text for asked in talk.asked if asked.is_kept]
    verdict.questions += len(kept)
    if doubled := [text for text, times in Counter(said).items() if times > 1]:
        verdict.faults.append(f"asked once and kept twice: {doubled}")
    if [text for text in said if text in set(kept)] != kept:
        verdict.faults.append(f"questions lost or out of order: {sorted(set(kept) - set(said))} of {talk.id}")
    for earlier, later in itertools.pairwise(messages):
        if later["parent_id"] != earlier["id"]:
            verdict.faults.append(f"{later['id']} does not follow {earlier['id']}")
    verdict.faults += [f"message {one['id']} is still written" for one in messages if one["status"] == "streaming"]


def _judge_readings(
    verdict: Verdict, asked: Asked, messages: Sequence[Message], lengths: dict[UUID, tuple[str, int, int]]
) -> None:
    """Numbers without a gap up to the last of the journal, the same for all readers, and the words of the messages."""
    if asked.turn_id is None:
        return
    readings = [asked.reading, *asked.others]
    status, entries, last = lengths[UUID(asked.turn_id)]
    verdict.turns[status] += 1
    verdict.readers += len(readings)
    if status not in _ENDED or entries != last:
        verdict.faults.append(f"turn {asked.turn_id} is {status} and has {entries} of {last} events")
    for reading in readings:
        verdict.events += len(reading.frames)
        verdict.cuts += reading.cuts
        verdict.faults += [f"{asked.tag}: {fault}" for fault in reading.faults]
        verdict.faults += [f"{asked.tag}: {fault}" for fault in _faults_of(reading, asked, last)]
    by_id = {str(message["id"]): answer_of(message) for message in messages}
    for message_id, text in texts_of(asked.reading.frames).items():
        if by_id.get(message_id) != text:
            verdict.faults.append(f"{asked.tag}: read {text!r}, kept {by_id.get(message_id)!r}")


def _faults_of(reading: Reading, asked: Asked, last: int) -> Iterator[str]:
    if not reading.is_over or reading.last != last:
        yield f"read to {reading.last} of {last}"
    if [_told(frame) for frame in reading.frames] != [_told(frame) for frame in asked.reading.frames]:
        yield "two readers were told different things"
    begun = Counter(frame.data["message_id"] for frame in reading.frames if frame.event == "speech.started")
    ended = Counter(frame.data["message_id"] for frame in reading.frames if frame.event == "speech.finished")
    if begun != ended or begun.total() != len(begun):
        yield f"speeches begun {begun}, ended {ended}"


def _told(frame: Frame) -> tuple[int, str, object]:
    """An event without the number of the request in which it was told."""
    error = frame.data.get("error")
    return frame.id, frame.event, frame.data | {"error": error and error["code"]}


def _judge_speeches(
    verdict: Verdict, about: tuple[Asked, Field], messages: Sequence[Message], heard: Sequence[Received]
) -> None:
    """Whatever the model said is kept: all of it where it was heard out, else all but its very end."""
    asked, struck = about
    for received in heard:
        assert received.speech is not None
        verdict.speeches += 1
        kept = _kept_of(received.speech.text, messages)
        text = "" if kept is None else answer_of(kept)
        if kept is not None and kept["status"] == "complete" and text != received.speech.text:
            verdict.faults.append(f"{asked.tag}: of {received.speech.text!r} only {text!r} is kept")
        if (kept is not None and kept["status"] != "interrupted") or asked.door is None:
            continue
        until, missed_at = written_until(asked.door, struck, received), first_after(received, text)
        if until is None:
            verdict.faults.append(f"{asked.tag} was interrupted although nothing happened to its server")
        elif missed_at is not None and missed_at < until:
            ends = verdict.lost_ms if until == asked.door.ended_at else verdict.halted_ms
            ends.append((until - missed_at) * 1000)


def _kept_of(speech: str, messages: Sequence[Message]) -> Message | None:
    for message in messages:
        text = answer_of(message)
        if text and message["role"] == "assistant" and speech.startswith(text):
            return message
    return None


def written_until(door: Door, struck: Field, received: Received) -> float | None:
    """Until when whoever was interrupted could write; `None` where nothing interrupted it."""
    begun_at = received.told_at[0] if received.told_at else received.arrived_at
    ends = [(still.begin, still.end) for still in struck.standstills if still.door is door]
    if door.ended_at is not None:
        # A writer that could not write just before begins again a second later, at the latest.
        halts = [still.begin for still in struck.standstills if 0 <= door.ended_at - still.end < _BACK_WITHIN_S]
        ends.append((min(halts, default=door.ended_at), door.ended_at))
    # A server that comes back asks the model before it learns that the turn is not its own any more.
    return min((begin for begin, end in ends if end + _BACK_WITHIN_S >= begun_at), default=None)


def _judge_money(verdict: Verdict, messages: Sequence[Message], ledger: dict[UUID, list[Line]]) -> None:
    """What a message says that it cost is what the ledger says of it; of what a kill ended it says nothing."""
    for message in messages:
        if message["role"] == "user":
            continue
        lines = ledger.get(UUID(message["id"]), [])
        cost, status = message["cost_usd"], message["status"]
        if cost is not None and nusd(cost) != sum(line[1] or 0 for line in lines):
            verdict.faults.append(f"{message['id']} says {cost}, the ledger {lines}")
        if cost is None and {line[0] for line in lines} - {"lost"} and status != "interrupted":
            verdict.faults.append(f"{message['id']}, {status}, does not say what it cost: {lines}")
        if status == "complete" and [line[0] for line in lines] != ["ok"]:
            verdict.faults.append(f"{message['id']} is complete, and in the ledger {lines}")


async def _judge_books(verdict: Verdict, database_url: str, fake: FakeUpstream, ledger: dict[UUID, list[Line]]) -> None:
    async with connect(database_url) as database:
        found = await reconcile(database)
    if not found.is_exact:
        verdict.faults.append(f"the books are not exact: {found}")
    for table, where in (("holds", "true"), ("turns", "finished_at IS NULL"), ("panels", "held_nusd <> 0")):
        if left := await count(database_url, table, where):
            verdict.faults.append(f"{left} of {table} are left where {where}")
    lines = [line for of_call in ledger.values() for line in of_call]
    verdict.ledger, verdict.billed = Counter(outcome for outcome, _ in lines), len(spoken(fake))
    prices = {cost for outcome, cost in lines if outcome == "ok"}
    if len(prices) != 1:
        verdict.faults.append(f"the same cost differently: {prices}")
    if any((cost or 0) < min(price or 0 for price in prices) for outcome, cost in lines if outcome == "lost"):
        verdict.faults.append("the ledger has less for a lost call than the model may bill")
    if not verdict.ledger.total() - verdict.ledger["lost"] <= verdict.billed <= verdict.ledger.total():
        verdict.faults.append(f"{verdict.billed} calls were billed, the ledger has {verdict.ledger}")


async def _ledger(database_url: str) -> dict[UUID, list[Line]]:
    query = "SELECT call_id, outcome, cost_nusd FROM ledger_entries"
    lines = defaultdict[UUID, list[Line]](list)
    for call_id, outcome, cost in await run(database_url, query, query):
        lines[UUID(str(call_id))].append((outcome, cost))
    return lines


async def _lengths(database_url: str) -> dict[UUID, tuple[str, int, int]]:
    """Of each turn how it stands, how many events it has, and the number of the last."""
    query = (
        "SELECT turns.id, turns.status, count(*), max(turn_events.seq) FROM turns"
        " JOIN turn_events ON turn_events.turn_id = turns.id GROUP BY turns.id, turns.status"
    )
    rows = await run(database_url, query, query)
    return {UUID(str(turn_id)): (status, entries, last) for turn_id, status, entries, last in rows}
