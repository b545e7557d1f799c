"""Where things lie on this disk."""

import os
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import chimera
from chimera.bootstrap.settings import Settings, SettingsError
from chimera.crypto.sealing import KEY_BYTES


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


def root_key(settings: Settings) -> bytes:
    """The key that opens whatever is sealed: the given one, or that of the data folder, made at the first start.

    Raises:
        SettingsError: if it can be neither read nor made.
    """
    if settings.root_key:
        return b64decode(settings.root_key.get_secret_value())
    file = settings.data_dir / "root.key"
    try:
        # Linked when it is whole: another replica that starts at the same moment finds none or all of it.
        if not file.exists():
            with NamedTemporaryFile(dir=settings.data_dir) as made:
                made.write(b64encode(os.urandom(KEY_BYTES)) + b"\n")
                made.flush()
                os.fsync(made.fileno())
                with suppress(FileExistsError):
                    os.link(made.name, file)
        key = b64decode(file.read_bytes(), validate=False)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} cannot be read or made. Give CHIMERA_ROOT_KEY, or mend it.") from error
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{file} does not hold {KEY_BYTES} bytes in Base64. Bring the right one back.")
    return key


def _unusable(folder: Path, why: str) -> SettingsError:
    return SettingsError(f"The data folder {folder} cannot be used: {why}. Choose another with CHIMERA_DATA_DIR.")
