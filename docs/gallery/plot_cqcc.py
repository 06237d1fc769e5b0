"""
Constant-Q cepstra
==================

A constant-Q transform has long windows at low frequencies and short ones at high frequencies, so every
octave has the same number of bins. CQCC are its cepstra; with LFCC, they were the baselines of ASVspoof
2019 and 2021.
"""

# sphinx_gallery_thumbnail_number = 1
import matplotlib.pyplot as plt
import numpy as np

import voicefeat as vf

# A sentence of LJSpeech (public domain).
y, sr = vf.load("../../tests/data/golden/inputs/lj22.flac", sr=16000)

# %%
# Two resolutions of time and frequency
# -------------------------------------
# On the same logarithmic axis: bins of equal width merge the low harmonics; bins of constant Q resolve
# them, but blur sounds in time. The transform is of the whole clip and circular, so the
# first vowel reaches into the last frames.

power = vf.spectrogram(y, n_fft=512, hop_length=128, power=2.0)
log_power = vf.cqcc_spectrum(y, sr, uniform=False)
seconds, hertz = vf.nsgcqt_times(len(y), sr), vf.nsgcqt_frequencies(sr)
decibels = 10 / np.log(10) * log_power

figure, axes = plt.subplots(2, sharex=True, figsize=(8, 6), layout="constrained")
vf.plot.spectrogram(power, sr, power=2.0, db=True, y_axis="log", ax=axes[0], n_fft=512, hop_length=128)
low = decibels.max() - 80
axes[1].pcolormesh(seconds, hertz, decibels, cmap="magma", vmin=low, shading="nearest", rasterized=True)
axes[1].set_yscale("log", base=2)
for ax, title in zip(
    axes, ("Fourier transform, 512 samples", "constant-Q transform, 96 bins an octave"), strict=True
):
    ax.set(title=title, ylim=(60, 8000), yticks=(62.5, 125, 250, 500, 1000, 2000, 4000, 8000), ylabel="Hz")
    ax.set_yticklabels(("62", "125", "250", "500", "1k", "2k", "4k", "8k"))
    ax.minorticks_off()
axes[1].set_xlabel("seconds")

# %%
# Cepstrum
# --------
# A spline interpolates the logarithms at uniform frequencies; a cosine transform follows. All of this, with
# deltas, is one call, and the baseline of 2019 is a front end with a name.

cqcc = vf.frontend("asvspoof2019-cqcc")(y, sr)
assert np.array_equal(cqcc, vf.cqcc(y, sr, n_cqcc=30, deltas=2))
rows = (cqcc[:30] - cqcc[:30].mean(axis=1, keepdims=True)) / cqcc[:30].std(axis=1, keepdims=True)

figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
image = ax.imshow(
    rows, origin="lower", aspect="auto", cmap="coolwarm", vmin=-3, vmax=3, extent=(0, len(y) / sr, -0.5, 29.5)
)
ax.set(xlabel="seconds", ylabel="coefficient", title=f"30 CQCC in {cqcc.shape[1]} frames")
figure.colorbar(image, label="deviations from the mean")
