"""Domains are an organisation's where their web sites say so; only then are their people sent to its providers."""

from dataclasses import dataclass

import pytest

from chimera.crypto.root import RootSealer
from chimera.kit.fetching import Fetched, FetchError, Outgoing
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.store.recording import Unrecorded
from chimera.tenancy.permissions import KNOWN
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.sso.discovery import Issuers
from chimera.tenancy.sso.provider import Change, Terms
from chimera.tenancy.sso.providers import IdentityProviders
from chimera.tenancy.sso.repository import AllProviders
from chimera.tenancy.tables import TenantRow


@dataclass
class WebSites:
    """The port `Fetcher`: what stands at each address."""

    pages: dict[str, tuple[int, str]]

    async def fetch(self, outgoing: Outgoing) -> Fetched:
        if outgoing.url not in self.pages:
            raise FetchError("Nobody answers.", trouble="unreachable")
        assert outgoing.redirects == 0
        status, body = self.pages[outgoing.url]
        return Fetched(url=outgoing.url, status=status, headers={}, body=body.encode())


@pytest.fixture
def web() -> WebSites:
    return WebSites({})


@pytest.fixture
def providers(database: Database, web: WebSites) -> IdentityProviders:
    return IdentityProviders(
        database=database,
        issuers=Issuers(web),
        fetcher=web,
        sealer=RootSealer(root=b"r" * 32),
        recorder=Unrecorded(),
        on_revoked=lambda: None,
    )


async def organisation(database: Database) -> Scope:
    async with database.system_transaction() as tx:
        tenant = await AllTenants(tx).add(TenantRow(name="One"))
    return Scope(tenant_id=tenant.id, actor_id=new_id(), permissions=KNOWN)


def terms(*domains: str) -> Terms:
    return Terms(
        name="Login",
        client_id="chimera",
        scopes=(),
        domains=domains,
        group_claim="groups",
        roles_by_group={},
        default_role="member",
        just_in_time=True,
        enabled=True,
    )


def page_of(domain: str) -> str:
    return f"https://{domain}/.well-known/chimera-organisation.txt"


async def test_people_are_sent_to_providers_of_who_proved_their_domain_and_to_no_pretender(
    database: Database, web: WebSites, providers: IdentityProviders
) -> None:
    async def offered(domain: str) -> list[Scope]:
        async with database.system_reading() as tx:
            found = {row.tenant_id for row in await AllProviders(tx).of_domain(domain, most=9)}
        return [one for one in (ours, theirs) if one.tenant_id in found]

    ours = theirs = await organisation(database)
    here = await providers.create(
        ours, "https://login.one.example", terms("one.example", "shared.example"), secret=None
    )
    assert await offered("one.example") != [], "where there is one organisation alone nobody else can be meant"
    theirs = await organisation(database)
    there = await providers.create(theirs, "https://evil.example", terms("one.example"), secret=None)
    assert await offered("one.example") == []
    web.pages = {
        page_of("one.example"): (200, f"# Chimera\n {str(ours.tenant_id).upper()} \n"),
        page_of("shared.example"): (404, str(ours.tenant_id)),
    }
    assert (await providers.prove_domains(ours, here.id)).proven_domains == ["one.example"]
    assert (await providers.prove_domains(theirs, there.id)).proven_domains == []
    assert (await offered("one.example"), await offered("shared.example")) == ([ours], [])
    changed = await providers.change(ours, here.id, Change(values={"domains": ("shared.example",)}))
    assert changed.proven_domains == []
    await providers.change(ours, here.id, Change(values={"domains": ("one.example", "shared.example")}))
    assert await offered("one.example") == [], "what was taken away is proved anew"
    web.pages[page_of("shared.example")] = (200, str(ours.tenant_id))
    assert (await providers.prove_domains(ours, here.id)).proven_domains == ["one.example", "shared.example"]
    web.pages.clear()
    assert (await providers.prove_domains(ours, here.id)).proven_domains == []
