"""
What top_db, centring and padding do
====================================

Three settings that are easily overlooked decide what a frame depends on. With `top_db`, every frame depends
on the loudest one of the recording. Centring moves the frames, and padding adds samples to the first and
the last.
"""

# sphinx_gallery_thumbnail_number = 1
import matplotlib.pyplot as plt
import numpy as np

import voicefeat as vf

# A sentence of the corpus of ASVspoof 2019 (ODC-By 1.0), with half a second of digital silence.
y, sr = vf.load("../../tests/data/golden/inputs/gap.flac", sr=16000)
frames = {"n_fft": 512, "hop_length": 160}

# %%
# top_db
# ------
# librosa's default raises all decibels to at least 80 below the loudest band of all frames. If a door slams
# at the end of the recording, the soft frames long before it change. With `top_db=None`, only the frames that
# contain the slam change.

quiet = 0.05 * y
slam = quiet.copy()
slam[-800:] += np.random.default_rng(0).uniform(-0.9, 0.9, 800)
figure, axes = plt.subplots(2, sharex=True, sharey=True, figsize=(8, 5), layout="constrained")
for ax, top_db in zip(axes, (80.0, None), strict=True):
    for signal, style, name in ((quiet, "-", "as it is"), (slam, "--", "a door slams at its end")):
        mfcc = vf.mfcc(signal, sr, top_db=top_db, **frames)
        ax.plot(vf.times_like(mfcc, sr=sr, hop_length=160), mfcc[0], style, label=name)
    ax.set(title=f"top_db={top_db}", ylabel="coefficient 0")
axes[1].set_xlabel("seconds")
axes[0].legend()

# %%
# Centring and padding
# --------------------
# With centring, the middle of frame 0 is at the first sample, and half of the frame is padding: zeros, or the
# mirrored signal. Without it, frame 0 begins at the first sample. The curves meet where frames have no
# padding.

ways = {
    "centred, zeros": {"center": True, "pad_mode": "constant"},
    "centred, mirrored": {"center": True, "pad_mode": "reflect"},
    "not centred": {"center": False},
}
figure, ax = plt.subplots(figsize=(8, 3.5), layout="constrained")
for mark, (name, way) in zip("osx", ways.items(), strict=True):
    mfcc = vf.mfcc(y, sr, top_db=None, **way, **frames)
    middle = np.arange(mfcc.shape[1]) * 160 + (0 if way["center"] else 256)
    ax.plot(1000 * middle / sr, mfcc[1], mark + "-", label=f"{name}, {mfcc.shape[1]} frames")
ax.axvspan(0, 16, color="0.92", label="frames with padding")
ax.set(xlim=(-3, 100), xlabel="middle of the frame, ms", ylabel="coefficient 1", title="the first frames")
ax.legend()
