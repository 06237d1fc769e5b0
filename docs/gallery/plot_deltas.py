"""
Deltas
======

Deltas describe how a coefficient changes: the slope of a line through neighbouring frames. Those of second
order describe how the slope changes. Detectors of forged voices often use all three.
"""

# sphinx_gallery_thumbnail_number = 2
import matplotlib.pyplot as plt
import numpy as np

import voicefeat as vf

y, sr = vf.load("../../examples/audio/en_us_harbour.flac", sr=16000)
frames = {"n_fft": 512, "hop_length": 160}
lfcc = vf.lfcc(y, sr, n_lfcc=20, **frames)
first = vf.delta(lfcc, width=9)
second = vf.delta(lfcc, width=9, order=2)

# %%
# One coefficient
# ---------------
# The delta crosses 0 about where the coefficient has a peak.

seconds = vf.times_like(lfcc, sr=sr, hop_length=frames["hop_length"])
figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
for values, label in ((lfcc, "coefficient 2"), (first, "its delta"), (second, "its delta of second order")):
    ax.plot(seconds, values[2] / np.abs(values[2]).max(), label=label)
ax.set(xlabel="seconds", ylabel="part of the largest", title="a coefficient and its deltas")
ax.legend()

# %%
# All of them
# -----------
# Stacked, they are the 60 rows that the LFCC of ASVspoof have.

figure, axes = plt.subplots(3, sharex=True, figsize=(8, 6), layout="constrained")
for ax, values, label in zip(axes, (lfcc, first, second), ("LFCC", "delta", "second order"), strict=True):
    vf.plot.spectrogram(values[1:], sr, feature="lfcc", ax=ax, **frames)
    ax.set_title(label)
features = np.concatenate([lfcc, first, second])
assert len(features) == 60
