"""Use cases of conversations, a file each. They open transactions; nothing here knows HTTP."""

from chimera.conversations.service.composing import Composer
from chimera.conversations.service.conversations import ConversationChange, Conversations
from chimera.conversations.service.following import Readers
from chimera.conversations.service.live import LiveJournals
from chimera.conversations.service.meanings import Meanings
from chimera.conversations.service.opening import Question, Saying
from chimera.conversations.service.pace import Pace
from chimera.conversations.service.reaping import Reaper
from chimera.conversations.service.summarising import Summaries
from chimera.conversations.service.turns import Spawn, Turns
from chimera.conversations.service.views import ConversationView, MessagesView, TurnView
from chimera.conversations.service.writing import Desk

__all__ = [
    "Composer",
    "ConversationChange",
    "ConversationView",
    "Conversations",
    "Desk",
    "LiveJournals",
    "Meanings",
    "MessagesView",
    "Pace",
    "Question",
    "Readers",
    "Reaper",
    "Saying",
    "Spawn",
    "Summaries",
    "TurnView",
    "Turns",
]
