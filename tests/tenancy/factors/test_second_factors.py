"""A code of an app beside the password: set up, asked for, taken once, and lost."""

import base64
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from tests.tenancy.house import EMAIL, KEY, PASSWORD, SAME_ORIGIN, House, sign_in

from chimera.tenancy.factors import totp
from chimera.tenancy.factors.repository import RecoveryCodes, Totps
from chimera.tenancy.repository import AllPeople
from chimera.tenancy.sessions.attempts import LIMITS
from chimera.tenancy.sessions.rules import SignInRules

FACTOR = "/api/v1/session/second-factor"


def code_now(house: House, secret: str, *, offset: int = 0) -> str:
    """What the app shows."""
    return totp.code_at(base64.b32decode(secret), int(house.clock.now().timestamp()) // 30 + offset)


def wrong_code(house: House, secret: str) -> str:
    near = {code_now(house, secret, offset=offset) for offset in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


async def prove(client: httpx2.AsyncClient, password: str = PASSWORD) -> httpx2.Response:
    return await client.post("/api/v1/session/proof", json={"password": password}, headers=SAME_ORIGIN)


async def set_up(house: House) -> tuple[str, list[str]]:
    """Give the owner an app and recovery codes; return its secret and them."""
    async with house.client() as client:
        await sign_in(client)
        assert (await prove(client)).status_code == 204
        made = await client.post("/api/v1/factors/totp", headers=SAME_ORIGIN)
        assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
        secret = made.json()["secret"]
        assert (await client.get("/api/v1/factors")).json()["totp_since"] is None
        body = {"code": code_now(house, secret)}
        assert (await client.post("/api/v1/factors/totp/confirm", json=body, headers=SAME_ORIGIN)).status_code == 204
        codes = (await client.post("/api/v1/factors/recovery-codes", headers=SAME_ORIGIN)).json()["codes"]
        shown = (await client.get("/api/v1/factors")).json()
        assert (shown["totp_since"] is not None, shown["recovery_codes_left"]) == (True, 10)
    house.clock.pass_by(timedelta(seconds=60))
    return secret, codes


async def first_step(client: httpx2.AsyncClient) -> dict[str, Any]:
    answer = await sign_in(client)
    assert (answer.status_code, answer.json()["code"]) == (401, "second_factor_required")
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


async def answer(client: httpx2.AsyncClient, step: str, code: str) -> httpx2.Response:
    return await client.post(FACTOR, json={"step": step, "code": code})


async def test_a_password_alone_opens_nothing_any_more_and_with_a_code_it_does(house: House) -> None:
    secret, _ = await set_up(house)
    async with house.client() as client:
        asked = await first_step(client)
        assert asked["methods"] == ["totp", "recovery_code"]
        assert (await client.get("/whoami")).status_code == 401
        opened = await answer(client, asked["step"], code_now(house, secret))
        assert (opened.status_code, opened.json()["user"]["email"]) == (200, EMAIL)
        assert "httponly" in opened.headers["set-cookie"].lower()
        assert (await client.get("/whoami")).status_code == 200


async def test_no_code_is_taken_twice_nor_one_before_it(house: House) -> None:
    secret, _ = await set_up(house)
    async with house.client() as client:
        code, before = code_now(house, secret), code_now(house, secret, offset=-1)
        assert (await answer(client, (await first_step(client))["step"], code)).status_code == 200
        for used in (code, before):
            refused = await answer(client, (await first_step(client))["step"], used)
            assert (refused.status_code, refused.json()["code"]) == (401, "invalid_code")
        later = code_now(house, secret, offset=1)
        assert (await answer(client, (await first_step(client))["step"], later)).status_code == 200


async def test_a_step_is_used_once_ends_after_five_minutes_and_is_nobody_else_s(house: House) -> None:
    secret, codes = await set_up(house)
    async with house.client() as client:
        step = (await first_step(client))["step"]
        assert (await answer(client, step, codes[0])).status_code == 200
        again = await answer(client, step, codes[1])
        assert (again.status_code, again.json()["code"]) == (401, "sign_in_step_over")
        late = (await first_step(client))["step"]
        house.clock.pass_by(timedelta(minutes=5))
        assert (await answer(client, late, code_now(house, secret))).json()["code"] == "sign_in_step_over"
        for made_up in ("x", "' OR '1'='1", "\u0000", "null", step[:-1]):
            assert (await answer(client, made_up, code_now(house, secret))).json()["code"] == "sign_in_step_over"


async def test_wrong_codes_are_counted_like_wrong_passwords_and_a_right_password_forgets_none(house: House) -> None:
    secret, _ = await set_up(house)
    wrong = wrong_code(house, secret)
    async with house.client() as client:
        for _ in range(LIMITS["pair"]):
            refused = await answer(client, (await first_step(client))["step"], wrong)
            assert refused.json()["code"] == "invalid_code"
        blocked = await sign_in(client)
        assert (blocked.status_code, blocked.json()["code"]) == (429, "too_many_attempts")


async def test_a_step_takes_five_tries_wherever_they_come_from(house: House) -> None:
    secret, _ = await set_up(house)
    wrong = wrong_code(house, secret)
    async with house.client() as client:
        step = (await first_step(client))["step"]
    for number in range(5):
        async with house.client(f"198.51.100.{number}") as thief:
            assert (await answer(thief, step, wrong)).json()["code"] == "invalid_code"
    async with house.client("198.51.100.9") as thief:
        assert (await answer(thief, step, code_now(house, secret))).json()["code"] == "sign_in_step_over"


async def test_a_recovery_code_is_good_once(house: House) -> None:
    _, codes = await set_up(house)
    async with house.client() as client:
        step = (await first_step(client))["step"]
        assert (await answer(client, step, codes[3].upper())).status_code == 200
        assert (await client.get("/api/v1/factors")).json()["recovery_codes_left"] == 9
        again = await answer(client, (await first_step(client))["step"], codes[3])
        assert again.json()["code"] == "invalid_code"


async def test_factors_change_only_after_a_fresh_proof_so_that_a_stolen_session_is_no_stolen_account(
    house: House,
) -> None:
    changes = [("POST", "totp"), ("DELETE", "totp"), ("POST", "recovery-codes")]
    async with house.client() as client:
        await sign_in(client)
        for method, what in changes:
            refused = await client.request(method, f"/api/v1/factors/{what}", headers=SAME_ORIGIN)
            assert (refused.status_code, refused.json()["code"]) == (403, "proof_needed")
        assert (await prove(client, "not the right password")).json()["code"] == "invalid_credentials"
        assert (await client.post("/api/v1/factors/totp", headers=SAME_ORIGIN)).json()["code"] == "proof_needed"
        assert (await prove(client)).status_code == 204
        assert (await client.post("/api/v1/factors/totp", headers=SAME_ORIGIN)).status_code == 201
        house.clock.pass_by(timedelta(minutes=11))
        assert (await client.post("/api/v1/factors/totp", headers=SAME_ORIGIN)).json()["code"] == "proof_needed"
        for _ in range(LIMITS["pair"]):
            await prove(client, "not the right password")
        assert (await prove(client)).json()["code"] == "too_many_attempts"


async def test_an_api_key_changes_no_factors(house: House) -> None:
    async with house.client(authorization=f"Bearer {KEY}") as client:
        for method, path in (("POST", "factors/totp"), ("DELETE", "factors/totp"), ("POST", "factors/recovery-codes")):
            assert (await client.request(method, f"/api/v1/{path}")).json()["code"] == "permission_denied"
        assert (await prove(client)).json()["code"] == "permission_denied"


async def test_removing_the_app_removes_the_codes_and_lets_the_password_alone_do(house: House) -> None:
    secret, _ = await set_up(house)
    async with house.client() as client:
        await answer(client, (await first_step(client))["step"], code_now(house, secret))
        again = await prove(client)
        assert again.status_code == 204
        twice = await client.post("/api/v1/factors/totp", headers=SAME_ORIGIN)
        assert (twice.status_code, twice.json()["code"]) == (409, "factor_exists")
        assert (await client.delete("/api/v1/factors/totp", headers=SAME_ORIGIN)).status_code == 204
        assert (await client.delete("/api/v1/factors/totp", headers=SAME_ORIGIN)).json()["code"] == "factor_not_found"
        assert (await client.get("/api/v1/factors")).json()["recovery_codes_left"] == 0
        assert (await sign_in(client)).status_code == 200


async def test_secrets_and_codes_are_neither_kept_nor_told_in_the_clear(house: House) -> None:
    secret, codes = await set_up(house)
    async with house.database.system_reading() as tx:
        (app,) = await tx.scalars(Totps(tx).every())
        kept = await tx.scalars(RecoveryCodes(tx).every())
        said = str(vars(app)) + "".join(str(vars(row)) for row in kept)
    async with house.client() as client:
        asked = await first_step(client)
        said += (await answer(client, asked["step"], codes[0] + "x")).text
        said += (await client.post(FACTOR, json={"step": asked["step"], "code": codes[0], "x": 1})).text
    assert not [code for code in (secret, *codes) if code in said]
    assert base64.b32decode(secret) not in app.secret


async def test_an_app_s_row_moved_to_somebody_else_does_not_open_their_account(house: House) -> None:
    """Whoever may write the database, and has an app of their own, still has nobody else's."""
    secret, _ = await set_up(house)
    await house.another_tenant()
    async with house.database.system_transaction() as tx:
        other = await AllPeople(tx).by_email("other@example.org")
        assert other is not None
        await Totps(tx).run(Totps(tx).changing().values(person_id=other.id))
    async with house.client() as client:
        asked = await sign_in(client, email="other@example.org")
        refused = await answer(client, asked.json()["step"], code_now(house, secret))
        assert refused.json()["code"] == "invalid_code"


async def test_an_organisation_that_wants_a_second_factor_has_it_set_up_before_the_first_session(house: House) -> None:
    house.rules.given = SignInRules(second_factor=True)
    async with house.client() as client:
        asked = await first_step(client)
        assert asked["methods"] == ["enrol"]
        early = await answer(client, asked["step"], "000000")
        assert early.json()["code"] == "invalid_code"
        made = await client.post(f"{FACTOR}/totp", json={"step": asked["step"]})
        assert (made.status_code, made.headers["cache-control"]) == (200, "no-store")
        opened = await answer(client, asked["step"], code_now(house, made.json()["secret"]))
        assert opened.status_code == 200
        house.clock.pass_by(timedelta(seconds=60))
        asked = await first_step(client)
        assert asked["methods"] == ["totp"]
        taken = await client.post(f"{FACTOR}/totp", json={"step": asked["step"]})
        assert taken.json()["code"] == "sign_in_step_over", "who has an app cannot set up another by the password"


async def test_changing_the_password_ends_steps_under_way(house: House) -> None:
    secret, _ = await set_up(house)
    async with house.client() as thief, house.client() as owner:
        stolen = (await first_step(thief))["step"]
        opened = await answer(owner, (await first_step(owner))["step"], code_now(house, secret))
        assert opened.status_code == 200
        change = {"old_password": PASSWORD, "new_password": "quite another phrase"}
        assert (await owner.post("/api/v1/password", json=change, headers=SAME_ORIGIN)).status_code == 204
        house.clock.pass_by(timedelta(seconds=60))
        assert (await answer(thief, stolen, code_now(house, secret))).json()["code"] == "sign_in_step_over"


@pytest.mark.parametrize("headers", [{"origin": "http://evil.test"}, {"sec-fetch-site": "cross-site"}])
async def test_another_site_cannot_answer_a_step(house: House, headers: dict[str, str]) -> None:
    secret, _ = await set_up(house)
    async with house.client() as client:
        step = (await first_step(client))["step"]
        body = {"step": step, "code": code_now(house, secret)}
        assert (await client.post(FACTOR, json=body, headers=headers)).json()["code"] == "cross_site_request"


async def test_who_came_in_how_and_who_could_not_is_told_to_the_trail(house: House) -> None:
    secret, codes = await set_up(house)
    house.noted.acts.clear()
    async with house.client() as client:
        await sign_in(client, password="not the right password")
        await sign_in(client, email="nobody@example.org")
        step = (await first_step(client))["step"]
        await answer(client, step, wrong_code(house, secret))
        await answer(client, step, codes[0])
    told = [(act.name, act.outcome, act.address, dict(act.details)) for _, act in house.noted.acts]
    assert told == [
        ("session.refused", "invalid_credentials", "192.0.2.1", {}),
        ("session.refused", "invalid_code", "192.0.2.1", {}),
        ("session.begun", "ok", "192.0.2.1", {"method": "password+recovery_code"}),
    ]
    assert not [secret for secret in (PASSWORD, codes[0], EMAIL) if secret in repr(house.noted.acts)]
