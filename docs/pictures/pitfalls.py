"""Draws the pictures of docs/pitfalls.md, pitfall_NAME.svg, from results of voicefeat and from the formulas.

    python docs/pictures/pitfalls.py [NAME ...]

Run it in the root folder of the repository. Needs matplotlib (the extra plot).
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import voicefeat as vf

HERE = Path(__file__).parent
RATE = 16000
FRAMES = {"n_fft": 512, "hop_length": 160, "win_length": 400}


def clip():
    """One second of a recording of the repository, in double precision."""
    return vf.load("examples/audio/en_gb_kettle.flac", sr=RATE, offset=0.6, duration=1.0, dtype="float64")[0]


def figure(width=7.2, height=2.6, columns=1, **options):
    drawn, axes = plt.subplots(1, columns, figsize=(width, height), squeeze=False, **options)
    for one in axes[0]:
        one.spines[["right", "top"]].set_visible(False)
    return drawn, (axes[0][0] if columns == 1 else axes[0])


def top_db():
    """c0 of a clip, alone and with a loud click behind it."""
    y = 0.01 * clip()[:8000]
    click = np.zeros(3200)
    click[1600] = 20.0
    longer = np.concatenate([y, click])
    drawn, axes = figure()
    n = 1 + len(y) // 160 - 3  # frames that the click does not reach
    for label, floor, style in (("top_db=80, as by default", 80.0, "-"), ("top_db=None", None, "--")):
        alone, after = (vf.mfcc(s, RATE, top_db=floor, **FRAMES)[1, :n] for s in (y, longer))
        if floor:
            axes.plot(10 * np.arange(n), alone, "C0" + style, label=f"the clip alone, {label}")
        axes.plot(
            10 * np.arange(n), after, ("C3" if floor else "k") + style, label=f"a click follows, {label}"
        )
    axes.set(xlabel="time in ms", ylabel="c1")
    axes.legend(frameon=False, fontsize=8)
    return drawn


def grid():
    """The first four frames of four front ends, around the beginning of a clip."""
    drawn, axes = figure(height=2.8)
    names = ("asvspoof2019-lfcc", "kaldi-mfcc", "nii-lfcc", "torchaudio-lfcc")
    for place, name in enumerate(reversed(names)):
        fe = vf.frontend(name)
        length = 1000 * (fe.framing.win_length or fe.framing.n_fft) / RATE
        for t, centre in enumerate(1000 * fe.times(RATE)[:4]):
            axes.broken_barh([(centre - length / 2, length)], (place + 0.17 * t, 0.14), color=f"C{t}")
        axes.text(62, place + 0.25, name, va="center")
    axes.axvline(0, color="0.4", linestyle=":")
    axes.text(0.5, 3.95, "first sample", fontsize=8)
    axes.set(xlabel="time in ms", yticks=[], xlim=(-14, 90), ylim=(-0.1, 4.2))
    axes.spines["left"].set_visible(False)
    return drawn


def window():
    """The symmetric and the periodic window, and their difference."""
    periodic = vf.filters.get_window("hamming", 16)
    symmetric = np.hamming(16)
    drawn, axes = figure()
    axes.plot(periodic, "C0o-", label="periodic, window='hamming'")
    axes.plot(symmetric, "C3s--", label="symmetric, window='hamming_symmetric'")
    axes.set(xlabel="sample of a window of 16", ylabel="weight")
    axes.legend(frameon=False, fontsize=8, loc="lower center")
    return drawn


def mel():
    """Centres of 40 bands on both scales."""
    drawn, axes = figure()
    for label, htk, style in (("Slaney, librosa's default", False, "C0-"), ("HTK", True, "C3--")):
        axes.plot(vf.mel_frequencies(42, fmin=0.0, fmax=8000.0, htk=htk)[1:-1], style, label=label)
    axes.set(xlabel="band of 40", ylabel="centre in Hz")
    axes.legend(frameon=False, fontsize=8)
    return drawn


def power():
    """c1 from powers, from magnitudes, and twice the latter."""
    y = clip()
    drawn, axes = figure()
    squared, plain = (vf.mfcc(y, RATE, power=p, top_db=None, **FRAMES)[1] for p in (2.0, 1.0))
    at = 10 * np.arange(len(plain))
    axes.plot(at, squared, "C0-", label="power=2.0")
    axes.plot(at, plain, "C3-", label="power=1.0")
    axes.plot(at, 2 * plain, "C3:", label="power=1.0, times 2")
    axes.set(xlabel="time in ms", ylabel="c1")
    axes.legend(frameon=False, fontsize=8, ncols=3)
    return drawn


def dither():
    """A band of a clip with a pause of digital silence, with dither of two seeds and without."""
    y = clip()
    y[6000:10000] = 0
    fe = vf.frontend("kaldi-fbank-23")
    drawn, axes = figure()
    for label, changed, style in (
        ("dither=0", fe, "k-"),
        ("dither=1.0, seed=0", fe.replace(dither=1.0, seed=0), "C0-"),
        ("dither=1.0, seed=1", fe.replace(dither=1.0, seed=1), "C3-"),
    ):
        band = changed(y, RATE)[12]
        axes.plot(10 * np.arange(len(band)), band, style, label=label, linewidth=1)
    axes.set(xlabel="time in ms", ylabel="band 12")
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    return drawn


def deltas():
    """The first and last deltas of a ramp, by three definitions."""
    ramp = np.arange(12.0)[np.newaxis] ** 2
    drawn, axes = figure()
    repeated = np.pad(ramp, ((0, 0), (1, 1)), mode="edge")
    steps = (repeated[:, 2:] - repeated[:, :-2])[0]
    axes.plot(vf.delta(ramp)[0], "C0o-", label="vf.delta, librosa: a line through 9 frames")
    axes.plot(vf.delta(ramp, width=3, mode="nearest")[0], "C2^-", label="the same, width=3, mode='nearest'")
    axes.plot(steps, "C3s--", label="x[t + 1] - x[t - 1], ASVspoof 2019")
    axes.set(xlabel="frame", ylabel="delta of t²")
    axes.legend(frameon=False, fontsize=8)
    return drawn


def offset():
    """What a band becomes in five front ends, all as log10."""
    x = np.logspace(-20, 0, 60)
    drawn, axes = figure(height=3.0)
    curves = (
        ("x + 2⁻⁵², asvspoof2019-lfcc", np.log10(x + 2.0**-52), "C0-"),
        ("x + 2⁻²³, nii-lfcc", np.log10(x + 2.0**-23), "C1-"),
        ("x + 10⁻⁶, torchaudio-lfcc-log", np.log10(x + 1e-6), "C3-"),
        ("max(x, 10⁻¹⁰), torchaudio-lfcc", np.log10(np.maximum(x, 1e-10)), "k--"),
    )
    for label, curve, style in curves:
        axes.plot(np.log10(x), curve, style, label=label)
    axes.set(xlabel="log₁₀ of the power x of a band", ylabel="log₁₀ after offset")
    axes.legend(frameon=False, fontsize=8)
    return drawn


def scale():
    """A band of Kaldi's filter bank from samples in [-1, 1) and from 16-bit values."""
    y = clip() * np.logspace(0, -6, RATE)
    drawn, axes = figure()
    for name, label, style in (
        ("kaldi-fbank-80", "16-bit values, minus ln 32768²", "C0-"),
        ("kaldi-fbank-80-unit", "samples in [-1, 1)", "C3--"),
    ):
        band = vf.frontend(name)(y, RATE)[40] - (0 if "unit" in name else 2 * np.log(32768))
        axes.plot(10 * np.arange(len(band)), band, style, label=f"{name}: {label}")
    axes.set(xlabel="time in ms, while the clip fades by 120 dB", ylabel="band 40")
    axes.legend(frameon=False, fontsize=8)
    return drawn


def lifter():
    """The two lifters of length 22."""
    n = np.arange(13)
    drawn, axes = figure(height=2.2)
    axes.plot(n, 1 + 11 * np.sin(np.pi * n / 22), "C0o-", label="from 0: Kaldi, HTK, python_speech_features")
    axes.plot(n, 1 + 11 * np.sin(np.pi * (n + 1) / 22), "C3s--", label="from 1: librosa")
    axes.set(xlabel="coefficient", ylabel="factor")
    axes.legend(frameon=False, fontsize=8)
    return drawn


PICTURES = (top_db, grid, window, mel, power, dither, deltas, offset, scale, lifter)


def main():
    plt.rcParams.update({"svg.fonttype": "none", "font.size": 9, "path.simplify": True})
    for draw in PICTURES:
        if sys.argv[1:] and draw.__name__ not in sys.argv[1:]:
            continue
        plt.rcParams["svg.hashsalt"] = draw.__name__
        drawn = draw()
        drawn.tight_layout()
        drawn.savefig(HERE / f"pitfall_{draw.__name__}.svg", metadata={"Date": None})
        plt.close(drawn)


if __name__ == "__main__":
    main()
