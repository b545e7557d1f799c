"""Bytes to answers, whatever pieces they come in: what is heard, and what is no HTTP."""

import gzip
import zlib
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.transport.answer import Answer
from chimera.transport.faults import Fault, TransportError
from chimera.transport.hearing import Hearing

PACKED = gzip.compress(b"hello hello hello")
BARE = zlib.compressobj(wbits=-15)
DEFLATED = BARE.compress(b"hello hello hello") + BARE.flush()
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"

# Bytes, status, body, and whether the connection can be used again.
ANSWERS = {
    "sized": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello", True),
    "empty": (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, b"", True),
    "chunked": (
        b"HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nX: y\r\nZ: w\r\n\r\n",
        201,
        b"hello",
        True,
    ),
    "chunked in capitals": (
        b"HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: Chunked\r\n\r\n1\r\nh\r\n0\r\n\r\n",
        200,
        b"h",
        True,
    ),
    "until the end": (b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nhello", 200, b"hello", False),
    "of the old version": (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello", False),
    "the last one": (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello", False),
    "no content": (b"HTTP/1.1 204 None\r\n\r\n", 204, b"", True),
    "not modified": (b"HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n", 304, b"", True),
    "without a reason": (b"HTTP/1.1 429 \r\nContent-Length: 1\r\n\r\n!", 429, b"!", True),
    "after interim ones": (
        INTERIM + b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!",
        200,
        b"!",
        True,
    ),
    "gzip": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(PACKED), PACKED),
        200,
        b"hello hello hello",
        True,
    ),
    "gzip in two members": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: x-gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(PACKED) * 2, PACKED * 2),
        200,
        b"hello hello hello" * 2,
        True,
    ),
    "deflate": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n" + zlib.compress(b"hello"),
        200,
        b"hello",
        False,
    ),
    "deflate without its wrapper": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n" + DEFLATED,
        200,
        b"hello hello hello",
        False,
    ),
    "packed nothing": (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", 200, b"", True),
    "said to be packed by nobody": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi",
        200,
        b"hi",
        True,
    ),
}

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
NOT_HTTP = {
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "another version": b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "no status": b"HTTP/1.1 2x0 OK\r\n\r\n",
    "a change of protocol": b"HTTP/1.1 101 Now\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc",
    "lines that end otherwise": b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    "a folded header": b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
    "a space before the colon": b"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
    "a zero byte in a header": b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
    "a return in a header": b"HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "two alike lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "a list of lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na",
    "a signed length": b"HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
    "a length beyond numbers": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "a length and chunks": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
    "an unknown transfer coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "no transfer coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nhello",
    "two transfer codings": CHUNKED[:-2] + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk of no size": CHUNKED + b"x\r\n",
    "a chunk of negative size": CHUNKED + b"-2\r\nhi\r\n",
    "a chunk that is too long": CHUNKED + b"2\r\nhiX0\r\n\r\n",
    "an unknown content coding": b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\na",
    "two content codings": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: 1\r\n\r\na",
    "what is not packed": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
    "more after what is packed": b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n"
    + zlib.compress(b"hello")
    + b"x",
    "a header line without end": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000,
    "a header line too long": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 33_000 + b"\r\nContent-Length: 0\r\n\r\n",
    "headers without end": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300,
    "a reason without end": b"HTTP/1.1 200 " + b"a" * 200_000,
    "interim answers without end": b"HTTP/1.1 103 Hints\r\nX: y\r\n\r\n" * 6000,
    "an extension without end": CHUNKED + b"2;a=" + b"b" * 200_000,
    "trailers without end": CHUNKED + b"0\r\n" + b"X: y\r\n" * 300,
    "a trailer without end": CHUNKED + b"0\r\nX: " + b"y" * 200_000,
}


class Still:
    """A connection by which nothing more comes."""

    async def wait(self) -> None:
        raise AssertionError("nothing more comes")

    def let_go(self) -> None:
        return


async def heard(pieces: Iterable[bytes], *, bodiless: bool = False) -> tuple[Answer, bytes, Hearing]:
    """What an answer says that comes in these pieces, up to its connection's end."""
    hearing, answer = Hearing(), Answer(Still(), bodiless=bodiless)
    hearing.begin(answer)
    for piece in pieces:
        try:
            hearing.feed(piece)
        except TransportError as error:
            answer.fault = None if answer.ended else error.fault
            break
        if answer.ended:
            break
    answer.fault = answer.fault or hearing.end(cleanly=True)
    body = []
    while data := await answer.piece():
        body.append(data)
    return answer, b"".join(body), hearing


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    ends = [*sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False) if end > start]


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_is_the_same_wherever_it_is_cut_in_two(name: str) -> None:
    data, status, said, reusable = ANSWERS[name]
    for place in range(len(data)):
        answer, body, hearing = await heard(cut(data, [place]))
        assert (answer.status, body, hearing.reusable) == (status, said, reusable)


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_is_the_same_byte_by_byte(name: str) -> None:
    data, status, said, reusable = ANSWERS[name]
    answer, body, hearing = await heard(data[place : place + 1] for place in range(len(data)))
    assert (answer.status, body, hearing.reusable) == (status, said, reusable)


@given(
    body=st.lists(st.binary(min_size=1, max_size=40), max_size=6),
    places=st.lists(st.integers(0, 4000), max_size=12),
    extension=st.sampled_from([b"", b";a", b';a="b;c"']),
    trailers=st.sampled_from([b"", b"X-Y: z\r\n"]),
)
async def test_any_chunks_in_any_pieces_are_one_body(
    body: list[bytes], places: list[int], extension: bytes, trailers: bytes
) -> None:
    chunks = b"".join(b"%x%b\r\n%b\r\n" % (len(one), extension, one) for one in body)
    data = CHUNKED + chunks + b"0\r\n" + trailers + b"\r\n"
    answer, said, hearing = await heard(cut(data, places))
    assert (answer.status, said, hearing.reusable) == (200, b"".join(body), True)
    assert list(answer.headers) == ["Transfer-Encoding"]


@given(data=st.binary(max_size=200), places=st.lists(st.integers(0, 200), max_size=4))
async def test_anything_else_is_an_answer_or_a_fault_and_nothing_worse(data: bytes, places: list[int]) -> None:
    for start in (b"", b"HTTP/1.1 200 OK\r\n", CHUNKED):
        fault = None
        try:
            answer, _, _ = await heard(cut(start + data, places))
        except TransportError as error:
            fault = error.fault
        assert fault in {Fault.GARBAGE, Fault.CUT, Fault.LOST} if fault else answer.ended


@pytest.mark.parametrize("name", NOT_HTTP)
@pytest.mark.parametrize("size", [1_000_000, 1000])
async def test_what_can_be_read_in_two_ways_or_never_ends_is_not_read(name: str, size: int) -> None:
    data = NOT_HTTP[name]
    with pytest.raises(TransportError) as failed:
        await heard(data[place : place + size] for place in range(0, len(data), size))
    assert failed.value.fault is Fault.GARBAGE


@pytest.mark.parametrize("name", ["sized", "chunked", "after interim ones", "gzip", "deflate", "not http at all"])
async def test_an_answer_that_ends_too_soon_is_never_whole(name: str) -> None:
    data = b"" if name == "not http at all" else ANSWERS[name][0]
    head = data.rindex(b"HTTP/1.1") if data else 0
    begun = data.find(b"\r\n\r\n", head) + 4
    for place in range(len(data) or 1):
        if place == begun and name == "deflate":
            continue  # nothing, packed or not, is a body that ends with its connection
        with pytest.raises(TransportError) as failed:
            await heard([data[:place]] if place else [])
        assert failed.value.fault is (Fault.CUT if data and place >= begun else Fault.LOST)
