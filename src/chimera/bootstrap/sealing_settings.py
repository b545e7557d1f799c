"""Settings of keys and secrets: root keys in Base64, and who keeps secrets."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from chimera.crypto.sealing import KEY_BYTES

_WRONG: Final = "must be 32 random bytes in Base64, such as `openssl rand -base64 32` prints"


def keys_in(text: str) -> tuple[bytes, ...]:
    """Read keys with white space between them.

    Raises:
        ValueError: if one of them is none.
    """
    try:
        found = tuple(b64decode(word, validate=True) for word in text.split())
    except ValueError:
        raise ValueError(_WRONG) from None
    if any(len(key) != KEY_BYTES for key in found):
        raise ValueError(_WRONG)
    return found


def _one(key: SecretStr | None) -> SecretStr | None:
    found = keys_in(key.get_secret_value()) if key else ()
    if len(found) > 1:
        raise ValueError(_WRONG)
    return key if found else None


def _some(keys: SecretStr | None) -> SecretStr | None:
    return keys if keys and keys_in(keys.get_secret_value()) else None


RootKey: TypeAlias = Annotated[SecretStr | None, AfterValidator(_one)]
RootKeys: TypeAlias = Annotated[SecretStr | None, AfterValidator(_some)]


class SecretsEntry(BaseModel):
    """The `[secrets]` table: `store = "vault"`, and `options` as the adapter reads them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    store: Literal["database", "file", "vault", "aws"] = "database"
    options: Mapping[str, Any] = Field(default_factory=dict, repr=False)
