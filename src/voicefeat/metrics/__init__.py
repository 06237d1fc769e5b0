"""Metrics of detectors: error rates, costs, calibration and confidence intervals.

Higher scores mean bona fide, and an utterance is accepted if its score is at or above the threshold. Every
function takes the scores of both classes separately, so that labels cannot be swapped.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from .a_dcf import min_adcf
from .attacks import AttackRow, by_attack
from .costs import Cost, act_dcf, min_dcf
from .cross_table import CrossTable, cross_table
from .curves import Curve, Det, Roc
from .eer import EqualErrorRate, eer
from .fusion import Fusion, fit_fusion
from .holm import holm
from .inputs import remarks
from .intervals import Difference, Interval, difference, interval
from .likelihood import Calibration, cllr, fit_calibration, min_cllr
from .sasv import SasvScores, read_sasv_scores
from .score_files import AsvScores, read_asv_scores, read_scores, write_scores
from .scores import Scores
from .t_dcf import AsvErrors, Tandem, asv_errors, min_tdcf, tandem
from .t_eer import TandemEqualErrorRate, t_eer
from .thresholds import Confusion, auc, confusion, det, roc

#: Functions first, then what they return.
__all__ = [
    "act_dcf", "asv_errors", "auc", "by_attack", "cllr", "confusion", "cross_table", "det", "difference",
    "eer", "fit_calibration", "fit_fusion", "holm", "interval", "min_adcf", "min_cllr", "min_dcf",
    "min_tdcf", "read_asv_scores", "read_sasv_scores", "read_scores", "remarks", "roc", "t_eer", "tandem",
    "write_scores",
    "AsvErrors", "AsvScores", "AttackRow", "Calibration", "Confusion", "Cost", "CrossTable", "Curve",
    "Det", "Difference", "EqualErrorRate", "Fusion", "Interval", "Roc", "SasvScores", "Scores", "Tandem",
    "TandemEqualErrorRate",
]  # fmt: skip

if TYPE_CHECKING:
    EqualError = EqualErrorRate
else:

    def __getattr__(name):
        """The old name of `EqualErrorRate`, for one release: it read like an exception."""
        if name == "EqualError":
            message = (
                "voicefeat.metrics.EqualError is now called EqualErrorRate; the old name will be removed"
            )
            warnings.warn(message, DeprecationWarning, stacklevel=2)
            return EqualErrorRate
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
