"""Bodies of `/api/v1/factors`, and of the second step of signing in."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr, StringConstraints

from chimera.tenancy.factors.factor import Factors, NewTotp
from chimera.tenancy.schemas import Body

StepToken = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Code = Annotated[SecretStr, Field(max_length=64)]


class SecondFactorCreate(Body):
    step: StepToken = Field(description="As `POST /api/v1/session` gave it.", examples=["q1Vd8zJ0…"])
    code: Code = Field(description="Of the authenticator app, or a recovery code.", examples=["492039"])


class EnrolmentCreate(Body):
    step: StepToken = Field(description="As `POST /api/v1/session` gave it.", examples=["q1Vd8zJ0…"])


class TotpConfirm(Body):
    code: Code = Field(description="The one that the app shows now.", examples=["492039"])


class TotpCreated(BaseModel):
    """A secret for an authenticator app, this once."""

    secret: str = Field(description="To be typed in.", examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])
    address: str = Field(description="To be shown as a QR code.", examples=["otpauth://totp/Chimera:…"])

    @classmethod
    def of(cls, made: NewTotp) -> "TotpCreated":
        return cls(secret=made.secret, address=made.address)


class RecoveryCodesCreated(BaseModel):
    """Recovery codes, this once."""

    codes: list[str] = Field(examples=[["k3vq-7m2x-9wdz-hn4c"]])


class FactorsRead(BaseModel):
    """What a person can prove beside the password."""

    totp_since: datetime | None = Field(description="Since when an authenticator app counts.")
    recovery_codes_left: int = Field(examples=[10])
    passkeys: int = Field(examples=[2])

    @classmethod
    def of(cls, factors: Factors) -> "FactorsRead":
        return cls(
            totp_since=factors.totp_since,
            recovery_codes_left=factors.recovery_codes_left,
            passkeys=factors.passkeys,
        )
