"""The context engine: what a model is shown of a conversation that may be longer than its window."""

from chimera.conversations.context.budget import UNKNOWN_WINDOW, Budget, Measure, estimate_for, measure_for
from chimera.conversations.context.packing import Aim, Context, compose, packed, whole
from chimera.conversations.context.remembered import Remembered, fitting
from chimera.conversations.context.report import ContextReport, TokensByPart
from chimera.conversations.context.said import Said

__all__ = [
    "UNKNOWN_WINDOW",
    "Aim",
    "Budget",
    "Context",
    "ContextReport",
    "Measure",
    "Remembered",
    "Said",
    "TokensByPart",
    "compose",
    "estimate_for",
    "fitting",
    "measure_for",
    "packed",
    "whole",
]
