"""Ask a provider how it is, and say what to do about the answer."""

from collections.abc import Mapping

from chimera.adapters.settings import Environment
from chimera.adapters.streaming import Upstream
from chimera.llm import (
    Health,
    HealthStatus,
    ProviderAnswerError,
    ProviderAuthenticationError,
    ProviderConnectionError,
    ProviderError,
    ProviderModelNotFoundError,
    ProviderPermissionError,
    ProviderQuotaError,
    ProviderRateLimitError,
)

_LARGEST_GLANCE = 64 * 1024


async def check(upstream: Upstream, url: str, *, environment: Environment) -> Health:
    """GET a cheap authenticated address and judge the answer. Never raises `ProviderError`.

    Args:
        upstream: Whom to ask.
        url: An address that needs the credential and answers JSON.
        environment: The provider's variables, to name the one that has to be set right.
    """
    if upstream.credential is not None:
        try:
            await upstream.credential.headers()
        except ProviderError as error:
            return _without_proof(error)
    try:
        async with upstream.open("GET", url) as response:
            body = await response.read(_LARGEST_GLANCE)
            status, headers = response.status, response.headers
    except ProviderAuthenticationError as error:  # of the token service: the provider itself was not asked
        return Health(status=HealthStatus.UNAUTHENTICATED, detail=error.message)
    except ProviderAnswerError as error:
        return Health(status=HealthStatus.MISADDRESSED, detail=_set(environment, "base_url", error.message))
    except ProviderError as error:
        return Health(status=HealthStatus.UNREACHABLE, detail=_set(environment, "base_url", error.message))
    limits = _limits(headers)
    if 200 <= status < 300 and body.lstrip()[:1] in {b"{", b"["}:
        return Health(status=HealthStatus.OK, detail=f"{upstream.provider} answers.", limits=limits)
    refusal = upstream.error_of(upstream.decode_failure(status, headers, body), status)
    verdict, detail = _verdict(refusal, environment)
    return Health(status=verdict, detail=detail, limits=limits)


def _without_proof(error: ProviderError) -> Health:
    """The token service failed: the provider itself was not asked, and its address is not at fault."""
    status = HealthStatus.UNREACHABLE
    if isinstance(error, ProviderAuthenticationError):
        status = HealthStatus.UNAUTHENTICATED
    elif isinstance(error, ProviderAnswerError):
        status = HealthStatus.MISADDRESSED
    return Health(status=status, detail=f"{error.message} Look at the connection's `auth`.")


def _verdict(error: ProviderError, environment: Environment) -> tuple[HealthStatus, str]:
    said = f"{error.provider} says: {error.message}"
    match error:
        case ProviderAuthenticationError():
            return HealthStatus.UNAUTHENTICATED, _set(environment, "api_key", error.message)
        case _ if isinstance(error, ProviderPermissionError) or error.upstream_status == 403:
            return HealthStatus.FORBIDDEN, f"The key is known but may not do this. {said}"
        case ProviderQuotaError():
            return HealthStatus.FORBIDDEN, f"The account has no credit left; top it up or use another key. {said}"
        case ProviderRateLimitError():
            wait = error.retry_after_s
            when = "later" if wait is None else f"in {wait:.0f} s"
            return HealthStatus.RATE_LIMITED, f"The key works, but its rate limit is used up; try again {when}. {said}"
        case _ if _is_elsewhere(error):
            where = f"{error.provider} is not at this address (status {error.upstream_status})."
            return HealthStatus.MISADDRESSED, _set(environment, "base_url", where)
        case _:
            return HealthStatus.UNAVAILABLE, f"The provider is in trouble; try again later. {said}"


def _is_elsewhere(error: ProviderError) -> bool:
    """Whether something answers at the address, but not the provider: a page, a redirect, a missing path."""
    return error.upstream_status == 405 or isinstance(
        error, ProviderModelNotFoundError | ProviderConnectionError | ProviderAnswerError
    )


def _set(environment: Environment, field: str, why: str) -> str:
    variable = next((name for name, filled in environment.items() if filled == field), None)
    what = "a valid key" if field == "api_key" else "the provider's address"
    return f"{why.rstrip('. ')}. Set {variable} to {what}." if variable else why


def _limits(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items() if "ratelimit" in name.lower()}
