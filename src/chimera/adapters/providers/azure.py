"""Azure OpenAI, whose models are deployments. Reference: https://learn.microsoft.com/azure/ai-foundry/openai/reference"""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from chimera.adapters.http import HttpClient
from chimera.adapters.openai_compatible import Dialect, open_provider
from chimera.adapters.settings import ProviderName, ProviderSettings, WebAddress, has_key, usual_headers
from chimera.llm import ModelCard, ModelProvider
from chimera.wires import openai_chat, openai_responses
from chimera.wires.openai_chat import guess_card

ENVIRONMENT = {
    "AZURE_OPENAI_API_KEY": "api_key",
    "AZURE_OPENAI_ENDPOINT": "base_url",
    "AZURE_OPENAI_BASE_URL": "base_url",
    "AZURE_OPENAI_TENANT_ID": "tenant",
    "AZURE_OPENAI_CLIENT_ID": "client_id",
    "AZURE_OPENAI_CLIENT_SECRET": "client_secret",
    "AZURE_OPENAI_TOKEN_FILE": "assertion_file",
    "AZURE_OPENAI_API_VERSION": "api_version",
    "AZURE_OPENAI_DEPLOYMENTS": "deployments",
}
WIRES = (openai_chat.WIRE, openai_responses.WIRE)
# It has no moderations: https://learn.microsoft.com/azure/ai-foundry/openai/reference
RELAYS = ("audio/speech", "audio/transcriptions", "audio/translations", "images/generations")
_APPLICATION = ("tenant", "client_id", "client_secret", "assertion_file")
MODELS: tuple[ModelCard, ...] = ()


def _names(value: object) -> object:
    return tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value


Names: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_names)]


class Settings(ProviderSettings):
    """See `ProviderSettings`; the address is the resource's, `https://<resource>.openai.azure.com`.

    Attributes:
        api_version: `v1`, or a dated version such as `2024-10-21` for resources that still need one.
        deployments: Names of the deployments; a key cannot list them.

    `tenant` with `client_id` and `client_secret` or `assertion_file` stand for an `auth` of kind `azure_ad`: the
    application that Entra ID gives tokens to.
    """

    name: ProviderName = "azure"
    base_url: WebAddress = ""
    api_version: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] = "v1"
    deployments: Names = ()
    tenant: str | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    assertion_file: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def _by_entra(cls, values: dict[str, Any]) -> dict[str, Any]:
        application = {name: values[name] for name in _APPLICATION if values.get(name)}
        if not application:
            return values
        return {"auth": {"kind": "azure_ad", **application}, **values}


def enabled(settings: Settings) -> bool:
    return bool(settings.base_url) and has_key(settings)


def connect(settings: Settings, http: HttpClient) -> AbstractAsyncContextManager[ModelProvider]:
    headers = usual_headers(settings, "api-key")
    root = settings.base_url.removesuffix("/v1").removesuffix("/openai")
    served = tuple(guess_card(name) for name in settings.deployments)
    dialect = _dialect(settings.api_version, served)
    return open_provider(settings.model_copy(update={"base_url": root}), http, dialect, headers=headers)


def _dialect(version: str, served: tuple[ModelCard, ...]) -> Dialect:
    # https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
    prefix, query = ("/openai/v1", "") if version == "v1" else ("/openai", f"?api-version={version}")
    model = prefix if version == "v1" else "/openai/deployments/{model}"
    responses = {openai_responses.WIRE: f"{prefix}/responses"} if version == "v1" else {}
    return Dialect(
        environment=ENVIRONMENT,
        quirks=openai_chat.AZURE,
        wires={openai_chat.WIRE: f"{model}/chat/completions{query}", **responses},
        relays={name: f"{model}/{name}{query}" for name in RELAYS},
        chat=f"{model}/chat/completions{query}",
        models=(f"{prefix}/models{query}",),
        embeddings=f"{model}/embeddings{query}",
        served=served,
    )
