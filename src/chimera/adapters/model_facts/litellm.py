"""LiteLLM's price map (MIT): prices, longest answers, days of retirement. A second opinion on prices."""

from pathlib import Path

from chimera.adapters.facts_file import FactsFile, read_facts

_FILE = Path(__file__).with_suffix(".json")


def open_source() -> FactsFile:
    return read_facts(_FILE)
