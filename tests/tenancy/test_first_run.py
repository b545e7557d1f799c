"""The first start makes one owner, whoever starts and however many at once."""

import asyncio

import pytest

from chimera.kit.errors import AppError
from chimera.store import connect
from chimera.tenancy.first_run import FirstRun, first_run
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.permissions import KNOWN
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.sessions.passwords import Passwords
from tests.tenancy.house import EMAIL, PASSWORD, House, sign_in


async def test_what_is_not_given_is_generated_and_works(empty_house: House) -> None:
    made = await first_run(empty_house.database, empty_house.passwords)
    assert made is not None
    assert made.password
    assert made.api_key
    async with empty_house.client() as client:
        assert (await sign_in(client, email=made.email, password=made.password)).status_code == 200
    async with empty_house.client(authorization=f"Bearer {made.api_key}") as client:
        assert (await client.get("/whoami")).json()["may"] == sorted(KNOWN)


async def test_what_is_given_is_not_shown_again(empty_house: House) -> None:
    made = await empty_house.found()
    assert (made.email, made.password, made.api_key) == (EMAIL, None, None)


async def test_a_second_start_makes_nothing(house: House) -> None:
    assert await first_run(house.database, house.passwords, email="someone.else@example.org") is None


async def test_of_two_replicas_that_start_at_once_exactly_one_wins(database_url: str) -> None:
    async def start() -> FirstRun | None:
        async with connect(database_url) as replica:
            return await first_run(replica, Passwords())

    made = await asyncio.gather(*(start() for _ in range(4)))
    assert len([one for one in made if one is not None]) == 1
    async with connect(database_url) as database, database.system_reading() as tx:
        for repository in (AllTenants(tx), AllUsers(tx), AllApiKeys(tx)):
            assert len(list(await tx.scalars(repository.every()))) == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"password": "short"}, "weak_password"),
        ({"password": "owner@example.org"}, "weak_password"),
        ({"email": "nobody"}, "invalid_email"),
        ({"api_key": "two words"}, "invalid_api_key"),
        ({"api_key": "tiny"}, "invalid_api_key"),
        ({"api_key": "ck_" + "a" * 46}, "invalid_api_key"),
    ],
)
async def test_what_will_not_do_is_refused_and_nothing_is_made(
    empty_house: House, given: dict[str, str], code: str
) -> None:
    with pytest.raises(AppError) as refused:
        await first_run(empty_house.database, empty_house.passwords, **{"email": EMAIL, "password": PASSWORD} | given)
    assert refused.value.code == code
    async with empty_house.database.system_reading() as tx:
        assert list(await tx.scalars(AllTenants(tx).every())) == []


async def test_secrets_are_not_in_its_representation(empty_house: House) -> None:
    made = await first_run(empty_house.database, empty_house.passwords)
    assert made is not None
    assert str(made.password) not in repr(made)
    assert str(made.api_key) not in repr(made)
