"""Attack A9: tokens that are forged, twisted or meant for something else are refused, whatever they claim."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey
from tests.tenancy.house import House
from tests.tenancy.tokens.conftest import ISSUER, Replica

from chimera.tenancy.tokens.signing import SigningKey
from chimera.tenancy.tokens.verifying import peeked


class Forge:
    """Makes tokens of a real one: `again` signs with our own key, `bare` with whatever is given."""

    def __init__(self, token: str, key: SigningKey, private: Any) -> None:
        self.key, self.private = key, private
        self.header: dict[str, Any] = {"alg": "ES256", "kid": key.kid, "typ": "at+jwt"}
        self.claims: dict[str, Any] = json.loads(_decoded(token.split(".")[1]))

    def again(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Signed by our own key: refused for what it says alone. `None` leaves a claim out."""
        said = {name: value for name, value in (self.claims | claims).items() if value is not None}
        return _compact(self.header | (header or {}), json.dumps(said).encode(), signing_with(self.private))

    def bare(self, header: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
        """Signed as the forger likes, over the real claims."""
        return _compact(header, json.dumps(self.claims).encode(), sign)

    def pem(self) -> bytes:
        return self.key.public.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _encoded(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _compact(header: dict[str, Any], payload: bytes, sign: Callable[[bytes], bytes]) -> str:
    said = f"{_encoded(json.dumps(header).encode())}.{_encoded(payload)}"
    return f"{said}.{_encoded(sign(said.encode()))}"


def signing_with(key: Any) -> Callable[[bytes], bytes]:
    def sign(said: bytes) -> bytes:
        r, s = decode_dss_signature(key.private_key.sign(said, ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def hmac_with(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda said: hmac.new(secret, said, hashlib.sha256).digest()


def by_another_key(forge: Forge, **header: Any) -> str:
    other = ECKey.generate_key("P-256")
    jwk = other.as_dict(private=False)
    named = {name: (jwk if value == "own" else value) for name, value in header.items()}
    return forge.bare(forge.header | named, signing_with(other))


def by_rsa(forge: Forge) -> str:
    key = RSAKey.generate_key(2048)
    return jws.serialize_compact(forge.header | {"alg": "RS256"}, json.dumps(forge.claims), key, algorithms=["RS256"])


def parts(token: str) -> list[str]:
    return token.split(".")


FORGERIES: dict[str, Callable[[Forge], str]] = {
    "1 none": lambda forge: forge.bare(forge.header | {"alg": "none"}, lambda said: b""),
    "2 NoNe": lambda forge: forge.bare(forge.header | {"alg": "NoNe"}, lambda said: b""),
    "3 HS256 with our public PEM": lambda forge: forge.bare(forge.header | {"alg": "HS256"}, hmac_with(forge.pem())),
    "3 HS256 with our public JWK": lambda forge: forge.bare(
        forge.header | {"alg": "HS256"}, hmac_with(json.dumps(dict(forge.key.jwk)).encode())
    ),
    "4 embedded jwk": lambda forge: by_another_key(forge, jwk="own"),
    "4 embedded jwk, without kid": lambda forge: by_another_key(forge, jwk="own", kid=""),
    "5 jku": lambda forge: by_another_key(forge, jku="http://127.0.0.1:1/jwks.json"),
    "5 x5u": lambda forge: by_another_key(forge, x5u="http://127.0.0.1:1/cert.pem"),
    "6 crit": lambda forge: forge.again({"crit": ["exp"], "exp": 1}),
    "6 unknown header": lambda forge: forge.again({"cty": "JWT"}),
    "7 expired": lambda forge: forge.again(
        exp=forge.claims["iat"] - 1, iat=forge.claims["iat"] - 100, nbf=forge.claims["iat"] - 100
    ),
    "8 no exp": lambda forge: forge.again(exp=None),
    "9 string exp": lambda forge: forge.again(exp=str(forge.claims["exp"])),
    "9 true exp": lambda forge: forge.again(exp=True),
    "9 endless exp": lambda forge: forge.again(exp=forge.claims["exp"] + 3600),
    "9 infinite exp": lambda forge: forge.again(exp=float("inf")),
    "10 nbf ahead": lambda forge: forge.again(nbf=forge.claims["nbf"] + 600),
    "10 iat ahead": lambda forge: forge.again(iat=forge.claims["iat"] + 600),
    "11 wrong aud": lambda forge: forge.again(aud="https://elsewhere.example"),
    "11 aud of several": lambda forge: forge.again(aud=[ISSUER, "https://elsewhere.example"]),
    "11 no aud": lambda forge: forge.again(aud=None),
    "12 wrong iss": lambda forge: forge.again(iss="https://elsewhere.example"),
    "12 no iss": lambda forge: forge.again(iss=None),
    "13 wrong typ": lambda forge: forge.again({"typ": "JWT"}),
    "13 other spelling of typ": lambda forge: forge.again({"typ": "application/at+jwt"}),
    "13 ID token as access token": lambda forge: forge.again({"typ": "JWT"}, scope=None, fam=None, nonce="n"),
    "13 ID token that says it were one": lambda forge: forge.again(nonce="n", email="owner@example.org"),
    "14 b64=false": lambda forge: forge.again({"b64": False, "crit": ["b64"]}),
    "15 stripped signature": lambda forge: ".".join([*parts(forge.again())[:2], ""]),
    "15 truncated signature": lambda forge: forge.again()[:-12],
    "15 signature of another token": lambda forge: ".".join(
        [*parts(forge.again())[:2], parts(forge.again(jti=uuid4().hex))[2]]
    ),
    "16 psychic signature": lambda forge: forge.bare(forge.header, lambda said: bytes(64)),
    "16 r and s are the order": lambda forge: forge.bare(
        forge.header,
        lambda said: bytes.fromhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551") * 2,
    ),
    "17 foreign kid": lambda forge: by_another_key(forge, kid="of-somebody-else"),
    "17 our kid, another key": by_another_key,
    "17 our kid, RSA": by_rsa,
    "17 kid that is a path": lambda forge: forge.bare(
        forge.header | {"alg": "HS256", "kid": "../../../../dev/null"}, hmac_with(b"")
    ),
    "17 kid that is SQL": lambda forge: forge.bare(
        forge.header | {"alg": "HS256", "kid": "x' UNION SELECT 'secret' --"}, hmac_with(b"secret")
    ),
    "17 kid that is a list": lambda forge: forge.again({"kid": [forge.key.kid]}),
    "family of nobody": lambda forge: forge.again(fam=str(uuid4())),
    "another tenant": lambda forge: forge.again(tid=str(uuid4())),
    "another user of the family": lambda forge: forge.again(sub=str(uuid4())),
    "ids that are none": lambda forge: forge.again(sub="root", tid="*", fam="%"),
    "scope that is a list": lambda forge: forge.again(scope=["admin"]),
    "claims that are no object": lambda forge: _compact(forge.header, b"[]", signing_with(forge.private)),
    "nested without end": lambda forge: ".".join([_encoded(b'{"a":' + b"[" * 5000), *parts(forge.again())[1:]]),
    "four parts": lambda forge: forge.again() + ".e30",
    "too long": lambda forge: forge.again(jti="a" * 9000),
}


@pytest.fixture
async def forge(replica: Replica) -> Forge:
    made = await replica.begin()
    key, private = await replica.keys.signer()
    return Forge(made["access_token"], key, private)


async def test_a_real_token_passes_so_that_the_others_fail_for_their_own_reason(replica: Replica, forge: Forge) -> None:
    assert await replica.status(forge.again()) == 200
    assert await replica.status(forge.again(jti=uuid4().hex)) == 200


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_token_is_refused(replica: Replica, forge: Forge, name: str) -> None:
    token = FORGERIES[name](forge)
    async with replica.bearer(token) as client:
        answer = await client.get("/whoami")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_scope_that_was_widened_gives_no_more_than_the_family(replica: Replica) -> None:
    made = await replica.begin(permissions=["models:read"])
    forge = Forge(made["access_token"], *await replica.keys.signer())
    async with replica.bearer(forge.again(scope="models:read chat users:manage operate")) as client:
        assert (await client.get("/whoami")).json()["may"] == ["models:read"], "even our own key cannot widen it"


async def test_a_flood_of_unknown_keys_asks_the_database_once_in_five_seconds(replica: Replica, forge: Forge) -> None:
    loads, load = [], replica.keys._load

    async def counted() -> None:
        loads.append(1)
        await load()

    replica.keys._load = counted  # type: ignore[method-assign]  # counts what is real
    for number in range(50):
        assert await replica.status(by_another_key(forge, kid=f"made-up-{number}")) == 401
    assert len(loads) <= 1


def test_peeking_reads_no_more_than_whose_token_it_says_it_is(house: House) -> None:
    said = peeked(b".".join(_encoded(part).encode() for part in (b'{"alg":"none"}', b'{"iss":"i","aud":["one"]}', b"")))
    assert (said.issuer, said.audience) == ("i", "one")
