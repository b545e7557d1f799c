"""Vault's key-value engine and AWS Secrets Manager, as small as their answers to us are."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field

from aiohttp import web

TOKEN, KEY_ID, SECRET_KEY, REGION = (
    "hvs.the-token-of-the-tests",
    "AKIDTESTS",
    "the-secret-key-of-the-tests",
    "eu-central-1",
)


@dataclass
class FakeStores:
    """Both under one address.

    Attributes:
        broken: Answers everything with this status, and repeats the request's headers as clumsy servers do.
        authorised: Requests whose proof was right.
    """

    kept: dict[str, str] = field(default_factory=dict)
    broken: int = 0
    authorised: int = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/v1/{rest:.*}", self._vault)
        app.router.add_post("/", self._aws)
        return app

    async def _vault(self, request: web.Request) -> web.Response:
        if self.broken:
            return web.Response(status=self.broken, text=str(dict(request.headers)))
        if request.headers.get("X-Vault-Token") != TOKEN:
            return web.json_response({"errors": ["permission denied"]}, status=403)
        self.authorised += 1
        _mount, kind, name = request.match_info["rest"].split("/", 2)
        if request.method == "POST" and kind == "data":
            self.kept[name] = (await request.json())["data"]["value"]
            return web.json_response({"data": {"version": 1}})
        if request.method == "DELETE" and kind == "metadata":
            self.kept.pop(name, None)
            return web.Response(status=204)
        if name not in self.kept:
            return web.json_response({"errors": []}, status=404)
        return web.json_response({"data": {"data": {"value": self.kept[name]}, "metadata": {"version": 1}}})

    async def _aws(self, request: web.Request) -> web.Response:
        body = await request.read()
        if self.broken:
            return web.Response(status=self.broken, text=str(dict(request.headers)))
        if not _is_signed(request, body):
            return web.json_response({"__type": "InvalidSignatureException"}, status=400)
        self.authorised += 1
        said, action = json.loads(body), request.headers["x-amz-target"].removeprefix("secretsmanager.")
        name = said.get("SecretId") or said["Name"]
        if action != "CreateSecret" and name not in self.kept:
            return web.json_response({"__type": "ResourceNotFoundException"}, status=400)
        match action:
            case "CreateSecret" | "PutSecretValue":
                self.kept[name] = said["SecretBinary"]
            case "DeleteSecret":
                assert said["ForceDeleteWithoutRecovery"]
                del self.kept[name]
            case "GetSecretValue":
                return web.json_response({"Name": name, "SecretBinary": self.kept[name]})
        return web.json_response({"Name": name})


def _is_signed(request: web.Request, body: bytes) -> bool:
    """As AWS describes the check, from what arrived."""
    proof = request.headers["Authorization"].removeprefix("AWS4-HMAC-SHA256 ")
    told = dict(part.split("=", 1) for part in proof.split(", "))
    at = request.headers["X-Amz-Date"]
    names = told["SignedHeaders"].split(";")
    if not {"host", "x-amz-date"} <= set(names):
        return False
    lines = [request.method, request.path, request.query_string]
    lines += [f"{name}:{request.headers[name].strip()}" for name in names]
    lines += ["", told["SignedHeaders"], hashlib.sha256(body).hexdigest()]
    granted = f"{at[:8]}/{REGION}/secretsmanager/aws4_request"
    canonical = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{at}\n{granted}\n{canonical}"
    key = _mac(_mac(_mac(_mac(f"AWS4{SECRET_KEY}".encode(), at[:8]), REGION), "secretsmanager"), "aws4_request")
    expected = _mac(key, to_sign).hex()
    return told["Credential"] == f"{KEY_ID}/{granted}" and hmac.compare_digest(told["Signature"], expected)


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
