"""Tokens of other issuers: believed for one organisation, whose user they name, and for nobody else."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from tests.tenancy.house import EMAIL, KEY
from tests.tenancy.tokens.conftest import ISSUER, Replica

from chimera.kit.fetching import Fetched, Outgoing
from chimera.kit.ids import new_id
from chimera.store.recording import Unrecorded
from chimera.tenancy.authenticate import Authenticator
from chimera.tenancy.permissions import ROLES
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.sso.discovery import Issuers
from chimera.tenancy.sso.tables import IdentityProviderRow, IdentityRow
from chimera.tenancy.tokens import endpoints
from chimera.tenancy.tokens.issuers import ForeignJudge, TokenIssuersOf
from chimera.tenancy.tokens.judging import TokenJudge
from chimera.web.routers import join

FOREIGN, AUDIENCE = "https://id.example", "https://chimera.example/api"


@dataclass
class Company:
    """Another issuer: signs tokens, and answers for its keys; the port `Fetcher` with it alone behind."""

    replica: Replica
    key: Any = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "theirs"}))
    asked: list[str] = field(default_factory=list[str])

    async def fetch(self, outgoing: Outgoing) -> Fetched:
        self.asked.append(outgoing.url)
        body = json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()
        return Fetched(url=outgoing.url, status=200, headers={"content-type": "application/json"}, body=body)

    def token(self, *, kid: str = "theirs", typ: str = "at+jwt", **claims: Any) -> str:
        now = int(self.replica.house.clock.now().timestamp())
        said = {"iss": FOREIGN, "aud": AUDIENCE, "sub": "employee-7", "iat": now, "exp": now + 300} | claims
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": kid, "typ": typ}, said, self.key)

    async def believe(self, **more: Any) -> int:
        body = {"name": "Company", "issuer": FOREIGN, "audience": AUDIENCE, "jwks_url": f"{FOREIGN}/keys"} | more
        async with self.replica.client(**{"x-api-key": KEY}) as client:
            return (await client.post("/api/v1/token-issuers", json=body)).status_code


@pytest.fixture
def company(replica: Replica) -> Company:
    house = replica.house
    company = Company(replica)
    others = ForeignJudge(
        database=house.database, issuers=Issuers(company, monotonic=house.clock.monotonic), now=house.clock.now
    )
    judge = TokenJudge(database=house.database, keys=replica.keys, issuer=ISSUER, others=others, now=house.clock.now)
    authenticator = Authenticator(
        house.database, now=house.clock.now, monotonic=house.clock.monotonic, judge_tokens=judge
    )
    house.app.state.authenticate = authenticator
    issuers = TokenIssuersOf(
        database=house.database, own=ISSUER, recorder=Unrecorded(), on_revoked=authenticator.forget
    )
    join(house.app.router, endpoints.issuer_router(issuers))
    return company


@pytest.fixture
async def by_address(company: Company) -> Company:
    """Believed for whom it names by verified address."""
    assert await company.believe(subject_claim="email") == 201
    return company


def of_owner(**claims: Any) -> dict[str, Any]:
    return {"email": EMAIL, "email_verified": True} | claims


async def test_a_token_speaks_for_the_user_of_its_verified_address(by_address: Company, replica: Replica) -> None:
    async with replica.bearer(by_address.token(**of_owner())) as client:
        answer = (await client.get("/whoami")).json()
    async with replica.client(**{"x-api-key": KEY}) as client:
        assert answer == (await client.get("/whoami")).json()
    assert replica.house.seen[0].key_id is None


async def test_a_token_speaks_for_whom_the_provider_of_the_same_issuer_vouched_for(
    company: Company, replica: Replica
) -> None:
    assert await company.believe() == 201
    assert await replica.status(company.token()) == 401, "nobody signed in as this subject"
    async with replica.house.database.system_transaction() as tx:
        user = (await tx.scalars(AllUsers(tx).every())).one()
        provider = IdentityProviderRow(
            tenant_id=user.tenant_id,
            name="p",
            issuer=FOREIGN,
            client_id="c",
            scopes=[],
            domains=[],
            roles_by_group={},
            just_in_time=False,
            enabled=True,
            ceiling=[],
        )
        tx.add(provider)
        await tx.flush()
        tx.add(IdentityRow(tenant_id=user.tenant_id, provider_id=provider.id, subject="employee-7", user_id=user.id))
    replica.house.clock.pass_by(timedelta(seconds=5))
    assert await replica.status(company.token()) == 200
    assert await replica.status(company.token(sub="employee-8")) == 401


REFUSED: dict[str, Callable[[Company], str]] = {
    "address not verified": lambda company: company.token(**of_owner(email_verified=False)),
    "address verified in words": lambda company: company.token(**of_owner(email_verified="true")),
    "address of nobody": lambda company: company.token(**of_owner(email="stranger@example.org")),
    "no address": lambda company: company.token(**of_owner(email=None)),
    "another audience": lambda company: company.token(**of_owner(aud="https://elsewhere.example")),
    "no audience": lambda company: company.token(**of_owner(aud=None)),
    "another issuer": lambda company: company.token(**of_owner(iss="https://elsewhere.example")),
    "our name": lambda company: company.token(**of_owner(iss=ISSUER, aud=ISSUER)),
    "expired": lambda company: company.token(**of_owner(exp=1)),
    "endless": lambda company: company.token(**of_owner(exp=None)),
    "expires in words": lambda company: company.token(**of_owner(exp="4102444800")),
    "of tomorrow": lambda company: company.token(**of_owner(nbf=4102444800)),
    "ID token": lambda company: company.token(typ="JWT", **of_owner(nonce="n")),
    "logout token": lambda company: company.token(typ="logout+jwt", **of_owner()),
    "algorithm that was not chosen": lambda company: jwt.encode(
        {"alg": "PS256", "kid": "theirs"},
        {"iss": FOREIGN, "aud": AUDIENCE, "exp": 4102444800, **of_owner()},
        RSAKey.generate_key(2048),
        algorithms=["PS256"],
    ),
    "another key of the same name": lambda company: Company(company.replica).token(**of_owner()),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_anything_else_is_refused(by_address: Company, replica: Replica, name: str) -> None:
    assert await replica.status(REFUSED[name](by_address)) == 401


async def test_a_flood_of_unknown_keys_asks_the_issuer_once_in_thirty_seconds(
    by_address: Company, replica: Replica
) -> None:
    assert await replica.status(by_address.token(**of_owner())) == 200
    before = len(by_address.asked)
    for number in range(40):
        assert await replica.status(by_address.token(kid=f"made-up-{number}", **of_owner())) == 401
        replica.house.clock.pass_by(timedelta(seconds=1))
    assert len(by_address.asked) - before <= 2
    assert await replica.status(by_address.token(**of_owner())) == 200


async def test_a_new_key_of_the_issuer_is_found(by_address: Company, replica: Replica) -> None:
    assert await replica.status(by_address.token(**of_owner())) == 200
    by_address.key = ECKey.generate_key("P-256", {"kid": "next"})
    replica.house.clock.pass_by(timedelta(seconds=31))
    assert await replica.status(by_address.token(kid="next", **of_owner())) == 200


async def test_who_is_unknown_becomes_a_user_only_where_that_was_wished(company: Company, replica: Replica) -> None:
    assert await company.believe(subject_claim="email", default_role="viewer") == 201
    token = company.token(email="New@Example.org", email_verified=True)
    async with replica.bearer(token) as client:
        assert (await client.get("/whoami")).json()["may"] == ["models:read"]
    async with replica.house.database.system_reading() as tx:
        users = (await tx.scalars(AllUsers(tx).every())).all()
    assert sorted(str(user.email) for user in users) == ["new@example.org", EMAIL]


async def test_one_issuer_and_audience_are_believed_once_and_never_ourselves(
    by_address: Company, replica: Replica
) -> None:
    assert await by_address.believe() == 409
    assert await by_address.believe(issuer=ISSUER) == 400
    assert await by_address.believe(audience="other", default_role="nobody-has-heard-of", subject_claim="email") == 404
    assert await by_address.believe(audience="other", default_role="member") == 400
    assert await by_address.believe(audience="other", algorithms=["HS256"]) == 422
    assert await by_address.believe(audience="other", tenant_id="x") == 422


async def test_a_removed_issuer_is_believed_no_more(by_address: Company, replica: Replica) -> None:
    token = by_address.token(**of_owner())
    assert await replica.status(token) == 200
    async with replica.client(**{"x-api-key": KEY}) as client:
        (info,) = (await client.get("/api/v1/token-issuers")).json()["data"]
        assert (await client.delete(f"/api/v1/token-issuers/{info['id']}")).status_code == 204
        assert (await client.delete(f"/api/v1/token-issuers/{info['id']}")).status_code == 404
    assert await replica.status(token) == 401


async def test_a_foreign_token_begins_no_tokens_of_ours(by_address: Company, replica: Replica) -> None:
    async with replica.bearer(by_address.token(**of_owner())) as client:
        assert (await client.post("/api/v1/token", json={})).json()["code"] == "permission_denied"


GROUPS = {"subject_claim": "email", "roles_by_group": {"Readers": "viewer", "Staff": "member"}}


async def may(replica: Replica, token: str) -> set[str] | None:
    async with replica.bearer(token) as client:
        answer = await client.get("/whoami")
    return set(answer.json()["may"]) if answer.is_success else None


async def test_a_token_does_no_more_than_the_roles_of_its_groups_and_than_its_user_may(
    company: Company, replica: Replica
) -> None:
    assert await company.believe(**GROUPS) == 201
    assert await may(replica, company.token(**of_owner(groups=["Readers"]))) == ROLES["viewer"]
    both = await may(replica, company.token(**of_owner(groups=["Readers", "Staff", "Others"])))
    assert both == ROLES["viewer"] | ROLES["member"]
    assert await may(replica, company.token(**of_owner(groups="Staff"))) == ROLES["member"]
    for groups in (["Others"], [], None, {"Staff": 1}, 7):
        assert await may(replica, company.token(**of_owner(groups=groups))) is None


async def test_who_is_made_a_user_gets_the_role_of_their_group_or_else_the_usual_one(
    company: Company, replica: Replica
) -> None:
    assert await company.believe(**GROUPS, default_role="viewer") == 201
    for name, groups, role in (("a", ["Staff"], "member"), ("b", ["Others"], "viewer")):
        claims = {"email": f"{name}@example.org", "email_verified": True, "groups": groups}
        assert await may(replica, company.token(**claims)) == ROLES[role]
        async with replica.house.database.system_reading() as tx:
            assert [row.role for row in await tx.scalars(AllUsers(tx).every()) if row.email == claims["email"]] == [
                role
            ]


async def test_an_issuer_is_changed_and_switched_off_at_once(by_address: Company, replica: Replica) -> None:
    async with replica.client(**{"x-api-key": KEY}) as client:
        (issuer,) = (await client.get("/api/v1/token-issuers")).json()["data"]
        here = f"/api/v1/token-issuers/{issuer['id']}"
        token = by_address.token(**of_owner(roles=["Readers"]))
        everything = await may(replica, token)
        assert everything is not None
        assert everything > ROLES["viewer"]
        change = {"roles_by_group": {"Readers": "viewer"}, "group_claim": "roles", "name": "Renamed"}
        changed = (await client.patch(here, json=change)).json()
        assert changed == issuer | change
        assert await may(replica, token) == ROLES["viewer"]
        off = await client.patch(here, json={"enabled": False})
        assert off.json() == changed | {"enabled": False}
        assert await may(replica, token) is None
        for refused, status in (
            ({"audience": "elsewhere"}, 422),
            ({"default_role": "no such role"}, 404),
            ({"roles_by_group": {"Readers": "no such role"}}, 404),
            ({"subject_claim": "sub", "default_role": "member"}, 400),
        ):
            assert (await client.patch(here, json=refused)).status_code == status, refused
        assert (await client.patch(f"/api/v1/token-issuers/{new_id()}", json={})).status_code == 404


async def test_nobody_lets_an_issuer_give_what_they_do_not_hold(by_address: Company, replica: Replica) -> None:
    async with replica.client(**{"x-api-key": KEY}) as client:
        (issuer,) = (await client.get("/api/v1/token-issuers")).json()["data"]
        narrow = {"name": "narrow", "permissions": ["sso:manage"]}
        key = (await client.post("/api/v1/keys", json=narrow)).json()["key"]
    async with replica.client(**{"x-api-key": key}) as client:
        for change in ({"roles_by_group": {"Readers": "owner"}}, {"default_role": "member"}):
            refused = await client.patch(f"/api/v1/token-issuers/{issuer['id']}", json=change)
            assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
