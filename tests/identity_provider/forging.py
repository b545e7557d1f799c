"""An OpenID provider that says whatever a test has it say: for tokens that no honest one would sign."""

import base64
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from joserfc import jwk, jws


def segment(content: object) -> str:
    """A part of a compact JWS."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@dataclass(kw_only=True)
class Forger:
    """One that is running.

    Attributes:
        metadata: What it says of itself, beside what must be there.
        keys: That it publishes.
        answer: Of the token endpoint.
        asked: Paths that were asked.
        form: What the token endpoint was sent last.
    """

    issuer: str
    key: Any
    metadata: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    form: dict[str, str] = field(default_factory=dict)

    def claims(self, **more: Any) -> dict[str, Any]:
        """Of a good token; `None` leaves one out."""
        now = int(time.time())
        usual = {"iss": self.issuer, "aud": "chimera", "sub": "ada", "iat": now, "exp": now + 300}
        return {name: value for name, value in {**usual, **more}.items() if value is not None}

    def signed(self, claims: dict[str, Any], *, key: Any = None, **header: Any) -> str:
        head = {name: value for name, value in {"alg": "RS256", "kid": "first", **header}.items() if value is not None}
        said = f"{segment(head)}.{segment(claims)}"
        signature = jws.JWSRegistry.algorithms[head["alg"]].sign(said.encode(), key or self.key)
        return f"{said}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"

    def vouch(self, token: str, **more: Any) -> None:
        self.answer = {"access_token": "access", "token_type": "Bearer", "id_token": token, **more}


@asynccontextmanager
async def forger() -> AsyncGenerator[Forger]:
    key = jwk.RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
    made = Forger(issuer="", key=key, keys=[key.as_dict(private=False)])

    async def answer(request: web.Request) -> web.Response:
        made.asked.append(request.path)
        match request.path:
            case "/.well-known/openid-configuration":
                usual = {
                    "issuer": made.issuer,
                    "authorization_endpoint": f"{made.issuer}/auth",
                    "token_endpoint": f"{made.issuer}/token",
                    "jwks_uri": f"{made.issuer}/jwks",
                    "userinfo_endpoint": f"{made.issuer}/me",
                }
                return web.json_response(usual | made.metadata)
            case "/jwks":
                return web.json_response({"keys": made.keys})
            case "/token":
                made.form = {name: str(value) for name, value in (await request.post()).items()}
                return web.json_response(made.answer)
            case "/me":
                return web.json_response(made.userinfo)
        return web.Response(status=404)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()
