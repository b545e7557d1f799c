"""Every operation names the permission that it needs: without just that one it is refused, with it alone it is not."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx2
import pytest
from tests.serving import Running
from tests.surfaces.description import PUBLIC, described, operations
from tests.surfaces.isolation.bodies import BODIES, SHARED
from tests.surfaces.isolation.footprint import footprint
from tests.surfaces.requirements import requirement

from chimera.kit.ids import new_id
from chimera.tenancy.credentials import hashed, new_api_key, shown_prefix
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import ADMIN, ALL, KNOWN, OPERATE, OWNER, implied
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.tables import TenantRow, UserRow

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

OWN_SPENDING = "those who do not hold spend:read see what binds them, or what they spent themselves"
OWN_PROOF = "how one signs in oneself"
OWN_PLACES = "the organisations that one belongs to"
OWN_TOKENS = "a token never may more than what it is exchanged for"
# What anybody may who is known, and why. A new operation names a permission, or stands here.
OWN: dict[tuple[str, str], str] = {
    ("get", "/api/v1/budgets"): OWN_SPENDING,
    ("get", "/api/v1/budgets/{budget_id}"): OWN_SPENDING,
    ("get", "/api/v1/usage"): OWN_SPENDING,
    ("get", "/api/v1/ledger"): OWN_SPENDING,
    ("get", "/api/v1/ledger/export"): OWN_SPENDING,
    ("post", "/api/v1/email/verification"): OWN_PROOF,
    ("get", "/api/v1/factors"): OWN_PROOF,
    ("post", "/api/v1/factors/recovery-codes"): OWN_PROOF,
    ("post", "/api/v1/factors/totp"): OWN_PROOF,
    ("delete", "/api/v1/factors/totp"): OWN_PROOF,
    ("post", "/api/v1/factors/totp/confirm"): OWN_PROOF,
    ("get", "/api/v1/passkeys"): OWN_PROOF,
    ("post", "/api/v1/passkeys"): OWN_PROOF,
    ("post", "/api/v1/passkey-registration"): OWN_PROOF,
    ("patch", "/api/v1/passkeys/{passkey_id}"): OWN_PROOF,
    ("delete", "/api/v1/passkeys/{passkey_id}"): OWN_PROOF,
    ("post", "/api/v1/password"): OWN_PROOF,
    ("get", "/api/v1/session"): OWN_PROOF,
    ("post", "/api/v1/session/proof"): OWN_PROOF,
    ("get", "/api/v1/sessions"): OWN_PROOF,
    ("delete", "/api/v1/sessions"): OWN_PROOF,
    ("delete", "/api/v1/sessions/{session_id}"): OWN_PROOF,
    ("post", "/api/v1/session/tenant"): OWN_PLACES,
    ("get", "/api/v1/session/tenants"): OWN_PLACES,
    ("post", "/api/v1/token"): OWN_TOKENS,
    ("get", "/api/v1/token-families"): OWN_TOKENS,
    ("delete", "/api/v1/token-families/{family_id}"): OWN_TOKENS,
    ("get", "/api/v1/users/me"): "one's own name and rights",
    ("patch", "/api/v1/users/me"): "one's own name",
    ("post", "/api/v1/privacy/exports"): "everything of one's own, as a file",
    ("get", "/api/v1/permissions"): "what there is to be allowed is no secret",
    ("get", "/api/version"): "which version of Ollama's API is spoken, which its clients ask first",
}


def without(permission: str) -> list[str]:
    """As much as can be held without holding the permission, by whatever name."""
    return sorted(one for one in ALL if permission not in implied(frozenset({one})))


@asynccontextmanager
async def holding(
    standing: Running, permissions: list[str], *, operator: bool = False
) -> AsyncGenerator[httpx2.AsyncClient]:
    """The owner of an organisation of its own, with a key that may do so much."""
    tenant, user, secret = new_id(), new_id(), new_api_key()
    async with standing.house.database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=tenant, name="Privileged"))
        row = UserRow(tenant_id=tenant, id=user, email=f"{user}@example.com", name="p", role=OWNER, operator=operator)
        await AllUsers(tx).add(row)
        await AllApiKeys(tx).add(
            ApiKeyRow(
                tenant_id=tenant,
                user_id=user,
                name="p",
                prefix=shown_prefix(secret),
                secret_hash=hashed(secret.encode()),
                permissions=permissions,
            )
        )
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx2.AsyncClient(base_url=standing.url, headers=headers, timeout=30) as http:
        yield http


async def needed(standing: Running) -> dict[str, list[tuple[str, str]]]:
    """The operations of each permission."""
    found: dict[str, list[tuple[str, str]]] = {}
    for method, path, operation in operations(await described(standing)):
        for way in operation.get("security") or ():
            for permission in way.get("key", ()):
                found.setdefault(permission, []).append((method, path))
    return found


async def asked(http: httpx2.AsyncClient, method: str, path: str) -> httpx2.Response:
    address = path
    for name in [piece.partition("}")[0] for piece in path.split("{")[1:]]:
        address = address.replace(f"{{{name}}}", SHARED.get(name, str(new_id())))
    return await http.request(method, address, json=BODIES.get((method, path)))


def is_refusal(answer: httpx2.Response, permission: str) -> bool:
    return answer.status_code == 403 and f"needs the permission {permission}." in answer.text


@requirement("access.permission")
async def test_every_operation_names_its_permission_or_why_it_needs_none(standing: Running) -> None:
    unnamed = [
        f"{method} {path}"
        for method, path, operation in operations(await described(standing))
        if (method, path) not in PUBLIC
        and (method, path) not in OWN
        and not [one for way in operation.get("security") or () for one in way.get("key", ())]
    ]
    assert not unnamed
    assert set(await needed(standing)) <= KNOWN


@requirement("access.permission")
async def test_all_other_permissions_together_do_not_do_for_the_one(standing: Running) -> None:
    walked = 0
    for permission, found in (await needed(standing)).items():
        async with holding(standing, without(permission)) as http:
            before = footprint(standing)
            for method, path in found:
                answer = await asked(http, method, path)
                assert is_refusal(answer, permission), f"{method} {path}: {answer.status_code} {answer.text[:200]}"
                walked += 1
            after = footprint(standing)
            assert not before.changes_to(after)
            assert not before.additions_in(after)
    assert walked > 90


@requirement("access.permission")
async def test_the_one_permission_does_without_any_other(standing: Running) -> None:
    for permission, found in (await needed(standing)).items():
        async with holding(standing, [permission], operator=permission == OPERATE) as http:
            for method, path in found:
                answer = await asked(http, method, path)
                assert not is_refusal(answer, permission), f"{method} {path}: {answer.text[:200]}"
                assert answer.status_code not in {401, 500}, f"{method} {path}: {answer.text[:200]}"


@requirement("access.permission")
async def test_a_key_of_before_that_may_administrate_still_may(standing: Running) -> None:
    meant, found = implied(frozenset({ADMIN})) - {ADMIN}, await needed(standing)
    assert len(meant) > 5
    async with holding(standing, [ADMIN]) as http:
        for permission in meant & set(found):
            for method, path in [one for one in found[permission] if one[0] == "get"]:
                answer = await asked(http, method, path)
                assert not is_refusal(answer, permission), f"{method} {path}: {answer.text[:200]}"
        changed = await http.put("/api/v1/policies/layout", json={"auto": True})
        assert changed.status_code == 200
