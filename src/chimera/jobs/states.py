"""The closed set of states of jobs. What is done is gone."""

from enum import StrEnum


class JobState(StrEnum):
    """`dead`: tried as often as its kind allows; kept until somebody lets it be tried again, or cancels it."""

    WAITING = "waiting"
    RUNNING = "running"
    DEAD = "dead"
