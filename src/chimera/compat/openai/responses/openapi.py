"""What `/docs` says of the Responses API."""

from typing import Final

from chimera.compat.openai.request_schemas import Json

SCHEMAS: Final[Json] = {}
PATHS: Final[Json] = {}
