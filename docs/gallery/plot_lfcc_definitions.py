"""
Ten LFCCs
=========

Most detectors of forged voices use linear-frequency cepstral coefficients, and every toolkit defines them
differently. Here is one clip in ten published definitions. A model that was trained on one of them does not
work on another. `examples/02_lfcc_presets.py` prints the differences.
"""

# sphinx_gallery_thumbnail_number = 1
import matplotlib.pyplot as plt

import voicefeat as vf

y, sr = vf.load("../../examples/audio/en_gb_kettle.flac", sr=16000)
names = [
    "asvspoof2019-lfcc",
    "asvspoof2021-lfcc-la-df",
    "asvspoof2021-lfcc-python",
    "tak2020-lfcc",
    "nii-lfcc",
    "torchaudio-lfcc",
    "deepfense-lfcc",
    "wedefense-lfcc",
    "spafe-lfcc",
    "project-lfcc",
]
MARKS = "osd^v<>PX*"
lfcc = {name: vf.frontend(name)(y, sr) for name in names}

# %%
# The same clip
# -------------
# The first twelve rows of each, standardised over the clip. The sentence is the same in all of them;
# differences come from hops, filters, ranges, and from an energy in the first row.

figure, axes = plt.subplots(5, 2, sharex=True, figsize=(9, 10), layout="constrained")
for ax, (name, values) in zip(axes.flat, lfcc.items(), strict=True):
    rows = values[:12]
    rows = (rows - rows.mean(axis=1, keepdims=True)) / rows.std(axis=1, keepdims=True)
    seconds = len(y) / sr
    image = ax.imshow(
        rows, origin="lower", aspect="auto", cmap="coolwarm", vmin=-3, vmax=3, extent=(0, seconds, -0.5, 11.5)
    )
    ax.set_title(f"{name}, {values.shape[1]} frames", fontsize=10)
for ax in axes[-1]:
    ax.set_xlabel("seconds")
for ax in axes[:, 0]:
    ax.set(ylabel="row", yticks=(0, 5, 10))
figure.colorbar(image, ax=axes, label="deviations from the mean", shrink=0.4)

# %%
# Their scales
# ------------
# Without standardising, the numbers have little in common: logarithms to different bases, cosine transforms
# with and without a norm, sums of magnitudes or of powers.

figure, ax = plt.subplots(figsize=(8, 4), layout="constrained")
for number, (name, values) in enumerate(lfcc.items()):
    ax.semilogy(values[:12].std(axis=1), MARKS[number] + "-", markersize=5, label=name)
ax.set(xlabel="row", ylabel="deviation over the clip", title="deviation of the rows of ten LFCCs")
figure.legend(loc="outside right upper", frameon=False)
