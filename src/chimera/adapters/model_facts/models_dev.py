"""models.dev (MIT): windows, abilities and knowledge cut-offs. A second opinion on windows."""

from pathlib import Path

from chimera.adapters.facts_file import FactsFile, read_facts

_FILE = Path(__file__).with_suffix(".json")


def open_source() -> FactsFile:
    return read_facts(_FILE)
