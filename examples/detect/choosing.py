"""Which front ends go well together: the choice is made on sources that no model has heard, eval left out."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import voicefeat as vf

from . import runs, sources, systems
from .config import Config
from .corpus import labels
from .features import compute, durations, inputs, side_by_side
from .logbook import say
from .splits import examples, limited

#: Front ends of every family, of which a recipe may choose.
CANDIDATES = (
    "asvspoof2019-lfcc", "asvspoof2021-lfcc-la-df", "asvspoof2021-lfcc-pa", "wedefense-lfcc", "spafe-lfcc",
    "cqcc2016", "asvspoof2019-cqcc", "asvspoof2021-cqcc-la-df", "sahidullah2015-mfcc", "sahidullah2015-imfcc",
    "sahidullah2015-rfcc", "sahidullah2015-lpcc", "sahidullah2015-scfc", "sahidullah2015-scmc",
    "sahidullah2015-ssfc", "sahidullah2015-apgdf", "covarep-mgd", "nii-mfcc", "nii-spectrogram",
    "kaldi-fbank-80", "kaldi-mfcc-deltas", "kaldi-mfcc-hires", "htk-plp-0-d-a", "torchaudio-mel-db",
    "torchaudio-mfcc", "python-speech-features-ssc", "gfcc", "bfcc", "pncc", "rastamat-bark-spectrum",
    "rastamat-plp", "rastamat-rasta-plp", "rastamat-melfcc", "gammatone-gtgram", "gammatone-fft-gtgram",
    "project-chroma",
)  # fmt: skip
#: How much the minimum Cllr must fall for one more front end, in bits.
GAIN = 0.001


@dataclass(frozen=True)
class Heard:
    """Scores of train and dev by models that heard none of their sources."""

    names: tuple[str, ...]
    #: (front ends, clips), and 1.0 for bona fide clips.
    scores: np.ndarray
    y: np.ndarray
    #: Processor seconds of each front end's features.
    seconds: tuple[float, ...]

    def figures(self, chosen: Sequence[int]) -> tuple[float, float]:
        """EER and minimum Cllr of the mean over some front ends."""
        mean = self.scores[list(chosen)].mean(0)
        pair = mean[self.y == 1], mean[self.y == 0]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # one front end may well be worse than chance
            return vf.metrics.eer(*pair).rate, vf.metrics.min_cllr(*pair)


def heard(config: Config, candidates: Sequence[str], place: runs.Place) -> Heard:
    """Train the config's classifiers for each candidate on every fold, and score what the fold leaves out."""
    config = replace(config, input=replace(config.input, front_ends=tuple(candidates)))
    corpus, how = runs.corpora(place, "clean")[0], config.data
    corpus = replace(corpus, clips=tuple(clip for clip in corpus.clips if clip.split != "eval"))
    lengths = durations(corpus.clips) if how.window else [0.0] * len(corpus.clips)
    rows = limited(examples(corpus, "clean", how.window, 0, lengths), "clean", how.subset)
    how_often, sign = config.training.folds, config.training.variants
    parts = sources.folds(rows, np.arange(len(rows)), how_often, sign)
    systems.check(config, corpus, min(len(learn) for learn, _ in parts))
    every = inputs(config.input)
    found = [compute(corpus, rows, each, how, place.cache, say) for each in every]
    features, y = side_by_side(every, found), labels(rows)
    scores = np.zeros((len(every), len(rows)))
    for learn, out in parts:
        model = systems.make(config)
        model.fit(
            features, {"train": learn}, y, config.training.seeds[0], Path(), lambda *event, **told: None
        )
        scores[:, out] = model.each(features, out)
    return Heard(tuple(candidates), scores, y, tuple(part.cost for part in found))


def forward(found: Heard) -> list[int]:
    """The front ends in the order in which each lowers the mean's minimum Cllr the most, while it falls."""
    chosen: list[int] = []
    least = np.inf
    while len(chosen) < len(found.names):
        left = [k for k in range(len(found.names)) if k not in chosen]
        costs = [found.figures([*chosen, k])[1] for k in left]
        if min(costs) > least - GAIN:
            break
        least = min(costs)
        chosen.append(left[int(np.argmin(costs))])
    return chosen
