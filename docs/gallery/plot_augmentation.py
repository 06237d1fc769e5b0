"""
Augmentation, seen
==================

Copies of the training clips that were made worse teach a detector what it may not rely on. Here is what
each way does to one clip, and how far it moves the features. `examples/06_augment.py` measures what it is
good for.
"""

# sphinx_gallery_thumbnail_number = 1
import matplotlib.pyplot as plt

import voicefeat as vf

y, sr = vf.load("../../examples/audio/en_us_harbour.flac", sr=16000)
step = vf.augment.step
ways = {
    "as it is": [],
    "noise, 10 dB": [step("noise", snr=10, source="pink")],
    "room, 0.5 s": [step("reverb", t60=0.5, drr=3)],
    "telephone": [step("telephone"), step("codec", name="gsm")],
    "MP3": [step("codec", name="mp3")],
    "faster": [step("speed", factor=1.1)],
    "8 kHz": [step("downsample", rate=8000)],
    "softer": [step("gain", db=-20)],
    "RawBoost": [step("rawboost", algorithm=5)],
}
signals = {name: vf.augment.Chain(tuple(steps))(y, sr, id="harbour", seed=0) for name, steps in ways.items()}

# %%
# Spectra
# -------
# The same seed and the same id of a clip give the same copy in any worker and any order. Decibels are
# those below the peak of each copy, so the softer one looks as before.

frames = {"n_fft": 512, "hop_length": 128}
figure, axes = plt.subplots(3, 3, sharex=True, sharey=True, figsize=(9, 7), layout="constrained")
for ax, (name, signal) in zip(axes.flat, signals.items(), strict=True):
    power = vf.spectrogram(signal, power=2.0, **frames)
    image = vf.plot.spectrogram(power, sr, feature="spectrogram", power=2.0, ax=ax, **frames)
    ax.set_title(name)
    ax.label_outer()
figure.colorbar(image, ax=axes, format="%+.0f dB", shrink=0.5)

# %%
# What the features make of it
# ----------------------------
# The mean of each coefficient over the clip, against that of the clip as it is, as a part of what it
# varies within the clip. A level moves the coefficient 0 alone; a telephone moves everything.

features = {name: vf.frontend("asvspoof2019-lfcc")(signal, sr)[:20] for name, signal in signals.items()}
plain = features.pop("as it is")
moved = [(f.mean(axis=1) - plain.mean(axis=1)) / plain.std(axis=1) for f in features.values()]
figure, ax = plt.subplots(figsize=(8, 3.5), layout="constrained")
image = ax.imshow(moved, aspect="auto", cmap="coolwarm", vmin=-2, vmax=2)
ax.set(yticks=range(len(features)), yticklabels=features, xlabel="row of LFCC", xticks=range(0, 20, 2))
ax.set_title("how far the mean of a row is moved")
figure.colorbar(image, label="deviations")
