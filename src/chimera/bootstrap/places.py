"""Where things lie on this disk: the built web app, in a source checkout and in an installed wheel."""

from pathlib import Path

import chimera

PACKAGE = Path(chimera.__file__).parent


def web_app() -> Path:
    """Folder of the built web app: inside the wheel, or where `make install` builds it in a checkout."""
    installed = PACKAGE / "web" / "static"
    return installed if installed.is_dir() else PACKAGE.parents[1] / "frontend" / "dist"
