"""Which passwords are taken, and that checking them leaves the event loop alone."""

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hashing import CostlyPasswords

from chimera.tenancy.credentials import new_password
from chimera.tenancy.errors import WeakPasswordError
from chimera.tenancy.sessions.passwords import LONGEST, SHORTEST, Passwords, SignInBusyError, check_strength

EMAIL = "ada.lovelace@example.org"


@pytest.mark.parametrize(
    "password",
    [
        "",
        "elevenchars",
        "x" * 257,
        EMAIL,
        EMAIL.upper(),
        "ada.lovelace",
        "aaaaaaaaaaaaaaaa",
        "abababababab",
        "abcdeabcdeabcde",
        "123456789012",
        "abcdefghijklm",
        "987654321098",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError) as refused:
        check_strength(password, email=EMAIL)
    assert not password or password not in refused.value.message


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "密码密钥很长很长的密码哦呀", "zwölf zeichen!", "🦑🐙🐚🐠🐟🐬🐳🐋🦈🐊🐅🐆"],
)
def test_any_script_and_spaces_will_do(password: str) -> None:
    check_strength(password, email=EMAIL)


def test_generated_ones_pass() -> None:
    for _ in range(100):
        check_strength(new_password(), email=EMAIL)


@given(st.text(max_size=300))
def test_no_text_breaks_the_check(password: str) -> None:
    with suppress(WeakPasswordError):
        check_strength(password, email=EMAIL)
        assert SHORTEST <= len(password) <= LONGEST


async def test_composed_and_decomposed_letters_are_the_same_password() -> None:
    passwords = Passwords()
    kept = await passwords.hash("cafe\u0301 au lait svp")
    assert await passwords.matches(kept, "caf\u00e9 au lait svp")
    assert not await passwords.matches(kept, "cafe au lait svp")


async def test_nobody_matches_and_broken_hashes_do_not_either() -> None:
    passwords = Passwords()
    assert not await passwords.matches(None, "whatever it may be")
    assert not await passwords.matches("not a hash", "whatever it may be")
    assert not await passwords.matches(await passwords.hash("x"), "lone \ud800 surrogate")


async def test_the_event_loop_goes_on_while_passwords_are_checked() -> None:
    passwords = CostlyPasswords()
    kept = await passwords.hash("several unrelated words")
    assert kept.startswith("$argon2id$v=19$m=12288,t=3,p=1$")
    checking = asyncio.gather(*(passwords.matches(kept, "wrong") for _ in range(4)))
    turns = 0
    while not checking.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 20


async def test_a_crowd_is_turned_away_instead_of_piling_up() -> None:
    passwords = Passwords()
    kept = await passwords.hash("several unrelated words")
    outcomes = await asyncio.gather(*(passwords.matches(kept, "wrong") for _ in range(66)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(SignInBusyError) == 2
