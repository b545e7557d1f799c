"""A recording gives everybody the same answer, whenever they come, and never more than it has."""

import asyncio
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chimera.idempotency.recording import REPLAYED, Recording, Room
from chimera.idempotency.states import Result

START = {"type": "http.response.start", "status": 201, "headers": [(b"content-type", b"x/y"), (b"retry-after", b"9")]}
PIECES = st.lists(st.binary(min_size=1, max_size=40), max_size=12)


def body(piece: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.response.body", "body": piece, "more_body": more}


class Reader:
    """Reads a recording; now and then somebody else gets a turn in between."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    async def send(self, message: Any) -> None:
        await asyncio.sleep(0)
        self.heard.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.heard)

    @property
    def ended(self) -> bool:
        return bool(self.heard) and not self.heard[-1].get("more_body", self.heard[-1]["type"].endswith("start"))


async def _told(recording: Recording, pieces: list[bytes], joins: list[int]) -> list[tuple[Reader, bool]]:
    """Tell these pieces; readers join before the piece of their number."""
    readers = [Reader() for _ in joins]
    playing: list[asyncio.Task[bool]] = []

    def join(moment: int) -> None:
        playing.extend(
            asyncio.ensure_future(recording.play(reader.send))
            for reader, at in zip(readers, joins, strict=True)
            if at == moment
        )

    await recording.send(START)
    for number, piece in enumerate(pieces):
        join(number)
        await asyncio.sleep(0)
        await recording.send(body(piece, more=True))
    join(len(pieces))
    await recording.send(body(b"end", more=False))
    recording.close()
    return list(zip(readers, await asyncio.gather(*playing), strict=True))


@given(pieces=PIECES, moments=st.lists(st.integers(0, 12), min_size=1, max_size=5))
def test_whoever_joins_at_any_time_hears_everything(pieces: list[bytes], moments: list[int]) -> None:
    joins = sorted(min(moment, len(pieces)) for moment in moments)
    recording = Recording(Room())
    heard = asyncio.run(_told(recording, pieces, joins))
    whole = b"".join([*pieces, b"end"])
    for reader, is_complete in heard:
        assert is_complete
        assert reader.ended
        assert reader.body == whole
        assert reader.heard[0]["status"] == 201
    assert recording.result == Result(status=201, headers=tuple(START["headers"]), body=whole)
    assert recording.room.held == 0


@given(pieces=st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=12), longest=st.integers(0, 60))
def test_what_is_too_long_is_still_heard_by_those_who_listen(pieces: list[bytes], longest: int) -> None:
    recording = Recording(Room(), longest=longest)
    ((reader, is_complete), *_) = asyncio.run(_told(recording, pieces, [0]))
    whole = b"".join([*pieces, b"end"])
    assert is_complete
    assert reader.body == whole
    assert recording.overlong is (len(whole) > longest)
    assert (recording.result is None) is recording.overlong
    assert recording.room.held == 0


async def test_an_overlong_recording_holds_no_more_than_its_readers_have_still_to_read() -> None:
    recording, room = Recording(Room(), longest=10), 0
    reading = asyncio.ensure_future(recording.play(Reader().send))
    await recording.send(START)
    for _ in range(100):
        await recording.send(body(b"12345678", more=True))
        room = max(room, recording.room.held)
    await recording.send(body(b"", more=False))
    recording.close()
    assert await reading
    assert room <= 32


async def test_all_recordings_share_one_room() -> None:
    room = Room(most=100)
    first, second = Recording(room), Recording(room)
    for recording in (first, second):
        await recording.send(START)
        await recording.send(body(b"x" * 60, more=True))
    assert (first.overlong, second.overlong) == (False, True)
    first.close()
    second.close()
    assert room.held == 0


async def test_an_answer_that_breaks_off_never_looks_complete() -> None:
    recording, reader = Recording(Room()), Reader()
    await recording.send(START)
    await recording.send(body(b"half", more=True))
    recording.close()
    assert not await recording.play(reader.send)
    assert not reader.ended
    assert recording.result is None


async def test_one_that_never_began_says_nothing() -> None:
    recording, reader = Recording(Room()), Reader()
    recording.close()
    assert not await recording.play(reader.send)
    assert reader.heard == []


async def test_the_last_piece_waits_until_the_answer_is_kept() -> None:
    recording, reader = Recording(Room()), Reader()
    playing = asyncio.ensure_future(recording.play(reader.send))
    await recording.send(START)
    await recording.send(body(b"whole", more=False))
    for _ in range(10):
        await asyncio.sleep(0)
    assert reader.body == b""
    recording.close()
    assert await playing
    assert reader.body == b"whole"


async def test_what_was_true_only_then_is_not_said_again() -> None:
    recording, first, second = Recording(Room()), Reader(), Reader()
    await recording.send(START)
    await recording.send(body(b"", more=False))
    recording.close()
    await recording.play(first.send)
    await recording.play(second.send, more=(REPLAYED,))
    assert first.heard[0]["headers"] == START["headers"]
    assert second.heard[0]["headers"] == [(b"content-type", b"x/y"), REPLAYED]


def test_the_pieces_of_a_stream_stay_apart() -> None:
    pieces = [b"a", b"b", b"c"]
    ((reader, _),) = asyncio.run(_told(Recording(Room()), pieces, [0]))
    sent = [message["body"] for message in reader.heard[1:]]
    assert sent == [*pieces, b"end"]
    assert all(one["more_body"] for one, _ in pairwise(reader.heard[1:]))
