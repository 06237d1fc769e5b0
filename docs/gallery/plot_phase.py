"""
Phase of recorded and of vocoded speech
=======================================

A power spectrum does not contain the phase. Vocoders that learn from powers invent one, and phase features
were among the first to detect that. Here are three of them, for a sentence and for the same sentence from a
vocoder.
"""

# sphinx_gallery_thumbnail_number = 2
import matplotlib.pyplot as plt
import numpy as np

import voicefeat as vf

# A sentence of LJSpeech (public domain), and what Griffin and Lim's iteration makes of its mel spectrogram.
y, sr = vf.load("../../tests/data/golden/inputs/lj22.flac", sr=16000)
frames = {"n_fft": 512, "hop_length": 160, "win_length": 400}
mel = vf.melspectrogram(y, sr, n_mels=80, **frames)
vocoded = vf.mel_to_audio(mel, sr, rng=0, length=len(y), **frames)
signals = {"recorded": y, "vocoded": vocoded}

# %%
# The signals
# -----------
# The difference is hard to hear, but visible in the waveform: one pulse in each period of the voice, where
# all harmonics meet. With the invented phase there are no such pulses.

figure, axes = plt.subplots(1, 2, sharey=True, figsize=(9, 2.5), layout="constrained")
for ax, (kind, signal) in zip(axes, signals.items(), strict=True):
    vf.plot.waveform(signal[12000:12800], sr, ax=ax, linewidth=1)
    ax.set(ylim=(-0.3, 0.3), title=f"50 ms of a vowel, {kind}")

# %%
# Over a vowel
# ------------
# Frames every millisecond, over a fifth of a second. The modified group delay shows harmonics, as powers
# do. The baseband phase difference, here in hertz, is how far the nearest harmonic lies above or below
# the middle of a bin. Beside the lowest harmonics of the vocoded vowel it stumbles at every hop of the
# vocoder; between harmonics there is noise in both.

hop = 16
to_hertz = sr / (2 * np.pi * hop)
features = {
    "modified group delay": (
        lambda s: vf.modified_group_delay(s, hop_length=hop),
        {"cmap": "coolwarm", "vmin": -0.3, "vmax": 0.3},
    ),
    "frequency less that of the bin": (
        lambda s: to_hertz * vf.instantaneous_frequency(s, baseband=True, frame_length=400, hop_length=hop),
        {"cmap": "coolwarm", "vmin": -100, "vmax": 100},
    ),
}
units = ("relative", "Hz")
figure, axes = plt.subplots(2, 2, sharex=True, sharey=True, figsize=(9, 5.5), layout="constrained")
for line, unit, (name, (compute, colours)) in zip(axes, units, features.items(), strict=True):
    for ax, (kind, signal) in zip(line, signals.items(), strict=True):
        extent = (0, len(y) / sr, 0, sr / 2000)
        image = ax.imshow(compute(signal), origin="lower", aspect="auto", extent=extent, **colours)
        ax.set_title(f"{name}, {kind}", fontsize=10)
    figure.colorbar(image, ax=line, label=unit)
    line[0].set_ylabel("kHz")
for ax in axes[-1]:
    ax.set_xlabel("seconds")
axes[0, 0].set(xlim=(0.2, 0.4), ylim=(0, 1.5))

# %%
# What the dots repeat with
# -------------------------
# The row of dots at 250 Hz, just below the lowest harmonic, and how often it repeats. In recorded speech
# that is with the pulses of the voice, about 310 times a second. In vocoded speech it is 100 times a
# second, once a frame of the vocoder.

row = 8  # 250 Hz
figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
for kind, signal in signals.items():
    offset = np.abs(features["frequency less that of the bin"][0](signal)[row, 200:380])
    repeats = np.abs(np.fft.rfft((offset - offset.mean()) * np.hanning(len(offset))))
    ax.plot(np.fft.rfftfreq(len(offset), hop / sr), repeats / repeats.max(), label=kind)
ax.set(xlim=(0, 400), xlabel="times a second", ylabel="part of the largest")
ax.set_title("how often the frequency in a bin stumbles")
ax.legend()

# %%
# Relative phases of harmonics
# ----------------------------
# `rps` follows the pitch and compares the phase of each harmonic with that of the first. In recorded speech,
# the relative phases stay the same during a vowel: the titles have the correlation of neighbouring frames.
# Frames without a pitch are 0.

figure, axes = plt.subplots(1, 2, sharey=True, figsize=(9, 3), layout="constrained")
for ax, (kind, signal) in zip(axes, signals.items(), strict=True):
    rps = vf.rps(signal, sr)
    voiced = vf.rps(signal, sr, voiced_only=True)
    alike = np.mean([np.corrcoef(row[:-1], row[1:])[0, 1] for row in voiced])
    extent = (0, 0.01 * rps.shape[1], -0.5, 19.5)
    image = ax.imshow(rps, origin="lower", aspect="auto", cmap="coolwarm", vmin=-8, vmax=8, extent=extent)
    ax.set(xlabel="seconds")
    ax.set_title(f"relative phases, {kind}: correlation {alike:.2f}", fontsize=10)
axes[0].set(ylabel="coefficient", yticks=(0, 5, 10, 15))
figure.colorbar(image, ax=axes, label="relative phase")
