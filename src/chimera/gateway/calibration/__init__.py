"""What was learned of how each provider counts tokens. Holds numbers only, so that all organisations share it."""

from chimera.gateway.calibration.calibration import Calibration
from chimera.gateway.calibration.factors import FactorKey, LearnedFactor, family_of
from chimera.gateway.calibration.learning import FactorMemory, Learning

__all__ = ["Calibration", "FactorKey", "FactorMemory", "LearnedFactor", "Learning", "family_of"]
