"""The `auth` table of a connection, and the credential that it describes."""

import string
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, FilePath, SecretStr, model_validator

from chimera.adapters.credential import Credential, FixedHeaders
from chimera.adapters.http import HttpClient
from chimera.adapters.oauth import Client, ClientCredentials

AZURE_AUTHORITY = "https://login.microsoftonline.com"
AZURE_SCOPE = "https://cognitiveservices.azure.com/.default"


def _uses_only(template: str, *names: str) -> bool:
    try:
        return all(name is None or name in names for _, name, _, _ in string.Formatter().parse(template))
    except ValueError:
        return False


def _header_value(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("a header must be printable ASCII without line breaks")
    return text


class _Auth(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HeaderAuth(_Auth):
    """Headers of one's own: `{kind = "header", headers = {"X-Key" = "{api_key}", "X-Team" = "blue"}}`.

    Attributes:
        headers: Names and values; `{api_key}` stands for the connection's key.
    """

    kind: Literal["header"]
    headers: dict[str, SecretStr] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> "HeaderAuth":
        for name, value in self.headers.items():
            _header_value(name), _header_value(value.get_secret_value())
            if not _uses_only(value.get_secret_value(), "api_key"):
                raise ValueError(f"headers.{name} may hold {{api_key}}, and braces for nothing else")
        return self

    @property
    def needs_key(self) -> bool:
        return any("{api_key}" in value.get_secret_value() for value in self.headers.values())


class _ClientAuth(_Auth):
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None
    assertion_file: FilePath | None = None

    @model_validator(mode="after")
    def _one_proof(self) -> "_ClientAuth":
        if (self.client_secret is None) == (self.assertion_file is None):
            raise ValueError("set one of client_secret and assertion_file")
        return self

    @property
    def secret(self) -> str | None:
        return self.client_secret.get_secret_value() if self.client_secret else None


class OAuthAuth(_ClientAuth):
    """OAuth 2.0 client credentials at any token service.

    Attributes:
        parameters: Further members of the token request: `audience`, `resource`, …
        style: Where the token service wants id and secret: in the `body`, or as `basic` authorization.
        header: Which header takes the token, and
        template: how.
    """

    kind: Literal["oauth"]
    token_url: str = Field(pattern=r"^https?://")
    scope: str | None = None
    parameters: dict[str, str] = Field(default_factory=dict)
    style: Literal["body", "basic"] = "body"
    header: str = "Authorization"
    template: str = "Bearer {token}"

    @model_validator(mode="after")
    def _sound(self) -> "OAuthAuth":
        if "{token}" not in self.template or not _uses_only(self.template, "token"):
            raise ValueError("template must hold {token}, and braces for nothing else")
        _header_value(self.header), _header_value(self.template)
        return self

    def client(self) -> Client:
        scope = {"scope": self.scope} if self.scope else {}
        return Client(
            token_url=self.token_url,
            id=self.client_id,
            secret=self.secret,
            assertion_file=self.assertion_file,
            style=self.style,
            parameters={**scope, **self.parameters},
            header=self.header,
            template=self.template,
        )


class AzureAdAuth(_ClientAuth):
    """Microsoft Entra ID (Azure AD): an application with a secret, or a workload identity with its token file.

    Reference: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
    """

    kind: Literal["azure_ad"]
    tenant: str = Field(pattern=r"^[A-Za-z0-9.-]+$")
    authority: str = Field(default=AZURE_AUTHORITY, pattern=r"^https?://")
    scope: str = AZURE_SCOPE

    def client(self) -> Client:
        return Client(
            token_url=f"{self.authority.rstrip('/')}/{self.tenant}/oauth2/v2.0/token",
            id=self.client_id,
            secret=self.secret,
            assertion_file=self.assertion_file,
            parameters={"scope": self.scope},
        )


Auth: TypeAlias = Annotated[HeaderAuth | OAuthAuth | AzureAdAuth, Field(discriminator="kind")]


def credential_of(auth: Auth, *, api_key: SecretStr | None, http: HttpClient, provider: str) -> Credential:
    """Make the credential; nothing is asked for before the first call."""
    if isinstance(auth, HeaderAuth):
        key = api_key.get_secret_value() if api_key else ""
        return FixedHeaders(
            {name: value.get_secret_value().format(api_key=key) for name, value in auth.headers.items()}
        )
    return ClientCredentials(client=auth.client(), http=http, provider=provider)
