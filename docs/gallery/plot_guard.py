"""
A guard for a phone call
========================

Is the voice that you are talking to forged? A guard receives a call while it goes on, scores the last
second or two of it every second, and raises an alarm. `examples/07_guard.py` is this program, for files and
pipes; here it gets a call of two voices that were not in its training data. This page needs scikit-learn:
`pip install scikit-learn`.
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
from detect import course, guard
from detect.corpus import Clip

# %%
# Training
# --------
# The recordings of the repository are the bona fide speech; the same recordings after a vocoder with forty
# mel bands are the forged speech. The detector is trained on four voices, two more calibrate its scores to
# log-likelihood ratios, and the last two make the call. With so few voices, the alarm may be late in another
# call, or missing.

temporary = tempfile.TemporaryDirectory()
frames = {"n_fft": 512, "hop_length": 160, "win_length": 400}
clips = {"train": [], "dev": [], "eval": []}
for number, path in enumerate(sorted(Path("../../examples/audio").glob("*_*.*"))):
    split = "train" if number < 4 else "dev" if number < 6 else "eval"
    y, sr = vf.load(path, sr=course.RATE)
    mel = vf.melspectrogram(y, sr, n_mels=40, **frames)
    vocoded = vf.mel_to_audio(mel, sr, rng=0, length=len(y), **frames)
    for real, signal in ((True, y), (False, vocoded)):
        file = Path(temporary.name, f"{path.stem}_{'real' if real else 'forged'}.wav")
        soundfile.write(file, signal / max(1, np.abs(signal).max()), sr)
        clips[split].append(Clip(file.stem, real, file, path.stem, split=split))
score, ratios = guard.taught(clips, window=1.0)

# %%
# The call
# --------
# Bona fide, then forged, then bona fide again. Every second gives a ratio for the last second, and the mean
# of two ratios: below the threshold it is an alarm. The mean delays the alarm.

watch = guard.Guard(score, threshold=-0.64, window=1.0, smooth=2)
call = guard.made_up(clips["eval"], data="gallery")
heard = [found for piece in call if (found := watch.hear(piece)) is not None]
for found in heard:
    print(found)

forged = [len(guard.samples(row, course.RATE, "")) / course.RATE for row in clips["eval"]]
start = forged[0]
end = start + forged[1] + forged[3]
figure, ax = plt.subplots(figsize=(8, 4), layout="constrained")
seconds = [found.seconds for found in heard]
ax.axvspan(start, end, color="C3", alpha=0.15, label="forged")
ax.plot(seconds, [found.score for found in heard], "o", color="0.6", label="ratio of the last second")
ax.plot(seconds, [found.mean for found in heard], "-", label="mean of two")
ax.axhline(watch.threshold, color="0.3", linestyle="--", linewidth=1, label="threshold")
for found in heard:
    if found.alarm:
        ax.axvline(found.seconds, color="C3", label="alarm")
ax.set(xlabel="seconds of the call", ylabel="log-likelihood ratio, nats", title="a guard hears a call")
figure.legend(loc="outside right upper", frameon=False)

# %%
# Thresholds
# ----------
# A lower threshold gives fewer false alarms and lets more forged speech pass. With so little speech, the
# numbers only show how to choose.

thresholds = np.linspace(-4, 3, 71)
figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
below = [[100 * guard.alarms(ratio, at, smooth=2)[1] for at in thresholds] for ratio in ratios["eval"]]
for part, name in zip(below, ("bona fide", "forged"), strict=True):
    ax.plot(thresholds, part, label=f"{name} speech")
ax.axvline(watch.threshold, color="0.3", linestyle="--", linewidth=1, label="threshold above")
ax.set(xlabel="threshold, nats", ylabel="time below it, %", title="what a threshold lets pass")
ax.legend()
temporary.cleanup()
