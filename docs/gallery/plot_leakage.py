"""
The leakage ladder
==================

One corpus, one detector, three ways to separate training and test, three results. The task is easier for a
detector that was trained on the voice, or on another second of the same recording. `examples/04_leakage.py`
does the same on any corpus. It needs scikit-learn: `pip install scikit-learn`.
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
# A corpus with a fault
# ---------------------
# Four voices are bona fide, four are from a vocoder, and none is both, as with public figures in corpora
# from the web. So the voice gives away the class. Each voice has two recordings.

temporary = tempfile.TemporaryDirectory()
frames = {"n_fft": 512, "hop_length": 160, "win_length": 400}
clips = []
for number, path in enumerate(sorted(Path("../../examples/audio").glob("*_*.*"))):
    y, sr = vf.load(path, sr=course.RATE)
    real = number % 2 == 0
    if not real:
        mel = vf.melspectrogram(y, sr, n_mels=80, **frames)
        y = vf.mel_to_audio(mel, sr, rng=0, length=len(y), **frames)
    for part, signal in enumerate(np.array_split(y / max(1, np.abs(y).max()), 2)):
        file = Path(temporary.name, f"{path.stem}_{part}.wav")
        soundfile.write(file, signal, sr)
        clips.append(Clip(file.stem, real, file, path.stem, attack="-" if real else "vocoder"))
corpus = Corpus("vocoded", Path(temporary.name), tuple(clips))

# %%
# The rungs
# ---------
# Recordings are cut to quarters of a second. In each of five folds, the detector is tested on data that it
# was not trained on: other windows; other recordings; other voices. The last rung, other corpora, needs more
# than one corpus.

rows = examples(corpus, "clean", 0.25, 0, durations(corpus.clips))
x, y = course.vectors(rows), labels(rows)
found = {}
for rule, groups in ladder.rungs(corpus, rows).items():
    try:
        found[rule] = course.scores(rows, ladder.divided(x, y, groups))
    except vf.ParameterError as error:
        print(f"{rule}: {error}")

figure, ax = plt.subplots(figsize=(7, 6), layout="constrained")
for rule, scores in found.items():
    name = f"{rule}: EER {course.percent(course.rate(scores))}"
    vf.plot.det(scores.bonafide, scores.spoof, ax=ax, label=name)
ax.legend(title="kept apart", frameon=False)
ax.set_title(f"one detector, {len(rows)} windows, three ways to split them")
temporary.cleanup()
