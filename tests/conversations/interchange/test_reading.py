"""Files that are huge, damaged or hostile: what is whole in them is read, and nothing takes for ever."""

import io
import json
import struct
import time
import tracemalloc
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.conversations.interchange.exports import EVERY, PNG, chatgpt, claude, librechat, open_webui
from tests.conversations.interchange.reading import BOUNDS, NOW, all_of, failures, ids, read, words, zipped

from chimera.conversations.interchange.documents import ConversationDocument
from chimera.conversations.interchange.errors import ImportArchiveError
from chimera.conversations.interchange.items import Bounds, Failed, Item, items
from chimera.conversations.interchange.writers import ours

OTHERS = [make(f"id-{number}") for number, make in enumerate((chatgpt, claude, open_webui, librechat) * 3)]
NAMES = [f"id-{number}" for number in range(len(OTHERS))]


def own() -> ConversationDocument:
    return read(chatgpt("ours")).document


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_lines_and_single_objects_are_read_alike(indent: int | None) -> None:
    array = json.dumps(OTHERS, indent=indent, ensure_ascii=False).encode()
    assert ids(all_of(array)) == NAMES
    assert ids(all_of(b"\xef\xbb\xbf  " + array + b"\n")) == NAMES
    lines = "\n".join(json.dumps(one, indent=indent) for one in OTHERS).encode()
    assert ids(all_of(lines)) == NAMES
    assert ids(all_of(ours.write(own()) * 2)) == ["ours", "ours"]
    assert ids(all_of(json.dumps({"account": {}, "conversations": OTHERS}, indent=indent).encode())) == NAMES


DAMAGE = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True), st.sampled_from([b"", *(bytes([one]) for one in b'"{}[],:\\x\n\xff')])
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(OTHERS) - 1), DAMAGE, st.booleans(), st.sampled_from([None, 1]))
@example(0, [(0.0, b"")], False, None)
@example(11, [(0.999, b"")], True, None)
def test_damage_to_one_conversation_loses_no_other(
    victim: int, damage: list[tuple[float, bytes]], by_line: bool, indent: int | None
) -> None:
    written = [json.dumps(one, indent=indent).encode() for one in OTHERS]
    hit = bytearray(written[victim])
    for where, instead in damage:
        at = int(where * len(hit))
        hit[at : at + 1] = instead
    written[victim] = bytes(hit)
    content = b"\n".join(written) if by_line else b"[" + b", ".join(written) + b"]"
    found = all_of(content)
    assert [name for name in ids(found) if name in NAMES and name != f"id-{victim}"] == [
        name for name in NAMES if name != f"id-{victim}"
    ]
    assert len(failures(found)) <= 4


def test_a_file_that_was_cut_off_gives_what_came_before() -> None:
    content = json.dumps(OTHERS).encode()
    found = all_of(content[: -len(json.dumps(OTHERS[-1])) // 2])
    assert (ids(found), failures(found)) == (NAMES[:-1], ["damaged"])


def test_what_is_no_conversation_is_told_and_passed_over() -> None:
    content = json.dumps([{"a": 1}, None, 1, "x", [1], OTHERS[0], True]).encode()
    found = all_of(content)
    assert ids(found) == ["id-0"]
    assert set(failures(found)) == {"damaged", "unrecognised"}
    [empty] = all_of(json.dumps({"title": "Nothing", "mapping": {}, "id": "n"}).encode())
    assert isinstance(empty, Failed)
    assert (empty.code, empty.title, empty.id, empty.number) == ("empty", "Nothing", "n", 1)
    for nothing in (b"", b"[]", b" \n", b"{}", b"null", b"hello", b"\xff\xfe", b"[" * 100_000, b'"' * 100_000):
        assert ids(all_of(nothing)) == []


def test_a_conversation_that_is_too_large_is_passed_over_and_the_next_one_is_read() -> None:
    large = chatgpt("large")
    large["mapping"]["q1"]["message"]["content"]["parts"] = ["x{" * 2_000_000]
    found = all_of(json.dumps([OTHERS[0], large, OTHERS[1]]).encode())
    assert (ids(found), failures(found)) == (["id-0", "id-1"], ["too_large"])
    many = claude("many")
    many["chat_messages"] = [{"sender": "human", "text": "x"} for _ in range(50)]
    few = Bounds(file_bytes=1_000_000, conversation_bytes=100_000, messages=49)
    assert failures(all_of(json.dumps([many]).encode(), few)) == ["too_many_messages"]


@pytest.mark.parametrize(
    "content",
    [b"[" + b'{"a":[' * 200_000, b"[" + b'{},{"a' * 200_000, b'["' + b"}, {" * 300_000, b'{"' + b"\\" * 1_000_001],
)
def test_hostile_files_end_soon(content: bytes) -> None:
    begun = time.process_time()
    assert ids(all_of(content)) == []
    assert time.process_time() - begun < 5


def test_memory_holds_one_conversation_however_many_there_are() -> None:
    class Endless(io.RawIOBase):
        """Sixty megabytes of conversations that nobody ever wrote down."""

        left = 120
        one = json.dumps(chatgpt(title="x" * 500_000)).encode() + b","
        rest = b"["

        def read(self, size: int = -1) -> bytes:
            while len(self.rest) < size and self.left:
                self.left -= 1
                self.rest += self.one
            given, self.rest = self.rest[:size], self.rest[size:]
            return given

        def seek(self, *_at: int) -> int:
            self.rest, self.left = b"[", 120
            return 0

    tracemalloc.start()
    try:
        count = sum(isinstance(one, Item) for one in items(Endless(), BOUNDS, NOW))  # type: ignore[arg-type]
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 120
    assert most < 30_000_000


def test_a_zip_file_gives_its_conversations_and_says_which_file_is_damaged() -> None:
    shards = {f"x/conversations-00{number}.json": json.dumps(OTHERS[number:][:1]).encode() for number in range(3)}
    others = {"users.json": b'[{"uuid":"me"}]', "__MACOSX/conversations.json": b"junk", "projects.json": b"[{}]"}
    content = zipped(others | shards | {"conversations-9.json": b"[{]"})
    found = all_of(content)
    assert ids(found) == NAMES[:3]
    [damaged] = [one for one in found if isinstance(one, Failed)]
    assert (damaged.file, damaged.code) == ("conversations-9.json", "damaged")
    # Its list says where each file begins; one of them does not lie there.
    at = content.find(b"PK\x03\x04", content.find(b"conversations-001"))
    broken = bytearray(content)
    broken[content.find(b"conversations-001") + 20 : at] = bytes(at - content.find(b"conversations-001") - 20)
    assert ids(all_of(bytes(broken))) == ["id-0", "id-2"]


def test_zip_bombs_and_archives_that_nobody_can_open_are_refused() -> None:
    bomb = zipped({"conversations.json": b"[" + b" " * 60_000_000})
    assert len(bomb) < 100_000
    assert failures(all_of(bomb)) == ["too_large"]
    pictures = {"mapping": {}, "id": "p"}
    for number in range(40):
        part = {"content_type": "image_asset_pointer", "asset_pointer": f"sediment://file_{number}"}
        message = {"author": {"role": "user"}, "content": {"content_type": "multimodal_text", "parts": [part]}}
        pictures["mapping"][str(number)] = {"message": message}
    large = {f"file_{number}.dat": PNG + bytes(9_000_000) for number in range(8)}
    content = zipped({"conversations.json": json.dumps([pictures]).encode()} | large)
    assert failures(all_of(content)) == ["too_large"]
    for broken in (content[:1_000], b"PK\x03\x04" + bytes(100), b"PK\x05\x06" + b"\xff" * 18):
        with pytest.raises(ImportArchiveError):
            all_of(broken)


def test_one_picture_that_is_named_a_thousand_times_fills_no_memory() -> None:
    part = {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_1"}
    content = {"content_type": "multimodal_text", "parts": [part] * 60}
    named = {"id": "p", "mapping": {"1": {"message": {"author": {"role": "user"}, "content": content}}}}
    files = {"conversations.json": json.dumps([named]).encode(), "file_1.dat": PNG + bytes(500_000)}
    [item] = all_of(zipped(files))
    assert isinstance(item, Item)
    [message] = item.read.document.messages
    assert words(message) == ["Image"] * 3 + ["[image]"] * 57


def test_a_zip_file_whose_list_alone_would_fill_the_memory_is_not_opened() -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_535, 65_535, 1_000_000_000, 0, 0)
    with pytest.raises(ImportArchiveError, match="too many"):
        all_of(b"PK\x03\x04" + bytes(100) + end)
    larger = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 10**9, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 104, 1)
    with pytest.raises(ImportArchiveError, match="too many"):
        all_of(b"PK\x03\x04" + bytes(100) + larger + locator + end.replace(struct.pack("<L", 10**9), b"\xff" * 4))


def test_files_packed_in_ways_that_nobody_uses_are_left_where_they_are() -> None:
    held = io.BytesIO()
    with ZipFile(held, "w") as archive:
        archive.writestr("conversations.json", json.dumps(OTHERS), ZIP_BZIP2)
        archive.writestr("conversations-2.json", json.dumps(OTHERS[:1]), ZIP_DEFLATED)
    assert ids(all_of(held.getvalue())) == ["id-0"]


def test_every_format_is_among_those_that_are_damaged_here() -> None:
    assert {one.read.source for one in all_of(json.dumps(OTHERS).encode()) if isinstance(one, Item)} == set(EVERY)
