"""How writers of turns reach their journals: each in its own transaction, or on SQLite all of a process together."""

from chimera.conversations.journals.each import JournalsEach
from chimera.conversations.journals.portion import Journals, Portion
from chimera.conversations.journals.together import JournalsTogether
from chimera.store import Database

__all__ = ["Journals", "Portion", "journals_of"]


def journals_of(database: Database) -> Journals:
    """On SQLite there is one writer at a time, on PostgreSQL one must not wait for another's turn."""
    return JournalsTogether(database) if database.dialect == "sqlite" else JournalsEach(database)
