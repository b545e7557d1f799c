"""Proof that a domain is an organisation's: a file on its web site that names the organisation."""

import asyncio
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from chimera.kit.fetching import Fetcher, FetchError, Outgoing

PATH: Final = "/.well-known/chimera-organisation.txt"
_MOST_BYTES: Final = 16_384
_AT_ONCE: Final = 5


async def proven(fetcher: Fetcher, domains: Iterable[str], tenant_id: UUID) -> frozenset[str]:
    """Those of the domains that name the organisation now."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def asked(domain: str) -> str | None:
        async with gate:
            return domain if await _names(fetcher, domain, tenant_id) else None

    return frozenset(found for found in await asyncio.gather(*map(asked, domains)) if found)


async def _names(fetcher: Fetcher, domain: str, tenant_id: UUID) -> bool:
    # No redirect is followed: many a site sends visitors wherever an address says.
    asked = Outgoing(url=f"https://{domain}{PATH}", most_bytes=_MOST_BYTES)
    try:
        told = await fetcher.fetch(asked)
    except FetchError:
        return False
    lines = told.body.decode("utf-8", "replace").splitlines() if told.status == 200 else []
    return any(line.strip().lower() == str(tenant_id) for line in lines)
