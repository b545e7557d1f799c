"""What keeps a server small and soon ready. To be said before the modules are imported that it is about."""

import ctypes
import gc
import sys
import warnings
from importlib import import_module
from types import ModuleType
from typing import cast

# Of <malloc.h>.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_LARGE_BLOCK = 4 * 1024 * 1024
_HEAPS = 2
_HANDED_OVER_S = 0.0005


def start_small() -> None:
    """Prepare a process to become a server: some 12 MB less and a third of a second sooner. See `collect_seldom`."""
    gc.disable()  # nothing of a start is garbage, and to look for some took a seventh of it
    _share_heaps()
    _leave_out_old_models()
    _log_without_pictures()
    _build_models_when_used()


def collect_seldom() -> None:
    """Look for garbage cycles again, a tenth as often, and never among what lives as long as the server.

    At the default of 700 new objects the collector took a tenth of all CPU time; requests leave next to no cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    gc.enable()


def hand_over_soon() -> None:
    """Let a thread that has come back from the disk have the interpreter within half a millisecond.

    Python's own five are waited for after each statement of SQLite and each wait for its log, while the event loop is
    busy: at half load the slowest of a hundred calls took twice as long.
    """
    sys.setswitchinterval(_HANDED_OVER_S)


def _share_heaps() -> None:
    """Let threads share heaps, and what a password takes (12 MiB) be the system's again at once.

    Left to itself, glibc gives most threads a heap of their own, takes blocks as large as one that was given back from
    its heaps, and seldom shrinks these: https://man7.org/linux/man-pages/man3/mallopt.3.html. Other libraries have no
    such switch, and no need of it.
    """
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)
        library.mallopt(_M_TRIM_THRESHOLD, 2 * _LARGE_BLOCK)
        library.mallopt(_M_ARENA_MAX, _HEAPS)


def _leave_out_old_models() -> None:
    """Keep FastAPI from loading the models of Pydantic 1, of which we have none.

    It asks of each annotation whether it is one, and takes it that none is where they cannot be imported.
    """
    _refuse("pydantic.v1")


def _log_without_pictures() -> None:
    """Load structlog without Rich, which it takes for traces that we have it write plainly."""
    if "rich" not in sys.modules:
        _refuse("rich")
        import_module("structlog")
        del sys.modules["rich"]


def _refuse(module: str) -> None:
    # How an import is refused: https://docs.python.org/3/reference/import.html#the-module-cache
    cast("dict[str, ModuleType | None]", sys.modules).setdefault(module, None)


def _build_models_when_used() -> None:
    """Let models of Pydantic make their validators when the first thing is validated: of most nothing ever is."""
    from pydantic import BaseModel
    from pydantic.warnings import UnsupportedFieldAttributeWarning

    BaseModel.model_config["defer_build"] = True
    # FastAPI ignores it where it builds a parameter itself; what is built at its first use would say it to the log.
    warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
