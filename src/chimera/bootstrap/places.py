"""Where things lie on this disk."""

from pathlib import Path

import chimera


def web_app() -> Path:
    """Folder of the built web app: `make install` builds it there, and a wheel carries it there."""
    return Path(chimera.__file__).parent / "web" / "built"
