"""Bodies of `/api/v1/passkeys`, and of signing in with one: credentials as browsers' `toJSON` writes them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chimera.tenancy.factors.factor import Begun, PasskeyInfo
from chimera.tenancy.schemas import Body, Name

_ENCODED = r"^[A-Za-z0-9_-]*$"
Step = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=_ENCODED)]
Encoded = Annotated[str, StringConstraints(max_length=16_384, pattern=_ENCODED)]
CredentialId = Annotated[str, StringConstraints(min_length=1, max_length=1400, pattern=_ENCODED)]
Transport = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[a-z-]+$")]


class _Told(BaseModel):
    """What a browser adds of its own is passed over: the authenticator signed none of it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Attestation(_Told):
    client_data_json: Encoded = Field(alias="clientDataJSON", examples=["eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0"])
    attestation_object: Encoded = Field(alias="attestationObject", examples=["o2NmbXRkbm9uZQ"])
    transports: list[Transport] = Field([], max_length=10, examples=[["internal"]])


class Assertion(_Told):
    client_data_json: Encoded = Field(alias="clientDataJSON", examples=["eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0"])
    authenticator_data: Encoded = Field(
        alias="authenticatorData", examples=["SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAQ"]
    )
    signature: Encoded = Field(examples=["MEUCIQDX"])
    user_handle: Encoded | None = Field(None, alias="userHandle", examples=["AZnD9KGye3yNnwobLD1OXw"])


class NewCredential(_Told):
    id: CredentialId = Field(examples=["ZoIKP1JQvKdrYj1bTUPJ2eTUsbLeFkv-X5xJQNr4k6s"])
    raw_id: CredentialId = Field(alias="rawId", examples=["ZoIKP1JQvKdrYj1bTUPJ2eTUsbLeFkv-X5xJQNr4k6s"])
    type: Literal["public-key"] = "public-key"
    response: Attestation


class SignedCredential(_Told):
    id: CredentialId = Field(examples=["ZoIKP1JQvKdrYj1bTUPJ2eTUsbLeFkv-X5xJQNr4k6s"])
    raw_id: CredentialId = Field(alias="rawId", examples=["ZoIKP1JQvKdrYj1bTUPJ2eTUsbLeFkv-X5xJQNr4k6s"])
    type: Literal["public-key"] = "public-key"
    response: Assertion


class PasskeyCreate(Body):
    step: Step = Field(description="As it came with the options.")
    name: Name = Field(description="By which you know it again.", examples=["My laptop"])
    credential: NewCredential = Field(description="What `navigator.credentials.create` gave.")


class PasskeyUpdate(Body):
    name: Name = Field(examples=["My old laptop"])


class PasskeySignIn(Body):
    step: Step = Field(description="As it came with the options.")
    credential: SignedCredential = Field(description="What `navigator.credentials.get` gave.")
    tenant_id: UUID | None = Field(
        None, description="The organisation to act in, for who belongs to several; else the one that was joined first."
    )


class PasskeyOptions(BaseModel):
    """What the browser is given."""

    step: str = Field(description="Goes back with the credential, within five minutes.")
    options: dict[str, Any] = Field(description="For `parseCreationOptionsFromJSON`, or its like for signing in.")

    @classmethod
    def of(cls, begun: Begun) -> "PasskeyOptions":
        return cls(step=begun.step, options=begun.options)


class PasskeyRead(BaseModel):
    id: UUID
    name: str = Field(examples=["My laptop"])
    backed_up: bool = Field(description="Whether it outlives the device, kept with an account elsewhere.")
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, passkey: PasskeyInfo) -> "PasskeyRead":
        return cls(
            id=passkey.id,
            name=passkey.name,
            backed_up=passkey.backed_up,
            created_at=passkey.created_at,
            last_used_at=passkey.last_used_at,
        )


class PasskeyList(BaseModel):
    data: list[PasskeyRead]
