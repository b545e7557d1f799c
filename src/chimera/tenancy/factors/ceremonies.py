"""What browsers and authenticators are asked, and whether what they say is true: WebAuthn level 2, over py_webauthn.

The library is loaded at the first passkey. User verification is always demanded, so that a passkey is two factors.
"""

import json
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from chimera.tenancy.factors.challenges import refused
from chimera.tenancy.tables import PersonRow

Json: TypeAlias = dict[str, Any]

_TIMEOUT_MS: Final = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where passkeys are good: whose page may use them, and for which name they are made."""

    origin: str

    @property
    def name(self) -> str:
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new credential, as its authenticator described it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A credential that is kept."""

    public_key: bytes
    sign_count: int


def to_register(site: Site, person: PersonRow, challenge: bytes, known: list[bytes]) -> Json:
    """What `navigator.credentials.create` is given."""
    webauthn, structs = _library(), _structs()
    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name="Chimera",
        user_id=person.id.bytes,
        user_name=person.email,
        user_display_name=person.name or person.email,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=each) for each in known],
    )
    return _as_json(webauthn, options)


def to_sign_in(site: Site, challenge: bytes) -> Json:
    """What `navigator.credentials.get` is given: it names nobody, so it tells nothing of who has an account."""
    webauthn, structs = _library(), _structs()
    options = webauthn.generate_authentication_options(
        rp_id=site.name,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return _as_json(webauthn, options)


def registered(credential: Json, challenge: bytes, site: Site) -> Made:
    """Check what an authenticator made.

    Raises:
        PasskeyRefusedError: if it is for another challenge, site or page, did not verify its user, or is no WebAuthn.
    """
    try:
        made = _library().verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _wrong() as error:
        raise refused() from error
    return Made(
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        backed_up=made.credential_backed_up,
    )


def signed(credential: Json, challenge: bytes, site: Site, known: Known) -> int:
    """Check a signature, and return the authenticator's count of them.

    Raises:
        PasskeyRefusedError: likewise, or if the count does not grow, as that of a copied authenticator.
    """
    try:
        proof = _library().verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except _wrong() as error:
        raise refused() from error
    return int(proof.new_sign_count)


def _library() -> Any:
    return import_module("webauthn")


def _structs() -> Any:
    return import_module("webauthn.helpers.structs")


def _wrong() -> tuple[type[Exception], ...]:
    """What the library raises over what strangers send: its own errors, and those of what it reads them with."""
    own = import_module("webauthn.helpers.exceptions").WebAuthnException
    encoding = import_module("cbor2").CBORError
    return own, encoding, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError


def _as_json(webauthn: Any, options: object) -> Json:
    told: Json = json.loads(webauthn.options_to_json(options))
    return told
