"""Doors of single sign-on: for administrators, for browsers, and for the providers themselves."""

from fastapi import APIRouter

from chimera.tenancy.sso.endpoints import administration, signing_in
from chimera.tenancy.sso.endpoints.origin import Origin
from chimera.tenancy.sso.flow import SingleSignOn
from chimera.tenancy.sso.logout import BackChannel
from chimera.tenancy.sso.providers import IdentityProviders
from chimera.web.routers import LateRouter


def router(
    providers: IdentityProviders, sign_on: SingleSignOn, back_channel: BackChannel, *, public_url: str | None
) -> APIRouter:
    api, origin = LateRouter(prefix="/api/v1"), Origin(public_url)
    administration.add(api, providers, origin)
    signing_in.add(api, sign_on, back_channel, origin)
    return api
