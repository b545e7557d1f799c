"""Forms and bodies around a model's name: the same in whatever pieces they come, and no byte of the rest changed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wires.partitions import SIZES, cut

from chimera.compat.openai.forms import FormReader, PartBegun, PartData, PartEnded
from chimera.compat.openai.relaying.bodies import split_form, split_json
from chimera.kit.errors import InvalidRequestError

BOUNDARY = b"-b"
# Content that looks like boundaries as often as not.
PIECES = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"--", b"-b", b"\r\n---b", b"x", b"\x00\xff"]), max_size=12)
CONTENT = PIECES.map(b"".join).filter(lambda content: b"\r\n---b" not in b"\r\n" + content)


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    file = "" if filename is None else f'; filename="{filename}"'
    head = f'Content-Disposition: form-data; name="{name}"{file}\r\nContent-Type: text/plain\r\n\r\n'
    return b"---b\r\n" + head.encode() + content + b"\r\n"


def read(pieces: list[bytes]) -> list[tuple[str, str | None, bytes]]:
    reader, parts = FormReader(BOUNDARY), []
    for piece in pieces:
        for event in reader.feed(piece):
            match event:
                case PartBegun():
                    parts.append((event.name, event.filename, b""))
                case PartData():
                    name, filename, content = parts[-1]
                    parts[-1] = (name, filename, content + event.data)
                case PartEnded():
                    pass
    reader.close()
    return parts


@given(SIZES, CONTENT, CONTENT)
def test_a_form_is_the_same_in_whatever_pieces_it_comes(sizes: list[int], first: bytes, second: bytes) -> None:
    body = part("purpose", first) + part("file", second, "a.jsonl") + b"---b--\r\n"
    assert read(cut(body, sizes)) == [("purpose", None, first), ("file", "a.jsonl", second)]


@given(CONTENT, st.sampled_from(["whisper-1", "größe/x", "a b"]))
def test_around_the_model_of_a_form_no_byte_changes(content: bytes, model: str) -> None:
    body = part("file", content, "model") + part("model", model.encode()) + part("prompt", content) + b"---b--\r\n"
    split = split_form(body, BOUNDARY)
    assert split.model == model
    assert split.before + model.encode() + split.after == body


@pytest.mark.parametrize("body", [b"", b"x", b"---b", b"---b\r\n", b"---b\r\nno header\r\n\r\n", b"---b--\r\n"])
def test_what_is_no_form_with_a_model_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        split_form(body, BOUNDARY)


VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3))


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_around_the_model_of_json_every_value_stays(members: dict[str, object]) -> None:
    members.pop("model", None)
    for given_ in (members, members | {"model": "tts-1"}):
        split = split_json(json.dumps(given_).encode())
        assert split.model == given_.get("model")
        assert json.loads(split.before + b"other" + split.after) == members | {"model": "other"}


def test_numbers_stay_as_they_were_written() -> None:
    split = split_json(b'{"speed":1.10,"model":"m","seed":18446744073709551617}')
    assert b'"speed":1.10' in split.before
    assert b'"seed":18446744073709551617' in split.before
