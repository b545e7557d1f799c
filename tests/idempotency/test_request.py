"""What makes two requests the same one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.idempotency.errors import InvalidIdempotencyKeyError
from chimera.idempotency.request import bears_key, keyed, patience_s
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope

ME = Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset({"chat", "admin"}))


def asked(key: bytes = b"k", path: str = "/v1/x", query: bytes = b"", *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    sent = [(b"host", b"h"), (b"idempotency-key", key), *headers]
    return {"type": "http", "method": "POST", "path": path, "query_string": query, "headers": sent}


REQUESTS = st.tuples(st.sampled_from(["/v1/a", "/v1/ab"]), st.binary(max_size=3), st.binary(max_size=3))


@given(one=REQUESTS, other=REQUESTS)
def test_fingerprints_are_the_same_for_the_same_request_only(
    one: tuple[str, bytes, bytes], other: tuple[str, bytes, bytes]
) -> None:
    prints = [keyed(asked(b"k", path, query), ME, body).fingerprint for path, query, body in (one, other)]
    assert (prints[0] == prints[1]) is (one == other)


@given(key=st.binary(min_size=1, max_size=300))
def test_a_key_is_printable_and_not_too_long(key: bytes) -> None:
    good = len(key.strip()) in range(1, 256) and all(0x20 <= letter <= 0x7E for letter in key.strip())
    if good:
        assert len(keyed(asked(key), ME, b"").key_hash) == 64
    else:
        with pytest.raises(InvalidIdempotencyKeyError):
            keyed(asked(key), ME, b"")


def test_the_boundary_of_a_form_says_nothing() -> None:
    def form(boundary: bytes, text: bytes = b"hi") -> str:
        kind = (b"content-type", b'multipart/form-data; boundary="' + boundary + b'"')
        body = b"--" + boundary + b"\r\n\r\n" + text + b"\r\n--" + boundary + b"--\r\n"
        return keyed(asked(b"k", "/v1/x", b"", kind), ME, body).fingerprint

    assert form(b"one") == form(b"another-one")
    assert form(b"one") != form(b"one", b"ho")


def test_only_a_post_bears_a_key() -> None:
    assert bears_key(asked())
    assert not bears_key(asked() | {"method": "GET"})
    assert not bears_key(asked() | {"headers": [(b"host", b"h")]})
    assert not bears_key({"type": "lifespan"})


@pytest.mark.parametrize(
    ("header", "waits_s"), [(b"5", 5), (b"900", 600), (b"nonsense", 600), (b"-1", 600), (b"nan", 600), (b"inf", 600)]
)
def test_a_follower_waits_as_long_as_it_says_and_no_longer_than_the_server(header: bytes, waits_s: float) -> None:
    assert patience_s(asked(b"k", "/v1/x", b"", (b"x-chimera-timeout-s", header)), 600) == waits_s
