"""Where things lie on this disk."""

import os
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

import chimera
from chimera.bootstrap.sealing_settings import keys_in
from chimera.bootstrap.settings import Settings, SettingsError
from chimera.crypto.root import Roots, RootSealer
from chimera.crypto.sealing import KEY_BYTES

_CURRENT: Final = "root.key"
_FORMER: Final = "root.key.former"


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


def root_keys(settings: Settings) -> Roots:
    """The keys that open whatever is sealed: the given ones, or those of the data folder, made at the first start.

    Raises:
        SettingsError: if they can be neither read nor made.
    """
    given, folder = settings.former_root_keys, settings.data_dir
    former = keys_in(given.get_secret_value()) if given else ()
    if not settings.root_key:
        former = (*former, *_read(folder / _FORMER))
    current = root_key(settings)
    others = [RootSealer(root=key) for key in dict.fromkeys(former) if key != current]
    return Roots(current=RootSealer(root=current), former=tuple(others))


def lacks_root_key(settings: Settings) -> bool:
    """Whether a root key would be made by whoever wants one."""
    return not settings.root_key and not (settings.data_dir / _CURRENT).exists()


def root_key(settings: Settings) -> bytes:
    """The one of them that seals. Raises SettingsError."""
    if settings.root_key:
        return keys_in(settings.root_key.get_secret_value())[0]
    file = settings.data_dir / _CURRENT
    if not file.exists():
        _make_key(file)
    keys = _read(file)
    if len(keys) != 1:
        raise SettingsError(f"{file} does not hold {KEY_BYTES} bytes in Base64. Bring the right one back.")
    return keys[0]


def renew_root_key(settings: Settings) -> None:
    """Put a new root key into the data folder; the one before it goes on opening.

    Raises:
        SettingsError: if the key is not kept there, or cannot be written.
    """
    if settings.root_key:
        raise SettingsError(
            "CHIMERA_ROOT_KEY is given: give the new one there, and this one as CHIMERA_FORMER_ROOT_KEYS."
        )
    file, former = settings.data_dir / _CURRENT, settings.data_dir / _FORMER
    keys = dict.fromkeys((root_key(settings), *_read(former)))
    # First the former ones: whatever happens in between, no key is lost.
    _replace(former, b"".join(b64encode(key) + b"\n" for key in keys))
    _replace(file, b64encode(os.urandom(KEY_BYTES)) + b"\n")


def forget_former_root_keys(settings: Settings) -> None:
    """Remove the former keys of the data folder: nothing is sealed with them any more."""
    (settings.data_dir / _FORMER).unlink(missing_ok=True)


def _make_key(file: Path) -> None:
    """Linked when it is whole: another replica that starts at the same moment finds none or all of it."""
    try:
        with NamedTemporaryFile(dir=file.parent) as made:
            made.write(b64encode(os.urandom(KEY_BYTES)) + b"\n")
            made.flush()
            os.fsync(made.fileno())
            with suppress(FileExistsError):
                os.link(made.name, file)
    except OSError as error:
        raise _unreadable(file) from error


def _replace(file: Path, content: bytes) -> None:
    try:
        with NamedTemporaryFile(dir=file.parent, delete=False) as made:
            made.write(content)
            made.flush()
            os.fsync(made.fileno())
        Path(made.name).replace(file)
    except OSError as error:
        raise _unreadable(file) from error


def _read(file: Path) -> tuple[bytes, ...]:
    """The keys in a file; none where there is no file."""
    try:
        return keys_in(file.read_text(encoding="ascii"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise _unreadable(file) from error


def _unreadable(file: Path) -> SettingsError:
    return SettingsError(f"{file} cannot be read or made, or holds no key. Give CHIMERA_ROOT_KEY, or mend it.")


def _unusable(folder: Path, why: str) -> SettingsError:
    return SettingsError(f"The data folder {folder} cannot be used: {why}. Choose another with CHIMERA_DATA_DIR.")
