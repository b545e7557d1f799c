"""A real, certified OpenID provider for a test: npm's `oidc-provider` in a process of its own, on loopback."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

CLIENT_SECRET = "a secret & more: 100%+"
_ROOT = Path(__file__).parents[2]
_PACKAGES = _ROOT / "tools" / "identity-provider" / "node_modules"
_PROGRAM = Path(__file__).with_name("provider.mjs")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    """One that is running."""

    issuer: str

    async def know_client(self, redirect_uri: str, **more: Any) -> None:
        """Have one client, `chimera`, with whatever else `oidc-provider` takes of clients."""
        known = {"client_id": "chimera", "client_secret": CLIENT_SECRET, "redirect_uris": [redirect_uri], **more}
        await self._control("clients", [known])

    async def know_person(self, subject: str, **claims: Any) -> None:
        """Vouch for somebody, who types the subject to sign in."""
        await self._control("people", {"sub": subject, "claims": claims})

    async def sign_with_a_new_key(self, *, only: bool = False) -> None:
        """Sign with a new key from now on; `only`: and publish no other."""
        await self._control("keys", {"alg": "RS256", "only": only})

    async def _control(self, what: str, told: object) -> None:
        # On a busy machine it is long in starting, and in making RSA keys.
        async with httpx2.AsyncClient(timeout=40) as http:
            (await http.post(f"{self.issuer}/control/{what}", json=told)).raise_for_status()


@asynccontextmanager
async def identity_provider() -> AsyncGenerator[IdentityProvider]:
    """Start one that knows nobody; leaving ends it."""
    node = shutil.which("node") or str(_ROOT / ".venv" / "bin" / "node")
    if not (_PACKAGES / "oidc-provider").is_dir():
        pytest.fail("oidc-provider is not installed; run: make .venv/.identity-provider", pytrace=False)
    process = await asyncio.create_subprocess_exec(
        node,
        "--input-type=module",
        "--eval",
        _PROGRAM.read_text(encoding="utf-8"),
        cwd=_PACKAGES.parent,  # where its packages are found
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # it warns that it is not set up for production
    )
    assert process.stdout is not None
    try:
        issuer = (await process.stdout.readline()).decode().strip()
        assert issuer, "the identity provider did not start"
        yield IdentityProvider(issuer=issuer)
    finally:
        process.kill()
        await process.wait()
        process._transport.close()  # else it is closed when the loop is gone
