"""Ask a provider once how it is, and say it in a word: what it says itself may repeat the credential."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from chimera.adapters.http import open_http
from chimera.encryption.accounts import KeptAccount
from chimera.kit.loading import load
from chimera.llm import HealthStatus

_WORDS: Final[Mapping[HealthStatus, str]] = MappingProxyType(
    {
        HealthStatus.OK: "ok",
        HealthStatus.UNAUTHENTICATED: "wrong_key",
        HealthStatus.FORBIDDEN: "refused",
        HealthStatus.RATE_LIMITED: "rate_limited",
        HealthStatus.UNREACHABLE: "unreachable",
        HealthStatus.UNAVAILABLE: "failed",
        HealthStatus.MISADDRESSED: "wrong_address",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Looks as `chimera doctor` does.

    Attributes:
        admits: Judges each address before it is connected to; `None` admits all.
    """

    admits: Callable[[str], bool] | None

    async def __call__(self, account: KeptAccount, credential: str) -> str:
        module = load("providers", account.kind)
        settings = module.Settings(name=account.provider, base_url=account.base_url, api_key=credential)
        async with open_http(admits=self.admits) as http, module.connect(settings, http) as provider:
            health = await provider.check()
        return _WORDS[health.status]
