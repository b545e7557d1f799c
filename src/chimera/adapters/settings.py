"""What every provider's settings have in common."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, model_validator

from chimera.adapters.auth import Auth, HeaderAuth, credential_of
from chimera.adapters.credential import Credential
from chimera.adapters.http import HttpClient, Timeouts

Environment: TypeAlias = Mapping[str, str]
"""Name of an environment variable -> field of the settings that it fills."""


def _web_address(url: str) -> str:
    url = url.strip().rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return url


def _header_safe(key: SecretStr | None) -> SecretStr | None:
    """Keys are pasted: white space around them is cut, and an empty one is none."""
    text = key.get_secret_value().strip() if key else ""
    if not text.isprintable() or not text.isascii():
        raise ValueError("must be printable ASCII without line breaks")
    return SecretStr(text) if text else None


ProviderName: TypeAlias = Annotated[str, Field(min_length=1, pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
WebAddress: TypeAlias = Annotated[str, AfterValidator(_web_address)]
ApiKey: TypeAlias = Annotated[SecretStr | None, AfterValidator(_header_safe)]


class ProviderSettings(BaseModel):
    """One connection to a provider.

    Attributes:
        name: Name in model ids: `openai` in `openai/gpt-5`.
        base_url: Address under which the wire's paths lie, without a trailing slash.
        auth: How to prove who we are, instead of the key in the provider's usual header.
        discount_percent: What the provider takes off its prices here, by contract or volume.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ProviderName
    base_url: WebAddress
    api_key: ApiKey = None
    auth: Auth | None = None
    connect_timeout_s: float = Field(default=10.0, gt=0)
    idle_timeout_s: float = Field(default=120.0, gt=0)
    discount_percent: Decimal = Field(default=Decimal(0), ge=0, le=100, decimal_places=2)
    _proof: Credential | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _key_is_there(self) -> Self:
        if isinstance(self.auth, HeaderAuth) and self.auth.needs_key and self.api_key is None:
            raise ValueError("auth.headers hold {api_key}: set api_key, too")
        return self

    def proven_by(self, proof: Credential) -> Self:
        """These settings, with a credential that no file describes."""
        proven = self.model_copy()
        proven._proof = proof  # noqa: SLF001  # of its own class
        return proven

    @property
    def proof(self) -> Credential | None:
        return self._proof

    @property
    def timeouts(self) -> Timeouts:
        return Timeouts(connect_s=self.connect_timeout_s, idle_s=self.idle_timeout_s)


def has_key(settings: ProviderSettings) -> bool:
    """Whether a provider that wants a credential has one."""
    return settings.api_key is not None or settings.auth is not None


def usual_headers(settings: ProviderSettings, header: str = "Authorization", prefix: str = "") -> dict[str, str]:
    """Return the key in the provider's usual header; none where there is no key, or another way to prove who we are."""
    if settings.api_key is None or settings.auth is not None:
        return {}
    return {header: f"{prefix}{settings.api_key.get_secret_value()}"}


def bearer(settings: ProviderSettings) -> dict[str, str]:
    """Return the `Authorization` header of most providers; see `usual_headers`."""
    return usual_headers(settings, prefix="Bearer ")


def credential(settings: ProviderSettings, http: HttpClient) -> Credential | None:
    """Return what the connection's `auth` describes, or what it was given, if either."""
    if settings.proof is not None:
        return settings.proof
    if settings.auth is None:
        return None
    return credential_of(settings.auth, api_key=settings.api_key, http=http, provider=settings.name)
