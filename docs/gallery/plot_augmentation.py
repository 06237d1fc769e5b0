"""
What augmentation does to a clip
================================

Degraded copies of the training clips teach a detector what not to rely on. This page shows what each kind
of degradation does to one clip, and how much the features change. `examples/06_augment.py` measures whether
it helps.
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
# relative to the peak of each copy, so a change of level is not visible.

frames = {"n_fft": 512, "hop_length": 128}
figure, axes = plt.subplots(3, 3, sharex=True, sharey=True, figsize=(9, 7), layout="constrained")
for ax, (name, signal) in zip(axes.flat, signals.items(), strict=True):
    power = vf.spectrogram(signal, power=2.0, **frames)
    image = vf.plot.spectrogram(power, sr, feature="spectrogram", power=2.0, ax=ax, **frames)
    ax.set_title(name)
    ax.label_outer()
figure.colorbar(image, ax=axes, format="%+.0f dB", shrink=0.5)

# %%
# The change of the features
# --------------------------
# The mean of each coefficient over the clip minus that of the original clip, divided by the standard
# deviation within the clip. A change of level affects coefficient 0 alone; a telephone affects all of them.

features = {name: vf.frontend("asvspoof2019-lfcc")(signal, sr)[:20] for name, signal in signals.items()}
plain = features.pop("as it is")
moved = [(f.mean(axis=1) - plain.mean(axis=1)) / plain.std(axis=1) for f in features.values()]
figure, ax = plt.subplots(figsize=(8, 3.5), layout="constrained")
image = ax.imshow(moved, aspect="auto", cmap="coolwarm", vmin=-2, vmax=2)
ax.set(yticks=range(len(features)), yticklabels=features, xlabel="row of LFCC", xticks=range(0, 20, 2))
ax.set_title("how far the mean of a row is moved")
figure.colorbar(image, label="deviations")
