"""How a provider can fail us.

ProviderError                        code                       same again?  elsewhere?
├── ProviderRateLimitError           provider_rate_limited      yes          yes
├── ProviderOverloadError            provider_unavailable       yes          yes    5xx, 529
├── ProviderConnectionError          provider_unreachable       yes          yes    refused, reset, DNS, TLS
├── ProviderTimeoutError             provider_timeout           yes          yes    no first token, or idle too long
├── ProviderAnswerError              provider_answer_malformed  yes          yes    garbage, or a cut stream
├── ProviderQuotaError               provider_quota_exhausted   no           yes    out of credit
├── ProviderAuthenticationError      provider_unauthenticated   no           yes    the key is wrong
├── ProviderPermissionError          provider_forbidden         no           yes    the key may not do this
├── ProviderModelNotFoundError       model_not_found            no           yes
├── ContextTooLongError              context_too_long           no           yes    to a larger window
├── UntranslatableError              translation_lossy          no           yes    to one that can be told all
├── ContentFilteredError             content_filtered           no           no
└── ProviderRequestError             provider_refused_request   no           no     our request is wrong

`transient` says whether the same request may succeed at the same target later, `elsewhere` whether another target may
answer it. Both hold only before the first event was delivered.
"""

from typing import ClassVar

from chimera.kit.errors import AppError, Kind


class ProviderError(AppError):
    """Base of all provider failures.

    Attributes:
        provider: Name of the provider, as configured.
        transient: Whether the same request may succeed at the same target later.
        elsewhere: Whether another target may be asked.
        upstream_status: HTTP status of the provider's answer, if there was one.
        upstream_code: The provider's own name of the error, if it gave one.
        headers: The provider's rate-limit headers, names in lower case.
    """

    code = "provider_error"
    kind = Kind.UNAVAILABLE
    transient: ClassVar[bool] = False
    elsewhere: ClassVar[bool] = True

    def __init__(
        self,
        message: str,
        *,
        provider: str,
        retry_after_s: float | None = None,
        upstream_status: int | None = None,
        upstream_code: str | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.provider = provider
        self.upstream_status = upstream_status
        self.upstream_code = upstream_code
        self.headers = headers


class ProviderRateLimitError(ProviderError):
    code = "provider_rate_limited"
    kind = Kind.RATE_LIMITED
    transient = True


class ProviderOverloadError(ProviderError):
    code = "provider_unavailable"
    transient = True


class ProviderConnectionError(ProviderError):
    code = "provider_unreachable"
    transient = True


class ProviderTimeoutError(ProviderError):
    code = "provider_timeout"
    kind = Kind.TIMEOUT
    transient = True


class ProviderAnswerError(ProviderError):
    code = "provider_answer_malformed"
    transient = True


class ProviderQuotaError(ProviderError):
    code = "provider_quota_exhausted"
    kind = Kind.EXHAUSTED


class ProviderAuthenticationError(ProviderError):
    code = "provider_unauthenticated"


class ProviderPermissionError(ProviderError):
    code = "provider_forbidden"


class ProviderModelNotFoundError(ProviderError):
    code = "model_not_found"
    kind = Kind.NOT_FOUND


class ContextTooLongError(ProviderError):
    code = "context_too_long"
    kind = Kind.INVALID


class UntranslatableError(ProviderError):
    code = "translation_lossy"
    kind = Kind.INVALID


class ContentFilteredError(ProviderError):
    code = "content_filtered"
    kind = Kind.INVALID
    elsewhere = False


class ProviderRequestError(ProviderError):
    code = "provider_refused_request"
    kind = Kind.INVALID
    elsewhere = False
