"""HashiCorp Vault, or OpenBao: version 2 of its key-value engine.

https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
"""

import json
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from chimera.adapters.http import HttpClient
from chimera.adapters.secrets_http import Asked, ask, unavailable
from chimera.adapters.settings import WebAddress
from chimera.crypto.secrets import not_found, parts_of

_NAME = "Vault"


class Settings(BaseModel):
    """Where it is.

    Attributes:
        mount: Of the engine.
        prefix: Path of our secrets within it.
        namespace: Of Vault Enterprise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: WebAddress
    token: SecretStr
    mount: str = Field("secret", pattern=r"^[A-Za-z0-9_./-]+$")
    prefix: str = Field("chimera", pattern=r"^[A-Za-z0-9_./-]+$")
    namespace: str = Field("", pattern=r"^[A-Za-z0-9_./-]*$")


@dataclass(frozen=True, slots=True)
class VaultSecrets:
    """The port `Secrets`."""

    settings: Settings
    http: HttpClient

    async def read(self, name: str) -> bytes:
        """Raises SecretNotFoundError, SecretsUnavailableError."""
        status, said = await self._ask("GET", "data", name)
        if status == HTTPStatus.NOT_FOUND:
            raise not_found()
        try:
            return b64decode(said["data"]["data"]["value"], validate=True)
        except (KeyError, TypeError, ValueError):
            raise unavailable(_NAME) from None

    async def write(self, name: str, value: bytes) -> None:
        await self._ask("POST", "data", name, {"data": {"value": b64encode(value).decode()}})

    async def remove(self, name: str) -> None:
        """With all its versions."""
        await self._ask("DELETE", "metadata", name)

    async def _ask(
        self, method: str, kind: str, name: str, body: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        chosen = self.settings
        headers = {"X-Vault-Token": chosen.token.get_secret_value(), "X-Vault-Request": "true"}
        if chosen.namespace:
            headers["X-Vault-Namespace"] = chosen.namespace
        asked = Asked(
            method=method,
            url=f"{chosen.address}/v1/{chosen.mount}/{kind}/{chosen.prefix}/{'/'.join(parts_of(name))}",
            headers=headers,
            body=None if body is None else json.dumps(body).encode(),
        )
        status, said = await ask(self.http, asked, store=_NAME)
        if status >= HTTPStatus.BAD_REQUEST and status != HTTPStatus.NOT_FOUND:
            raise unavailable(_NAME)
        return status, said


@asynccontextmanager
async def connect(settings: Settings, http: HttpClient) -> AsyncGenerator[VaultSecrets]:
    yield VaultSecrets(settings, http)
