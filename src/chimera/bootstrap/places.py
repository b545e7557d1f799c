"""Where things lie on this disk."""

import os
from pathlib import Path

import chimera
from chimera.bootstrap.settings import SettingsError


def web_app() -> Path:
    """Folder of the built web app: `make install` builds it there, and a wheel carries it there."""
    return Path(chimera.__file__).parent / "web" / "built"


def prepare_data_folder(folder: Path) -> None:
    """Make the data folder, readable by nobody else.

    Raises:
        SettingsError: if it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unusable(folder, error.strerror or str(error)) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _unusable(folder, "It cannot be written to")


def _unusable(folder: Path, why: str) -> SettingsError:
    return SettingsError(f"The data folder {folder} cannot be used: {why}. Choose another with CHIMERA_DATA_DIR.")
