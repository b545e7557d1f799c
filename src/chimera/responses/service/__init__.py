"""What can be done with responses that are kept: one file for each use."""

from chimera.responses.service.archive import Archive, History, Question
from chimera.responses.service.desk import Desk
from chimera.responses.service.following import BEFORE_ALL, Readers
from chimera.responses.service.pace import Pace
from chimera.responses.service.reaping import Reaper
from chimera.responses.service.responses import Responses, responses_of
from chimera.responses.service.room import BackgroundRoom
from chimera.responses.service.runs import Runs, Spawn

__all__ = [
    "BEFORE_ALL",
    "Archive",
    "BackgroundRoom",
    "Desk",
    "History",
    "Pace",
    "Question",
    "Readers",
    "Reaper",
    "Responses",
    "Runs",
    "Spawn",
    "responses_of",
]
