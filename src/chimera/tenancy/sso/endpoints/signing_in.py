"""`/api/v1/sso`: for browsers, which are no callers yet, and for the providers."""

from html import escape
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response, status
from fastapi.responses import HTMLResponse, RedirectResponse

from chimera.kit.errors import AppError
from chimera.tenancy.credentials import hashed
from chimera.tenancy.sessions.beginning import hand_over, visitor_of
from chimera.tenancy.sso.endpoints.origin import Origin
from chimera.tenancy.sso.flow import PATIENCE, Returned, SingleSignOn
from chimera.tenancy.sso.logout import BackChannel
from chimera.tenancy.sso.schemas import SignInOption, SignInOptions
from chimera.web.openapi import refusals
from chimera.web.problems import error_headers, status_of

_COOKIE: Final = "chimera_sso_"
_PATH: Final = "/api/v1/sso"
# A path of ours: neither `//host` nor `/\host`, which browsers take for another host.
_OWN_PATH: Final = r"^/([!-.0-\[\]-~][!-\[\]-~]*)?$"
_STARTING = refusals(
    {
        404: "There is no such provider.",
        429: "Too many browsers of this address were sent there and did not come back.",
        503: "The provider does not answer as it should.",
    }
)
_RETURNING = refusals(
    {
        400: "This browser was not sent there, or too long ago, or came back before.",
        403: "The provider did not vouch for anybody, or for nobody who may come in.",
        404: "The provider was removed meanwhile.",
        503: "The provider does not answer as it should.",
    }
)
_LOGGING_OUT = refusals({400: "The token does not hold.", 503: "The provider's keys cannot be asked for."})

# Of which letters what comes back may be: https://www.rfc-editor.org/rfc/rfc6749#appendix-A
Said = Annotated[str | None, Query(max_length=4_096, pattern=r"^[\x20-\x7e]*$")]


def add(api: APIRouter, sign_on: SingleSignOn, back_channel: BackChannel, origin: Origin) -> None:
    _add_departing(api, sign_on, origin)
    _add_arriving(api, sign_on, origin)

    @api.post("/sso/backchannel-logout/{provider_id}", response_class=Response, tags=["sso"], responses=_LOGGING_OUT)
    async def log_out_by_provider(
        provider_id: UUID,
        logout_token: Annotated[str, Form(min_length=1, max_length=5_000, examples=["eyJhbGciOiJFUzI1NiJ9.e30.c2ln"])],
    ) -> Response:
        """For the provider: ends the sessions that its logout token names (OpenID Connect Back-Channel Logout 1.0)."""
        await back_channel.log_out(provider_id, logout_token)
        return Response(headers={"cache-control": "no-store"})


def _add_departing(api: APIRouter, sign_on: SingleSignOn, origin: Origin) -> None:
    @api.get("/sso", tags=["sso"])
    async def list_sign_in_options(
        domain: Annotated[str, Query(min_length=1, max_length=253, description="Of one's e-mail address.")],
    ) -> SignInOptions:
        """Where people with an address of this domain may sign in."""
        rows = await sign_on.providers_of(domain)
        return SignInOptions(data=[SignInOption(id=row.id, name=row.name) for row in rows])

    @api.get(
        "/sso/{provider_id}/start",
        status_code=status.HTTP_302_FOUND,
        response_class=RedirectResponse,
        tags=["sso"],
        responses=_STARTING,
    )
    async def start_sign_in(
        provider_id: UUID,
        request: Request,
        return_to: Annotated[str, Query(max_length=500, pattern=_OWN_PATH, description="A path of the app.")] = "/",
    ) -> Response:
        """Open this in the browser to sign in at the provider. It comes back within ten minutes, or begins anew."""
        try:
            departure = await sign_on.start(
                provider_id,
                redirect_uri=f"{origin.of(request)}{_PATH}/callback",
                return_to=return_to,
                address=visitor_of(request).address,
            )
        except AppError as refusal:
            return _refused(refusal, request)
        response = RedirectResponse(departure.url, status.HTTP_302_FOUND, {"cache-control": "no-store"})
        response.set_cookie(
            _cookie_of(departure.state),
            departure.secret,
            max_age=int(PATIENCE.total_seconds()),
            path=_PATH,
            httponly=True,
            samesite="lax",  # it must come along when the provider sends the browser back
            secure=_is_secure(request, origin),
        )
        return response


def _add_arriving(api: APIRouter, sign_on: SingleSignOn, origin: Origin) -> None:
    @api.get("/sso/callback", response_class=HTMLResponse, tags=["sso"], responses=_RETURNING)
    async def finish_sign_in(
        request: Request, state: Said = None, code: Said = None, error: Said = None, iss: Said = None
    ) -> Response:
        """Where the provider sends the browser back to. Sets the cookie of a session, and leads on."""
        cookie = _cookie_of(state or "")
        secret = request.cookies.get(cookie)
        returned = Returned(state=state, code=code, error=error, issuer=iss, secret=secret)
        response: Response
        try:
            arrival = await sign_on.finish(returned, visitor_of(request))
        except AppError as refusal:
            response = _refused(refusal, request)
        else:
            response = HTMLResponse(_onward_page(arrival.return_to))
            hand_over(arrival.token, request, response)
        response.delete_cookie(cookie, path=_PATH, httponly=True, samesite="lax", secure=_is_secure(request, origin))
        return response


def _cookie_of(state: str) -> str:
    """One for each sign-in, so that two tabs do not get in each other's way."""
    return f"{_COOKIE}{hashed(state.encode())[:12]}"


def _is_secure(request: Request, origin: Origin) -> bool:
    return origin.of(request).startswith("https:")


def _onward_page(path: str) -> str:
    """A page of ours that goes on by itself.

    The session's cookie is strict: browsers keep it back while another site's redirect is being followed, and send it
    when a page of ours leads on.
    """
    to = escape(path)
    return _page("Signed in", f'<a href="{to}">Continue</a>', f'<meta http-equiv="refresh" content="0;url={to}">')


def _refused(error: AppError, request: Request) -> Response:
    """Whoever looks at it is led back to sign-in, which says in their language what went wrong.

    Raises:
        AppError: the error itself, to a program.
    """
    if "text/html" not in request.headers.get("accept", ""):
        raise error
    to = f"/sign-in?refused={error.code}"
    body = f'{escape(error.message)} <a href="{to}">Back to sign in</a> <small>{error.code}</small>'
    page = _page("Not signed in", body, f'<meta http-equiv="refresh" content="0;url={to}">')
    return HTMLResponse(page, status_of(error), error_headers(error) | {"cache-control": "no-store"})


def _page(title: str, body: str, more: str = "") -> str:
    head = f'<meta charset="utf-8"><title>{title} · Chimera</title>{more}'
    return f'<!doctype html><html lang="en"><head>{head}</head><body><main><p>{body}</p></main></body></html>'
