"""Links that show conversations, put together."""

from functools import partial

from fastapi import APIRouter

from chimera.bootstrap.access.audit import Audit
from chimera.conversations.shares import endpoints
from chimera.conversations.shares.copying import SharedCopies
from chimera.conversations.shares.making import Shares
from chimera.conversations.shares.viewing import SharedViews
from chimera.gateway.limits.buckets import RateLimiter
from chimera.gateway.limits.strangers import Strangers
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.policies.service import Policies
from chimera.tenancy.lookups import acting_for
from chimera.tenancy.people.directory import Directory


def sharing_router(policies: Policies, audit: Audit, directory: Directory, limiter: RateLimiter) -> APIRouter:
    database = policies.database

    async def name_of(owner: Scope) -> str:
        return (await directory.myself(owner)).name

    shares = Shares(database=database, policies=policies, recorder=audit.recorder, clock=utc_now)
    views = SharedViews(shares=shares, acting=partial(acting_for, database), name_of=name_of, trail=audit.notes)
    copies = SharedCopies(database=database, views=views, clock=utc_now)
    return endpoints.router(shares, views, copies, Strangers(limiter=limiter))
