"""AWS Secrets Manager, asked with signed requests (Signature Version 4) and without AWS's own library.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from chimera.adapters.http import HttpClient
from chimera.adapters.secrets_http import Asked, ask, unavailable
from chimera.adapters.settings import WebAddress
from chimera.crypto.secrets import SecretNotFoundError, not_found, parts_of
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id

_NAME, _SERVICE = "AWS Secrets Manager", "secretsmanager"


class Settings(BaseModel):
    """Whose account it is.

    Attributes:
        address: Of an endpoint of one's own; else that of the region.
        prefix: Before the names of our secrets.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str = Field(pattern=r"^[a-z0-9-]+$")
    access_key_id: str
    secret_access_key: SecretStr
    session_token: SecretStr | None = None
    address: WebAddress | None = None
    prefix: str = Field("chimera", pattern=r"^[A-Za-z0-9_./-]+$")


@dataclass(frozen=True, slots=True)
class AwsSecrets:
    """The port `Secrets`."""

    settings: Settings
    http: HttpClient
    now: Callable[[], datetime] = utc_now

    async def read(self, name: str) -> bytes:
        """Raises SecretNotFoundError, SecretsUnavailableError."""
        said = await self._ask("GetSecretValue", {"SecretId": self._id(name)})
        try:
            if "SecretString" in said:  # written by hand
                return str(said["SecretString"]).encode()
            return b64decode(said["SecretBinary"], validate=True)
        except (KeyError, TypeError, ValueError):
            raise unavailable(_NAME) from None

    async def write(self, name: str, value: bytes) -> None:
        secret_id, body = (
            self._id(name),
            {"SecretBinary": b64encode(value).decode(), "ClientRequestToken": str(new_id())},
        )
        try:
            await self._ask("PutSecretValue", {"SecretId": secret_id, **body})
        except SecretNotFoundError:
            await self._ask("CreateSecret", {"Name": secret_id, **body})

    async def remove(self, name: str) -> None:
        """At once, without the days for which AWS would keep it."""
        body = {"SecretId": self._id(name), "ForceDeleteWithoutRecovery": True}
        try:
            await self._ask("DeleteSecret", body)
        except SecretNotFoundError:
            return

    def _id(self, name: str) -> str:
        return "/".join((self.settings.prefix, *parts_of(name)))

    async def _ask(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        url = self.settings.address or f"https://{_SERVICE}.{self.settings.region}.amazonaws.com"
        asked = signed(
            self.settings,
            Asked(
                method="POST",
                url=f"{url}/",
                headers={
                    "content-type": "application/x-amz-json-1.1",
                    "x-amz-target": f"{_SERVICE}.{action}",
                },
                body=json.dumps(body).encode(),
            ),
            self.now(),
        )
        status, said = await ask(self.http, asked, store=_NAME)
        if "ResourceNotFoundException" in str(said.get("__type")):
            raise not_found()
        if status != HTTPStatus.OK:
            raise unavailable(_NAME)
        return said


def signed(settings: Settings, asked: Asked, moment: datetime) -> Asked:
    """The request with its signature among its headers; its address has no query."""
    body, parts = asked.body or b"", urlsplit(asked.url)
    digest = sha256(body).hexdigest()
    at = moment.strftime("%Y%m%dT%H%M%SZ")
    headers = {
        **asked.headers,
        "host": parts.netloc,
        "x-amz-date": at,
        "x-amz-content-sha256": digest,
    }
    if settings.session_token:
        headers["x-amz-security-token"] = settings.session_token.get_secret_value()
    names = sorted(headers)
    canonical = "\n".join(
        (
            asked.method,
            parts.path,
            "",
            *(f"{name}:{headers[name]}" for name in names),
            "",
            ";".join(names),
            digest,
        )
    )
    granted = f"{at[:8]}/{settings.region}/{_SERVICE}/aws4_request"
    to_sign = "\n".join(("AWS4-HMAC-SHA256", at, granted, sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{settings.secret_access_key.get_secret_value()}".encode()
    for word in granted.split("/"):
        key = hmac.digest(key, word.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={settings.access_key_id}/{granted}, "
        f"SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return Asked(method=asked.method, url=asked.url, headers=headers, body=asked.body)


@asynccontextmanager
async def connect(settings: Settings, http: HttpClient) -> AsyncGenerator[AwsSecrets]:
    yield AwsSecrets(settings, http)
