"""Draws by lot that come out the same for the same seed, in every process and version."""

from collections.abc import Iterable
from hashlib import blake2b

from chimera.conversations.panels.participants import Participant
from chimera.conversations.panels.state import State


def drawn(state: State, purpose: str, participants: Iterable[Participant]) -> list[Participant]:
    """Return them in an order that is the seed's, another for each purpose and each question of the person."""
    questions = sum(speech.by_human for speech in state.spoken)

    def lot(one: Participant) -> bytes:
        return blake2b(f"{state.seed}/{purpose}/{questions}/{one.handle}".encode(), digest_size=8).digest()

    return sorted(participants, key=lot)
