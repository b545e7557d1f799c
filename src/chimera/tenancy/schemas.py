"""What the bodies of this package's HTTP APIs are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, WithJsonSchema

from chimera.tenancy.permissions import KNOWN

# No control characters: PostgreSQL refuses NUL, and no list should show the others.
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Password = Annotated[SecretStr, Field(max_length=1024)]
# Told, not enforced here: the service says which one it does not know.
Permission = Annotated[str, WithJsonSchema({"type": "string", "enum": sorted(KNOWN)})]
# An id, the beginning of ids, or a name of the operator's.
ModelPattern = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f*]*\*?$")
]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
