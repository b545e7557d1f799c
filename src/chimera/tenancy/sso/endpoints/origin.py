"""Under which address browsers and providers reach this server."""

from dataclasses import dataclass

from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Origin:
    """The configured address, or else the one that a request came to.

    Whatever a request says of its host leads nobody astray: a provider sends browsers only to addresses that were
    entered there.
    """

    public_url: str | None

    def of(self, request: Request) -> str:
        """Scheme and host, without a slash at the end."""
        return (self.public_url or str(request.base_url)).rstrip("/")
