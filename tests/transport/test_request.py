"""Addresses and heads: what is sent to the byte, and what never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.transport.raw import HELLO, PATIENT, Line, fault, serving

from chimera.transport import Fault, Pool, TransportError
from chimera.transport.request import head_of, target_of

USUAL = b"Accept: */*\r\nAccept-Encoding: identity\r\nUser-Agent: chimera\r\n"


@pytest.mark.parametrize(
    ("url", "origin", "authority", "path"),
    [
        ("http://a.example", (False, "a.example", 80), "a.example", "/"),
        ("HTTPS://A.Example/b", (True, "a.example", 443), "a.example", "/b"),
        ("https://a.example:443/", (True, "a.example", 443), "a.example", "/"),
        ("http://a.example:443/", (False, "a.example", 443), "a.example:443", "/"),
        ("http://a.example:/", (False, "a.example", 80), "a.example", "/"),
        ("http://a_b.example?c=d", (False, "a_b.example", 80), "a_b.example", "/?c=d"),
        ("http://a.example/b%2Fc?d=e%20f&g#h", (False, "a.example", 80), "a.example", "/b%2Fc?d=e%20f&g"),
        ("http://a.example/x@y:z", (False, "a.example", 80), "a.example", "/x@y:z"),
        ("http://[::1]:8080/", (False, "::1", 8080), "[::1]:8080", "/"),
        ("http://[2001:DB8::0:1]/", (False, "2001:db8::1", 80), "[2001:db8::1]", "/"),
        ("http://[fe80::1%25eth0]/", (False, "fe80::1%eth0", 80), "[fe80::1]", "/"),
        ("http://bücher.example/", (False, "xn--bcher-kva.example", 80), "xn--bcher-kva.example", "/"),
        ("http://127.0.0.1:1/", (False, "127.0.0.1", 1), "127.0.0.1:1", "/"),
    ],
)
def test_an_address_is_taken_apart(url: str, origin: tuple[bool, str, int], authority: str, path: str) -> None:
    target = target_of(url)
    assert (target.origin, target.authority, target.path) == (origin, authority, path)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "//a.example/",
        "ftp://a.example/",
        "http:///b",
        "http://",
        "http://:80/",
        "http://a b/",
        "http://a.example/b c",
        "http://a.example/b\r\nX: y",
        "http://a.example\r\nX: y/",
        "http://a.example/\n",
        "http://a.example/\x00",
        "http://a.example/b\u00e9",
        "http://a.example:65536/",
        "http://a.example:-1/",
        "http://a.example:8o/",
        "http://a%2eexample/",
        "http://[::1/",
        "http://::1/",
        "http://[1.2.3.4]/",
        "http://[nonsense]/",
        "http://.../",
        "http://a\\b.example/",
        "http://a.example\\@b.example/",
        "http://a.example@b.example@c.example/",
        "http://\u2100.example/",
        "http://" + "a" * 70 + "\u00e9.example/",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(TransportError) as failed:
        target_of(url)
    assert failed.value.fault is Fault.ADDRESS


@pytest.mark.parametrize(
    ("user", "sent"),
    [("me:secret", b"bWU6c2VjcmV0"), ("me%40home:a%2Fb", b"bWVAaG9tZTphL2I="), ("", b"")],
)
def test_who_is_named_in_an_address_is_told_in_a_header_only(user: str, sent: bytes) -> None:
    head = head_of("GET", target_of(f"http://{user}@a.example/"), {}, None)
    assert b"\r\nAuthorization: Basic %b\r\n" % sent in head
    assert b"\r\nHost: a.example\r\n" in head
    assert b"secret" not in head
    said = head_of("GET", target_of(f"http://{user}@a.example/"), {"authorization": "Bearer x"}, None)
    assert b"Basic" not in said


def test_a_head_to_the_byte() -> None:
    target = target_of("http://a.example:81/b?c")
    assert head_of("POST", target, {"X-A": "b", "Content-Type": "d"}, 5) == (
        b"POST /b?c HTTP/1.1\r\nHost: a.example:81\r\nX-A: b\r\nContent-Type: d\r\n"
        + USUAL
        + b"Content-Length: 5\r\n\r\n"
    )
    assert head_of("GET", target, {}, None) == b"GET /b?c HTTP/1.1\r\nHost: a.example:81\r\n" + USUAL + b"\r\n"


def test_what_is_usual_can_be_said_otherwise_and_is_said_once() -> None:
    target = target_of("http://a.example/")
    head = head_of("GET", target, {"user-agent": "me", "ACCEPT": "a/b", "host": "b.example", "100%s": "%d"}, None)
    assert head == (
        b"GET / HTTP/1.1\r\nuser-agent: me\r\nACCEPT: a/b\r\nhost: b.example\r\n100%s: %d\r\n"
        b"Accept-Encoding: identity\r\n\r\n"
    )
    twice = head_of("GET", target, {"x-a": "first", "X-A": "last"}, None)
    assert b"first" not in twice
    assert b"X-A: last\r\n" in twice


@pytest.mark.parametrize(
    "name", ["Content-Length", "transfer-encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect"]
)
def test_nobody_else_says_how_a_message_is_framed(name: str) -> None:
    head = head_of("POST", target_of("http://a.example/"), {"X-A": "b", name: "chunked", "X-C": "d"}, 5)
    assert head == b"POST / HTTP/1.1\r\nHost: a.example\r\nX-A: b\r\nX-C: d\r\n" + USUAL + b"Content-Length: 5\r\n\r\n"


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\n", "\r", "a\0b", "a\x7f", "\ud800"])
async def test_a_header_that_would_be_two_is_refused_before_anything_is_sent(pool: Pool, value: str) -> None:
    async def never(line: Line) -> None:
        raise AssertionError("asked")

    async with serving(never) as served:
        with pytest.raises(TransportError) as failed:
            await pool.ask("POST", served.url, headers={"X-A": value}, body=b"", timeouts=PATIENT)
        assert failed.value.fault is Fault.HEADER
        assert served.lines == 0


@given(name=st.text(max_size=6), value=st.text(max_size=12))
def test_no_header_makes_another_line(name: str, value: str) -> None:
    target = target_of("http://a.example/")
    lines = head_of("GET", target, {"X-A": ""}, None).count(b"\n")
    try:
        head = head_of("GET", target, {name: value}, None)
    except TransportError as error:
        refused = error.fault
    else:
        refused = None
        assert head.endswith(b"\r\n\r\n")
        assert head.count(b"\n") == head.count(b"\r") <= lines
        assert head.count(b"\r\n\r\n") == 1
    assert refused in {None, Fault.HEADER}


async def test_what_was_framed_is_what_is_heard(pool: Pool) -> None:
    heard = []

    async def listen(line: Line) -> None:
        for _ in range(4):
            heard.append(await line.request())
            await line.say(HELLO)

    async with serving(listen) as served:
        for method, body in (("POST", b"{}"), ("POST", b""), ("POST", None), ("GET", None)):
            assert await fault(pool, served.url, method=method, body=body) is None
    assert [body for _, body in heard] == [b"{}", b"", b"", b""]
    assert [b"Content-Length" in head for head, _ in heard] == [True, True, True, False]


def test_a_caller_may_say_that_it_is_the_last_request() -> None:
    for said in ("close", "Close"):
        head = head_of("POST", target_of("http://h/"), {"Connection": said, "A": "1"}, 0)
        assert head.endswith(b"Connection: close\r\n\r\n")
        assert head.lower().count(b"connection:") == 1
    assert b"onnection" not in head_of("POST", target_of("http://h/"), {"Connection": "keep-alive"}, 0)
