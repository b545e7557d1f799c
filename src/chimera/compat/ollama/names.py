"""Models by the names that Ollama's clients use: `llama3.2` and `llama3.2:latest` are one."""

from chimera.gateway.catalogue import Catalogue

_TAG = ":latest"


def known_as(catalogue: Catalogue, name: str) -> str:
    """Return the name under which a model is listed, or the name itself."""
    for candidate in (name, name + _TAG, name.removesuffix(_TAG)):
        found = catalogue.describe(candidate)
        if found is not None:
            return found.id
    return name
