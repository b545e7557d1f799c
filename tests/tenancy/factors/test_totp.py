"""RFC 6238's own vectors, and how near a clock must be."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from chimera.kit.ids import new_id
from chimera.tenancy.factors import recovery, totp

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    assert totp.code_at(SECRET, seconds // 30, digits=8) == code
    assert totp.matching_step(SECRET, code[-6:], datetime.fromtimestamp(seconds, UTC)) == seconds // 30


def test_a_clock_may_be_one_step_off_and_no_more() -> None:
    now = datetime.fromtimestamp(1111111111, UTC)
    this = 1111111111 // 30
    found = {offset: totp.matching_step(SECRET, totp.code_at(SECRET, this + offset), now) for offset in range(-3, 4)}
    assert found == {-3: None, -2: None, -1: this - 1, 0: this, 1: this + 1, 2: None, 3: None}


@pytest.mark.parametrize("code", ["", "0", "abcdef", "05047", "0504710", "٠٥٠٤٧١", "\ud800", "050471 "])
def test_what_is_no_code_is_none(code: str) -> None:
    assert totp.matching_step(SECRET, code, datetime.fromtimestamp(1111111111, UTC)) is None


def test_the_address_carries_the_secret_and_whose_it_is() -> None:
    parts = urlsplit(totp.address_of(SECRET, issuer="Chi mera", account="ada&x=1@example.org"))
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/Chi%20mera:ada%26x%3D1@example.org")
    assert parse_qs(parts.query)["secret"] == ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]


def test_recovery_codes_differ_and_are_one_person_s() -> None:
    codes, person = recovery.new_codes(), new_id()
    assert len(set(codes)) == 10
    assert recovery.hash_of(person, f" {codes[0].upper().replace('-', ' ')} ") == recovery.hash_of(person, codes[0])
    assert recovery.hash_of(person, codes[0]) != recovery.hash_of(new_id(), codes[0])
