"""A toy of speaker verification: a Gaussian mixture of everybody, and its means moved towards one speaker.

D. Reynolds and others, "Speaker verification using adapted Gaussian mixture models", Digital Signal
Processing, 2000.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

import voicefeat as vf

from .corpus import Clip
from .course import RATE
from .features import samples

#: Gaussians of the mixture, and frames of it that weigh as much as those of a speaker.
COMPONENTS, RELEVANCE = 32, 4.0
#: Decibels below the loudest frame under which frames are left out.
SILENT = 35.0


def frames(row: Clip) -> np.ndarray:
    """MFCC of what is not silent, (frames, 19), each less its mean over the clip; without c0."""
    y = samples(row, RATE, "")
    mfcc = vf.mfcc(y, RATE, n_mfcc=20, n_fft=512, hop_length=160, n_mels=40, top_db=None)
    level = vf.amplitude_to_db(vf.rms(y, frame_length=512, hop_length=160)[0], top_db=None)
    kept = mfcc[1:, level > level.max() - SILENT].T.astype(np.float64)
    return kept - kept.mean(0)


class Verifier:
    """Everybody's mixture, with the means of the speakers that were enrolled."""

    def __init__(self, rows: Sequence[Clip], components: int = COMPONENTS) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.mixture import GaussianMixture

        self.model = GaussianMixture(
            components, covariance_type="diag", reg_covar=1e-3, max_iter=20, init_params="random_from_data",
            random_state=0,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.model.fit(np.concatenate([frames(row) for row in rows])[:: max(1, len(rows) // 100)])
        self.means: dict[str, np.ndarray] = {}

    def enrol(self, speaker: str, rows: Sequence[Clip]) -> None:
        """Move each mean towards the speaker's frames, the further the more of them it explains."""
        x = np.concatenate([frames(row) for row in rows])
        share = self.model.predict_proba(x)
        count = share.sum(0)[:, None]
        own = share.T @ x / np.maximum(count, 1e-9)
        self.means[speaker] = self.model.means_ + count / (count + RELEVANCE) * (own - self.model.means_)

    def scores(self, row: Clip) -> dict[str, float]:
        """For each enrolled speaker, the mean log-likelihood ratio of a frame: higher for the same voice."""
        x = frames(row)
        everybody = self._likelihood(x, self.model.means_)
        return {speaker: self._likelihood(x, means) - everybody for speaker, means in self.means.items()}

    def _likelihood(self, x: np.ndarray, means: np.ndarray) -> float:
        variances = self.model.covariances_
        distance = ((x[:, None] - means) ** 2 / variances).sum(2)
        each = np.log(self.model.weights_) - 0.5 * (np.log(2 * np.pi * variances).sum(1) + distance)
        return float(np.logaddexp.reduce(each, axis=1).mean())


@dataclass(frozen=True)
class Trials:
    """Scores of clips that claim to be a speaker: theirs, those of others, and forged ones; and the clips."""

    target: np.ndarray
    nontarget: np.ndarray
    spoof: np.ndarray
    target_clips: list[Clip]
    nontarget_clips: list[Clip]
    spoof_clips: list[Clip]
    speakers: int


def trials(verifier: Verifier, rows: Sequence[Clip]) -> Trials:
    """Enrol every speaker of `rows` with half of their bona fide clips, and try the others and all spoofs."""
    own: dict[str, list[Clip]] = defaultdict(list)
    for row in rows:
        if row.bonafide:
            own[row.speaker].append(row)
    own = {speaker: clips for speaker, clips in own.items() if len(clips) > 1}
    spoofs = [row for row in rows if not row.bonafide and row.speaker in own]
    if len(own) < 2 or not spoofs:
        raise vf.ParameterError(
            f"--data: {len(own)} speakers of eval have two bona fide clips, and {len(spoofs)} spoofs; "
            "give a corpus with two such speakers and a spoof of one"
        )
    for speaker, clips in own.items():
        verifier.enrol(speaker, clips[: len(clips) // 2])
    tried = [row for clips in own.values() for row in clips[len(clips) // 2 :]]
    found: dict[str, list[tuple[float, Clip]]] = {"target": [], "nontarget": [], "spoof": []}
    for row in tried:
        for speaker, score in verifier.scores(row).items():
            found["target" if speaker == row.speaker else "nontarget"].append((score, row))
    for row in spoofs:
        found["spoof"].append((verifier.scores(row)[row.speaker], row))
    values = [np.array([score for score, _ in part]) for part in found.values()]
    return Trials(*values, *([row for _, row in part] for part in found.values()), len(own))
