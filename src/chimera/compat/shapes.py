"""Which API a caller speaks, where the address alone does not tell: its errors have that API's shape."""

from starlette.requests import Request

from chimera.compat.exchange import Shape
from chimera.compat.openai.shape import OPENAI


def shape_of(request: Request) -> Shape:
    """The shape of errors at addresses and methods that there are not."""
    return OPENAI
