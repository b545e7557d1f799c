"""What the settings of the web surface are made of: hosts, origins of other sites, networks of proxies, sockets."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_HOST = re.compile(r"(?:\*\.)?[a-z0-9_](?:[a-z0-9._-]{0,250})|\[[0-9a-f:.]{2,45}\]")


def _a_host(name: str) -> str:
    lower = name.lower()
    if not _HOST.fullmatch(lower):
        raise ValueError("must be the name of a host without a port, such as chat.example.com or *.example.com")
    return lower


def _an_origin(origin: str) -> str:
    lower = origin.lower()
    parts = urlsplit(lower)
    if parts.scheme not in {"https", "http"} or not parts.netloc or lower != f"{parts.scheme}://{parts.netloc}":
        raise ValueError("must be scheme, host and port of a site, such as https://app.example.com; `*` is not allowed")
    if "*" in lower or "@" in lower:
        raise ValueError("must name one site: `*` is not allowed")
    return lower


def _a_network(value: object) -> IPv4Network | IPv6Network:
    try:
        return ip_network(value)  # type: ignore[arg-type]  # it says itself what it cannot take
    except ValueError:
        raise ValueError("must be an address or a network, such as 10.0.0.7 or 10.0.0.0/24") from None


Host = Annotated[str, AfterValidator(_a_host)]
Origin = Annotated[str, AfterValidator(_an_origin)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_a_network)]


class SocketsEntry(BaseModel):
    """The `[sockets]` table: how many WebSockets there may be, and how long a reader may take nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_process: int = Field(5_000, ge=1)
    per_person: int = Field(50, ge=1)
    stall_s: float = Field(20.0, gt=0)
