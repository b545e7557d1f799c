"""Use cases of files and batches, a file each. They open transactions; nothing here knows HTTP."""

from chimera.batches.service.batches import BatchAsked, Batches, BatchInfo
from chimera.batches.service.files import FileInfo, Files, FileWriter
from chimera.batches.service.pace import Answered, BatchPace, Execute
from chimera.batches.service.running import BatchRunner
from chimera.batches.service.sweeping import FileSweeper

__all__ = [
    "Answered",
    "BatchAsked",
    "BatchInfo",
    "BatchPace",
    "BatchRunner",
    "Batches",
    "Execute",
    "FileInfo",
    "FileSweeper",
    "FileWriter",
    "Files",
]
