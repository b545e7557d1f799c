"""A new password by e-mail: once, in time, for its person alone, and without a word on who has an account."""

import asyncio
import json
import re
from datetime import timedelta

import httpx2
import pytest
from tests.tenancy.house import EMAIL, SAME_ORIGIN, House, Mailbox, sign_in

from chimera.kit.mail import Mail
from chimera.tenancy.mailing.posting import Post
from chimera.tenancy.mailing.repository import MailTokens
from chimera.tenancy.mailing.resetting import Letters
from chimera.tenancy.repository import AllPeople
from chimera.tenancy.sessions.rules import SignInRules
from chimera.tenancy.tables import PersonRow

NEW = "quite another phrase"
ASK, CONFIRM = "/api/v1/password/reset", "/api/v1/password/reset/confirm"


async def ask(client: httpx2.AsyncClient, email: str = EMAIL) -> httpx2.Response:
    return await client.post(ASK, json={"email": email})


async def token_of(house: House) -> str:
    async with house.client() as client:
        assert (await ask(client)).status_code == 204
    mail = (await house.mailer.delivered())[-1]
    assert mail.to == EMAIL
    found = re.search(r"https://chat\.example\.com/new-password#(\S+)", mail.text)
    assert found, mail.text
    return found[1]


async def confirm(client: httpx2.AsyncClient, token: object, password: str = NEW) -> httpx2.Response:
    return await client.post(CONFIRM, json={"token": token, "new_password": password})


async def test_who_reads_the_mail_sets_a_new_password_and_everybody_is_out(house: House) -> None:
    async with house.client() as thief, house.client() as owner:
        await sign_in(thief)
        token = await token_of(house)
        changed = await confirm(owner, token)
        assert changed.status_code == 204
        assert "set-cookie" not in changed.headers, "no session begins"
        assert (await thief.get("/whoami")).status_code == 401
        assert (await sign_in(owner)).json()["code"] == "invalid_credentials"
        assert (await sign_in(owner, password=NEW)).status_code == 200


async def test_a_token_is_good_once_and_for_half_an_hour(house: House) -> None:
    token = await token_of(house)
    async with house.client() as client:
        assert (await confirm(client, token)).status_code == 204
        used = await confirm(client, token, "yet another long phrase")
        assert (used.status_code, used.json()["code"]) == (400, "mail_token_over")
        house.clock.pass_by(timedelta(hours=2))
        late = await token_of(house)
        house.clock.pass_by(timedelta(minutes=30))
        assert (await confirm(client, late)).json()["code"] == "mail_token_over"
        assert (await sign_in(client, password=NEW)).status_code == 200


async def test_of_two_that_come_at_once_one_is_taken(house: House) -> None:
    token = await token_of(house)
    async with house.client() as client:
        both = await asyncio.gather(confirm(client, token), confirm(client, token, "yet another long phrase"))
    assert sorted(answer.status_code for answer in both) == [204, 400]


@pytest.mark.parametrize(
    "token", ["", None, "null", "x", "' OR '1'='1", "\u0000", "\ud800", "x" * 1_000_000, 0, [], {}]
)
async def test_what_is_no_token_changes_nothing(house: House, token: object) -> None:
    await token_of(house)
    async with house.client() as client:
        body = json.dumps({"token": token, "new_password": NEW})
        refused = await client.post(CONFIRM, content=body, headers={"content-type": "application/json"})
        assert refused.status_code in {400, 422}
        assert (await sign_in(client)).status_code == 200


async def test_a_token_for_something_else_is_none_for_this(house: House) -> None:
    async with house.client() as client:
        await sign_in(client)
        assert (await client.post("/api/v1/email/verification", headers=SAME_ORIGIN)).status_code == 204
        mail = (await house.mailer.delivered())[-1]
        token = mail.text.partition("#")[2].split()[0]
        assert (await confirm(client, token)).json()["code"] == "mail_token_over"
        assert (await client.post("/api/v1/email/verify", json={"token": token})).status_code == 204
        async with house.database.system_reading() as tx:
            (person,) = await tx.scalars(AllPeople(tx).every())
        assert person.email_verified_at == house.clock.now()
        again = await client.post("/api/v1/email/verify", json={"token": token})
        assert again.json()["code"] == "mail_token_over"


async def test_an_unknown_address_is_answered_alike_and_before_anybody_is_looked_for(house: House) -> None:
    """Nothing that takes longer for one than for the other happens before the answer."""
    async with house.client() as client:
        known, unknown = await ask(client), await ask(client, "nobody@example.org")
        told = [
            (answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k != "x-request-id"})
            for answer in (known, unknown)
        ]
        assert told[0] == told[1]
        assert house.mailer.sent == []
    assert [mail.to for mail in await house.mailer.delivered()] == [EMAIL]


async def test_a_mailbox_is_not_flooded(house: House) -> None:
    async with house.client() as client:
        for _ in range(5):
            assert (await ask(client)).status_code == 204
        assert len(await house.mailer.delivered()) == 1
        house.clock.pass_by(timedelta(hours=1, seconds=1))
        await ask(client, EMAIL.upper())
        assert len(await house.mailer.delivered()) == 2


async def test_more_than_a_hundred_messages_at_once_are_not_kept() -> None:
    box = Mailbox()
    post = Post(mailer=box, spawn=box.spawn)

    async def written() -> Mail:
        return Mail(to=EMAIL, subject="s", text="t")

    for _ in range(150):
        post.soon(written)
    assert len(await box.delivered()) == 100
    post.soon(written)
    assert len(await box.delivered()) == 101


async def test_what_goes_wrong_in_writing_stops_nothing_else() -> None:
    box = Mailbox()
    post = Post(mailer=box, spawn=box.spawn)

    async def broken() -> Mail:
        raise ValueError("nobody foresaw this")

    post.soon(broken)
    assert await box.delivered() == []


async def test_a_weak_password_is_refused_and_the_token_stays_good(house: House) -> None:
    token = await token_of(house)
    async with house.client() as client:
        assert (await confirm(client, token, "aaaaaaaaaaaaa")).json()["code"] == "weak_password"
        assert (await confirm(client, token)).status_code == 204


async def test_nobody_who_is_shut_out_or_comes_in_by_a_provider_alone_is_written_to(house: House) -> None:
    await house.another_tenant(email="member@example.org", role="member")
    house.rules.given = SignInRules(provider_only=True)
    async with house.client() as client:
        await ask(client, "member@example.org")
        assert await house.mailer.delivered() == []
        token = await token_of(house)  # owners may
        async with house.database.system_transaction() as tx:
            people = AllPeople(tx)
            them = people.changing().where(PersonRow.email == EMAIL)
            await people.run(them.values(disabled_at=house.clock.now()))
        assert (await confirm(client, token)).json()["code"] == "mail_token_over"


async def test_the_token_is_kept_as_a_hash_and_the_link_never_comes_of_the_request(house: House) -> None:
    async with house.client() as client:
        await client.post(ASK, json={"email": EMAIL}, headers={"host": "evil.test", "x-forwarded-host": "evil.test"})
    (mail,) = await house.mailer.delivered()
    assert "evil.test" not in mail.text
    token = mail.text.partition("#")[2].split()[0]
    async with house.database.system_reading() as tx:
        (row,) = await tx.scalars(MailTokens(tx).every())
    assert token not in str(vars(row))
    assert token not in repr(mail)
    assert "http" not in Letters(site=None).way("new-password", token)


async def test_another_site_cannot_ask(house: House) -> None:
    async with house.client(origin="https://evil.test") as client:
        assert (await ask(client)).json()["code"] == "cross_site_request"
    assert await house.mailer.delivered() == []


async def test_a_sign_in_under_way_ends(house: House) -> None:
    house.rules.given = SignInRules(second_factor=True)
    async with house.client() as thief, house.client() as owner:
        step = (await sign_in(thief)).json()["step"]
        assert (await confirm(owner, await token_of(house))).status_code == 204
        refused = await thief.post("/api/v1/session/second-factor/totp", json={"step": step})
        assert refused.json()["code"] == "sign_in_step_over"
