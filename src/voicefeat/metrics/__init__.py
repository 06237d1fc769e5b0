"""How good a detector is: rates of error, costs, calibration, and how sure one can be of them.

Higher scores mean bona fide, and an utterance is accepted when its score is at or above the threshold. Every
function takes the scores of both classes, so that no label can be understood the wrong way round.
"""

from __future__ import annotations

from .checking import remarks
from .costs import Cost, act_dcf, min_dcf
from .curves import Curve, Det, Roc
from .decisions import Confusion, auc, confusion, det, roc
from .equal import EqualError, eer
from .files import AsvScores, read_asv_scores, read_scores, write_scores
from .records import Scores
from .tandem import AsvErrors, Tandem, asv_errors, min_tdcf, tandem

#: Functions first, then what they return.
__all__ = [
    "act_dcf", "asv_errors", "auc", "confusion", "det", "eer", "min_dcf", "min_tdcf", "read_asv_scores",
    "read_scores", "remarks", "roc", "tandem", "write_scores",
    "AsvErrors", "AsvScores", "Confusion", "Cost", "Curve", "Det", "EqualError", "Roc", "Scores", "Tandem",
]  # fmt: skip
