"""What stores of secrets over HTTP share: one question, its answer as JSON, and no secret in any error."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chimera.adapters.http import HttpClient, Timeouts
from chimera.crypto.secrets import SecretsUnavailableError
from chimera.llm import ProviderError

_PATIENCE = Timeouts(connect_s=5.0, idle_s=10.0)
_LARGEST = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to a store."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


async def ask(http: HttpClient, asked: Asked, *, store: str) -> tuple[int, dict[str, Any]]:
    """Status and body of the answer.

    Raises:
        SecretsUnavailableError: if it does not come, or is no JSON object where one is promised.
    """
    try:
        async with http.stream(
            asked.method, asked.url, provider=store, headers=asked.headers, body=asked.body, timeouts=_PATIENCE
        ) as response:
            said = await response.read(_LARGEST)
            found = json.loads(said) if said else {}
    except (ProviderError, ValueError) as error:
        raise unavailable(store) from error
    if not isinstance(found, dict):
        raise unavailable(store)
    return response.status, found


def unavailable(store: str) -> SecretsUnavailableError:
    return SecretsUnavailableError(f"{store} does not answer as it should, or refuses us.", retry_after_s=5)
