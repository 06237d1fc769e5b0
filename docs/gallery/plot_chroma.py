"""
Chroma, and a tuning that speech does not have
==============================================

Chroma sum a spectrum into the twelve pitch classes of music. Feature tables for detectors contain them,
among others that of DEEP-VOICE. By default, their bins are tuned to the recording. Music has a tuning,
speech has none.
"""

# sphinx_gallery_thumbnail_number = 1
import matplotlib.pyplot as plt
import numpy as np

import voicefeat as vf

y, sr = vf.load("../../examples/audio/it_chiave.wav", sr=16000)
frames = {"n_fft": 2048, "hop_length": 256}

# %%
# Pitch classes of a sentence
# ---------------------------
# The pitch glides from class to class.

chroma = vf.chroma_stft(y, sr, tuning=0.0, **frames)
figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
image = vf.plot.spectrogram(chroma, sr, feature="chroma_stft", ax=ax, **frames)
ax.set_title("chroma of a sentence")
figure.colorbar(image, label="part of the frame's largest")

# %%
# The estimated tuning
# --------------------
# The tuning is the deviation of the tones of a recording from those of A = 440 Hz, in cents. Both signals
# are played a little faster or slower. The estimate follows the chord; for speech it is arbitrary.

t = np.arange(2 * sr) / sr
chord = sum(np.sin(2 * np.pi * hertz * t) for hertz in (220.0, 277.18, 329.63, 440.0)) / 4
cents = np.arange(-40, 41, 5)
figure, ax = plt.subplots(figsize=(8, 3.5), layout="constrained")
for mark, (name, signal) in zip("os", {"a chord": chord, "the sentence": y}.items(), strict=True):
    played = [vf.augment.speed(signal, factor=float(2 ** (cent / 1200))) for cent in cents]
    found = [100 * vf.estimate_tuning(one, sr, **frames) for one in played]
    ax.plot(cents, found, mark + "-", label=name)
ax.set(xlabel="played higher by, cents", ylabel="estimated tuning, cents", ylim=(-55, 55))
ax.set_title("estimated tuning of a chord and of a sentence")
ax.legend()

# %%
# The consequence
# ---------------
# The chroma of a frame depend on the rest of the recording. Here are those of one second, computed from the
# whole sentence and from that second alone. With a given tuning, both are the same numbers.

start = 32 * frames["hop_length"]
second = y[start : start + sr]
figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
for mark, tuning in zip("os", (None, 0.0), strict=True):
    chroma = {"tuning": tuning, "center": False, **frames}
    alone = vf.chroma_stft(second, sr, **chroma)
    whole = vf.chroma_stft(y, sr, **chroma)[:, 32 : 32 + alone.shape[1]]
    name = "estimated" if tuning is None else "tuning=0.0"
    seconds = vf.times_like(alone, sr=sr, hop_length=frames["hop_length"])
    ax.plot(seconds, np.abs(alone - whole).max(axis=0), mark + "-", markersize=4, label=name)
ax.set(
    xlabel="seconds", ylabel="largest difference", title="chroma of a second: alone, and within the sentence"
)
ax.legend()
