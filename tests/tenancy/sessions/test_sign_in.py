"""Signing in with a password, staying signed in, and signing out."""

import asyncio
import logging
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from tests.tenancy.house import EMAIL, PASSWORD, SAME_ORIGIN, House, sign_in

from chimera.tenancy.repository import AllPeople, AllUsers
from chimera.tenancy.sessions import attempts
from chimera.tenancy.sessions.attempts import LIMITS, Attempt
from chimera.tenancy.sessions.beginning import Visitor
from chimera.tenancy.sessions.repository import AllSessions
from chimera.tenancy.sessions.rules import SignInRules
from chimera.tenancy.tables import UserRow

WRONG = "not the right password"


async def test_the_right_password_opens_a_session(house: House) -> None:
    async with house.client() as client:
        answer = await sign_in(client, email=" Owner@Example.ORG ")
        assert answer.status_code == 200
        assert answer.json()["user"]["email"] == EMAIL
        assert answer.json()["tenant"]["name"] == "My organisation"
        shown = await client.get("/api/v1/session")
        assert shown.json() == answer.json()


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    async with house.client() as client:
        cookie = (await sign_in(client)).headers["set-cookie"]
        assert {part.strip().lower() for part in cookie.split(";")[1:]} >= {"httponly", "samesite=strict", "path=/"}
        assert "secure" not in cookie.lower()
        secure = await client.post("https://chimera.test/api/v1/session", json={"email": EMAIL, "password": PASSWORD})
        assert "; secure" in secure.headers["set-cookie"].lower()


async def test_the_session_is_kept_only_as_a_hash(house: House) -> None:
    async with house.client() as client:
        token = (await sign_in(client)).cookies["chimera_session"]
    async with house.database.system_reading() as tx:
        (session,) = await tx.scalars(AllSessions(tx).every())
        assert token not in str(vars(session))
        (person,) = await tx.scalars(AllPeople(tx).every())
        assert person.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(("email", "password"), [(EMAIL, WRONG), ("nobody@example.org", PASSWORD)])
async def test_a_wrong_password_and_an_unknown_account_are_answered_alike(
    house: House, email: str, password: str
) -> None:
    async with house.client() as client:
        answer = await sign_in(client, email=email, password=password)
    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_credentials"
    assert answer.json()["detail"] == "The e-mail address or the password is wrong."


async def test_an_unknown_account_costs_a_hash_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str | None] = []
    real = house.passwords.matches

    async def counted(hash: str | None, password: str) -> bool:
        checked.append(hash)
        return await real(hash, password)

    monkeypatch.setattr(house.passwords, "matches", counted)
    async with house.client() as client:
        await sign_in(client, email="nobody@example.org")
    assert checked == [None]


async def test_repeated_failures_lock_out_and_the_wait_grows(house: House) -> None:
    async with house.client() as client:
        for _ in range(LIMITS["pair"]):
            assert (await sign_in(client, password=WRONG)).status_code == 401
        refused = await sign_in(client)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
        assert refused.json()["retry_after_s"] == 30
        house.clock.pass_by(timedelta(seconds=30))
        assert (await sign_in(client, password=WRONG)).status_code == 401
        assert (await sign_in(client)).json()["retry_after_s"] == 60
        house.clock.pass_by(timedelta(seconds=60))
        assert (await sign_in(client)).status_code == 200
        assert (await sign_in(client, password=WRONG)).status_code == 401, "success forgets the failures"


async def test_failures_long_ago_are_forgotten(house: House) -> None:
    async with house.client() as client:
        for _ in range(LIMITS["pair"] - 1):
            await sign_in(client, password=WRONG)
        house.clock.pass_by(timedelta(hours=2))
        assert [(await sign_in(client, password=WRONG)).status_code for _ in range(2)] == [401, 401]


async def test_a_stranger_does_not_lock_the_owner_out(house: House) -> None:
    async with house.client("198.51.100.7") as stranger, house.client() as owner:
        for _ in range(LIMITS["pair"] + 1):
            last = await sign_in(stranger, password=WRONG)
        assert last.status_code == 429
        assert (await sign_in(owner)).status_code == 200


async def fail(house: House, *attempts_made: Attempt) -> None:
    for attempt in attempts_made:
        async with house.database.system_transaction() as tx:
            await attempts.failed(tx, attempt, house.clock.now())


async def test_guesses_from_everywhere_lock_the_account(house: House) -> None:
    made = [Attempt(email=EMAIL, address=f"198.51.100.{number}") for number in range(LIMITS["account"] - 1)]
    await fail(house, *made)
    async with house.client("203.0.113.1") as one, house.client("203.0.113.2") as another:
        assert (await sign_in(one, password=WRONG)).status_code == 401
        assert (await sign_in(another)).status_code == 429


async def test_one_network_trying_many_accounts_is_stopped(house: House) -> None:
    made = [Attempt(email=f"p{n}@example.org", address=f"2001:db8::{n:x}") for n in range(LIMITS["address"] - 1)]
    await fail(house, *made)
    async with house.client("2001:db8::ffff") as client, house.client("2001:db8:0:1::1") as neighbour:
        assert (await sign_in(client, email="one-more@example.org")).status_code == 401
        assert (await sign_in(client)).status_code == 429
        assert (await sign_in(neighbour)).status_code == 200


async def test_a_burst_of_guesses_gives_no_more_of_them(house: House) -> None:
    async with house.client() as client:
        answers = await asyncio.gather(*(sign_in(client, password=WRONG) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [401] * LIMITS["pair"] + [429] * 15


async def test_many_may_sign_in_at_once(house: House) -> None:
    async with house.client() as client:
        answers = await asyncio.gather(*(sign_in(client) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}


async def test_signing_out_ends_the_session_and_clears_the_cookie(house: House) -> None:
    async with house.client() as client:
        token = (await sign_in(client)).cookies["chimera_session"]
        assert (await client.get("/whoami")).status_code == 200
        assert (await client.delete("/api/v1/session", headers=SAME_ORIGIN)).status_code == 204
        assert "chimera_session" not in client.cookies
        client.cookies.set("chimera_session", token)
        assert (await client.get("/whoami")).json()["code"] == "unauthenticated"


async def test_signing_out_without_a_session_does_nothing(house: House) -> None:
    async with house.client() as client:
        assert (await client.delete("/api/v1/session")).status_code == 204


async def test_a_session_slides_while_it_is_used_and_ends_when_it_is_not(house: House) -> None:
    async with house.client() as client:
        await sign_in(client)
        for _ in range(3):
            house.clock.pass_by(timedelta(days=13))
            assert (await client.get("/whoami")).status_code == 200
        house.clock.pass_by(timedelta(days=15))
        assert (await client.get("/whoami")).status_code == 401


async def test_no_session_outlives_three_months(house: House) -> None:
    async with house.client() as client:
        await sign_in(client)
        for _ in range(8):
            house.clock.pass_by(timedelta(days=10))
            assert (await client.get("/whoami")).status_code == 200
        house.clock.pass_by(timedelta(days=10))
        assert (await client.get("/whoami")).status_code == 401


async def test_a_disabled_account_is_out_within_seconds_and_cannot_come_back(house: House) -> None:
    async with house.client() as client:
        await sign_in(client)
        assert (await client.get("/whoami")).status_code == 200
        async with house.database.system_transaction() as tx:
            users = AllUsers(tx)
            await users.run(users.changing().where(UserRow.email == EMAIL).values(disabled_at=house.clock.now()))
        house.clock.pass_by(timedelta(seconds=5))
        assert (await client.get("/whoami")).status_code == 401
        assert (await sign_in(client)).json()["code"] == "invalid_credentials"


async def test_changing_the_password_needs_the_old_one_and_ends_other_sessions(house: House) -> None:
    async with house.client() as here, house.client() as elsewhere:
        await sign_in(here)
        await sign_in(elsewhere)
        change = {"old_password": WRONG, "new_password": "quite another phrase"}
        refused = await here.post("/api/v1/password", json=change, headers=SAME_ORIGIN)
        assert refused.json()["code"] == "invalid_credentials"
        weak = {"old_password": PASSWORD, "new_password": "aaaaaaaaaaaaa"}
        refused = await here.post("/api/v1/password", json=weak, headers=SAME_ORIGIN)
        assert (refused.status_code, refused.json()["code"]) == (400, "weak_password")
        change["old_password"] = PASSWORD
        assert (await here.post("/api/v1/password", json=change, headers=SAME_ORIGIN)).status_code == 204
        assert (await here.get("/whoami")).status_code == 200
        assert (await elsewhere.get("/whoami")).status_code == 401
        assert (await sign_in(elsewhere)).status_code == 401
        assert (await sign_in(elsewhere, password="quite another phrase")).status_code == 200


async def test_a_password_at_an_old_cost_is_hashed_again(house: House) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    async with house.database.system_transaction() as tx:
        people = AllPeople(tx)
        await people.run(people.changing().values(password_hash=old))
    async with house.client() as client:
        assert (await sign_in(client)).status_code == 200
        async with house.database.system_reading() as tx:
            user = await AllPeople(tx).by_email(EMAIL)
        assert user is not None
        assert house.passwords.is_outdated(old)
        assert user.password_hash is not None
        assert not house.passwords.is_outdated(user.password_hash)
        assert (await sign_in(client)).status_code == 200


async def test_passwords_and_tokens_reach_neither_logs_nor_errors(
    house: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    said = ""
    async with house.client() as client:
        token = (await sign_in(client)).cookies["chimera_session"]
        said += (await sign_in(client, password=WRONG)).text
        said += (await client.post("/api/v1/session", json={"email": EMAIL, "password": WRONG, "x": 1})).text
    signed_in = await house.accounts.sign_in(EMAIL, PASSWORD, visitor=Visitor(address="192.0.2.1"))
    said += repr(signed_in) + caplog.text + "".join(capsys.readouterr())
    for secret in (PASSWORD, WRONG, token, signed_in.token):
        assert secret not in said


async def test_sessions_last_as_the_organisation_says(house: House) -> None:
    house.rules.given = SignInRules(idle=timedelta(minutes=10), longest=timedelta(hours=1))
    async with house.client() as client:
        await sign_in(client)
        for _ in range(5):
            house.clock.pass_by(timedelta(minutes=9))
            assert (await client.get("/whoami")).status_code == 200
        house.clock.pass_by(timedelta(minutes=14))
        assert (await client.get("/whoami")).status_code == 401
        await sign_in(client)
        house.clock.pass_by(timedelta(minutes=10))
        assert (await client.get("/whoami")).status_code == 401


async def test_where_the_provider_alone_lets_people_in_only_owners_may_use_a_password(house: House) -> None:
    member = await house.another_tenant(email="member@example.org", role="member")
    house.rules.given = SignInRules(provider_only=True)
    async with house.client() as client:
        assert (await sign_in(client)).status_code == 200
        refused = await sign_in(client, email="member@example.org")
        assert (refused.status_code, refused.json()["code"]) == (403, "provider_only")
        wrong = await sign_in(client, email="member@example.org", password=WRONG)
        assert wrong.json()["code"] == "invalid_credentials", "only who knows the password learns of it"
    assert member


async def test_one_may_name_the_organisation_and_only_one_s_own(house: House) -> None:
    other = await house.another_tenant(email=EMAIL.replace("owner", "other"))
    async with house.client() as client:
        own = (await sign_in(client)).json()["tenant"]["id"]
        for tenant, status in ((own, 200), (str(other.tenant_id), 401)):
            body = {"email": EMAIL, "password": PASSWORD, "tenant_id": tenant}
            assert (await client.post("/api/v1/session", json=body)).status_code == status


async def test_a_session_that_somebody_else_chose_is_never_taken_over(house: House) -> None:
    """Session fixation: whoever plants a cookie, good or made up, knows nothing of the session that begins."""
    async with house.client() as attacker, house.client() as victim:
        planted = (await sign_in(attacker)).cookies["chimera_session"]
        for token in ("made-up-by-somebody", planted):
            victim.cookies.set("chimera_session", token)
            begun = (await sign_in(victim, headers=SAME_ORIGIN)).cookies["chimera_session"]
            assert begun not in {token, planted}
            victim.cookies.clear()


@pytest.mark.parametrize("password", ["my-organisation-2026", "Chimera!!12345", "0wner Owner 1234", "example-example1"])
async def test_a_password_made_of_known_names_is_weak(house: House, password: str) -> None:
    async with house.client() as client:
        await sign_in(client)
        change = {"old_password": PASSWORD, "new_password": password}
        refused = await client.post("/api/v1/password", json=change, headers=SAME_ORIGIN)
        assert (refused.status_code, refused.json()["code"]) == (400, "weak_password")


async def test_an_organisation_may_want_longer_passwords(house: House) -> None:
    house.rules.given = SignInRules(shortest_password=30)
    async with house.client() as client:
        await sign_in(client)
        change = {"old_password": PASSWORD, "new_password": "quite another phrase"}
        refused = await client.post("/api/v1/password", json=change, headers=SAME_ORIGIN)
        assert refused.json()["code"] == "weak_password"
        change["new_password"] = "quite another phrase, and longer"
        assert (await client.post("/api/v1/password", json=change, headers=SAME_ORIGIN)).status_code == 204
