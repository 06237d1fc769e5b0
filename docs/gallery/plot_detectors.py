"""
ROC, DET and t-DCF
==================

How good is a detector? The ROC and the DET curve show its errors at all thresholds, the t-DCF shows their
cost in front of a speaker verification system. The scores come from the quick detector of the course;
`examples/03_report.py` and `examples/08_authenticate.py` read yours. This page needs scikit-learn: `pip
install scikit-learn`.
"""

# sphinx_gallery_thumbnail_number = 1
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import soundfile

import voicefeat as vf

sys.path.insert(0, "../../examples")
from detect import course, ladder
from detect.corpus import Clip, Corpus, labels
from detect.features import durations
from detect.splits import examples

# %%
# Scores
# ------
# The recordings of the repository are the bona fide speech; the same recordings after two vocoders, with 24
# and 80 mel bands, are the spoofs. All are cut to windows of half a second. The detector that scores a window
# was not trained on its voice.

temporary = tempfile.TemporaryDirectory()
frames = {"n_fft": 512, "hop_length": 160, "win_length": 400}
clips = []
for path in sorted(Path("../../examples/audio").glob("*_*.*")):
    y, sr = vf.load(path, sr=course.RATE)
    signals = {"-": y}
    for bands in (24, 80):
        mel = vf.melspectrogram(y, sr, n_mels=bands, **frames)
        signals[f"{bands} bands"] = vf.mel_to_audio(mel, sr, rng=0, length=len(y), **frames)
    for attack, signal in signals.items():
        file = Path(temporary.name, f"{path.stem}_{attack[:2]}.wav")
        soundfile.write(file, signal / max(1, np.abs(signal).max()), sr)
        clips.append(Clip(file.stem, attack == "-", file, path.stem, attack=attack))
corpus = Corpus("vocoded", Path(temporary.name), tuple(clips))

rows = examples(corpus, "clean", 0.5, 0, durations(corpus.clips))
groups = [row.speaker for row in rows]
scores = course.scores(rows, ladder.divided(course.vectors(rows), labels(rows), groups))
print(scores)

# %%
# ROC and DET
# -----------
# The axes of a DET plot are scaled as normal quantiles, which enlarges the corner of the ROC that matters. A
# dot is the equal error rate, a cross the smallest detection cost. The second figure has the scores
# themselves.

figure, axes = plt.subplots(1, 2, figsize=(10, 5), layout="constrained")
for attack in ("24 bands", "80 bands"):
    for draw, ax in zip((vf.plot.roc, vf.plot.det), axes, strict=True):
        draw(scores.bonafide, scores.of(attack), ax=ax, label=attack)
for ax, title in zip(axes, ("ROC", "DET"), strict=True):
    ax.set_title(f"{title} of a detector, two vocoders")
    ax.legend()

figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
vf.plot.scores(scores.bonafide, scores.spoof, ax=ax)
ax.set_title("scores, and the threshold of equal error rates")

# %%
# The cost in tandem
# ------------------
# A speaker verification system follows the detector. Its three error rates (invented here) weight the errors
# of the detector: a spoof that the verification rejects anyway costs nothing. The curves are the t-DCF at
# all thresholds, relative to that without a detector, which is 1.

asv = vf.metrics.AsvErrors(miss=0.03, false_alarm=0.03, spoof_false_alarm=0.6)
curve = vf.metrics.roc(scores.bonafide, scores.spoof)
figure, ax = plt.subplots(figsize=(8, 3.5), layout="constrained")
for colour, form in enumerate(("legacy", "revised")):
    tandem = vf.metrics.tandem(asv, form=form)
    cost = tandem.floor + tandem.miss_weight * (1 - curve.accepted) + tandem.alarm_weight * curve.false_alarm
    best = vf.metrics.min_tdcf(scores.bonafide, scores.spoof, asv, form=form)
    ax.plot(curve.thresholds, cost, color=f"C{colour}", label=f"{form}, at least {best.value:.2f}")
    ax.plot(best.threshold, best.value, "o", color=f"C{colour}")
ax.axhline(1, color="0.5", linestyle=":", label="no detector")
ax.set(xlabel="threshold of the detector", ylabel="t-DCF", ylim=(0, 2), title="cost of the tandem")
ax.legend()
temporary.cleanup()
