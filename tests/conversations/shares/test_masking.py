"""What has a form is covered wherever it stands, and nothing else is."""

import json

from hypothesis import given
from hypothesis import strategies as st

from chimera.conversations.shares.masking import ACCOUNT, CARD, EMAIL, KEY, PHONE, masked, masked_json

SECRETS = {
    "ada.lovelace+news@mail.example.co.uk": EMAIL,
    "jörg@müller.example": EMAIL,
    "4111 1111 1111 1111": CARD,
    "5500-0000-0000-0004": CARD,
    "378282246310005": CARD,
    "DE89 3704 0044 0532 0130 00": ACCOUNT,
    "gb82west12345698765432": ACCOUNT,
    "+49 (0)30 1234-5678": PHONE,
    "+1 415 555 2671": PHONE,
    "(415) 555-2671": PHONE,
    "030 / 12345678": PHONE,
    "sk-proj-abcdefghijklmnop1234": KEY,
    "AKIAIOSFODNN7EXAMPLE": KEY,
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a": KEY,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U": KEY,
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----": KEY,
}
PLAIN = [
    "On 2026-11-22 at 10:30:15 it took 0.123456789 s, 1,234,567 bytes, on 01.02.2026 and 02/03/2026.",
    "def f(password: str, token: string) -> None: ...",
    "The secret is patience, and the token is spent. Version 3.11.4, room 0042.",
    "See https://example.com/a/very/long/path-with-words/and-more?x=1 and 0199c3f4-0000-7000-8000-000000000000.",
    "Order 1234 5678 9012 3456, ISBN 978-3-16-148410-0.",
    "AB12 is a part, and DE89 is another, of a word-for-word-translation-of-everything.",
]
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)


@given(words, st.sampled_from(sorted(SECRETS)), words)
def test_what_stands_apart_is_covered_whatever_is_around_it(before: str, secret: str, after: str) -> None:
    covered = masked(f"{before}\n{secret}\n{after}")
    assert secret not in covered
    assert SECRETS[secret] in covered or KEY in covered


@given(st.text(st.sampled_from("a0 @.-+:/=\n()⟨⟩kpassword"), max_size=200) | words)
def test_covered_again_it_is_the_same(text: str) -> None:
    once = masked(text)
    assert masked(once) == once


def test_what_has_no_such_form_stays() -> None:
    assert [masked(text) for text in PLAIN] == PLAIN


def test_words_that_follow_a_number_are_left() -> None:
    said = "Pay DE89 3704 0044 0532 0130 00 and tell ada@example.com, password: hunter2; call 030 1234567."
    told = f"Pay {ACCOUNT} and tell {EMAIL}, password: {KEY}; call {PHONE}."
    assert masked(said) == told
    assert masked("postgresql://ada:s3cret@db.example/x") == f"postgresql://{KEY}@db.example/x"


def test_json_is_covered_whichever_way_it_was_written() -> None:
    written = (
        r'{"to": "ada\u0040example.com", "card": 4111111111111111, "password": "correct horse", "n": [1, true, null]}'
    )
    told = json.loads(masked_json(written))
    assert told == {"to": EMAIL, "card": CARD, "password": KEY, "n": [1, True, None]}
    assert masked_json("no JSON, ada@example.com") == f"no JSON, {EMAIL}"


def test_long_texts_are_looked_through_in_time() -> None:
    for piece in ("a", "1 ", "a@", "0-", "A1", "password=", "://:", "-----BEGIN PRIVATE KEY-----"):
        masked(piece * (200_000 // len(piece)))
