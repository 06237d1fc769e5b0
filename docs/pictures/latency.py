"""Draws latency.svg: which samples a frame, its deltas and its normalisation wait for.

    python docs/pictures/latency.py

The numbers are asked of streams. Needs matplotlib (the extra plot).
"""

from pathlib import Path

import matplotlib.pyplot as plt

import voicefeat as vf

RATE = 16000
T = 4  # the frame that is drawn


def main():
    plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "latency", "font.size": 10})
    lfcc = vf.frontend("asvspoof2019-lfcc")
    alone = lfcc.replace(dynamics=None)
    means = lfcc.replace(normalisation=vf.frontend("torchaudio-mfcc-sliding-cmn").normalisation)
    means = means.replace(normalisation__window=7, normalisation__center=True)
    steps = [
        ("the frame alone", alone),
        ("with deltas of deltas", lfcc),
        ("with deltas and a centred mean of 7 frames", means),
    ]
    hop, length = lfcc.framing.hop_length, lfcc.framing.length
    figure, axes = plt.subplots(figsize=(8.2, 3.6))
    for t in range(13):
        own = t == T
        axes.broken_barh([(t * hop / 16, length / 16)], (4.0 + 0.13 * t, 0.12), color="C3" if own else "0.75")
    axes.text(
        0, 5.9, f"frames: {length / 16:g} ms every {hop / 16:g} ms; frame {T} is drawn red", va="bottom"
    )
    end = (T * hop + length) / 16
    for row, (label, fe) in enumerate(steps):
        latency, y = fe.stream(RATE).latency, 2.6 - 1.1 * row
        axes.broken_barh([(T * hop / 16, length / 16)], (y, 0.5), color="C3")
        if latency.samples:
            axes.broken_barh([(end, 1000 * latency.seconds)], (y, 0.5), color="C0")
        told = f"{label}: given {1000 * latency.seconds:g} ms after its last sample"
        axes.text(0, y + 0.58, told, va="bottom")
    axes.axvline(end, color="0.4", linestyle=":", linewidth=1)
    axes.set(xlabel="time in ms", yticks=[], xlim=(-2, 152), ylim=(0, 6.6))
    axes.spines[["left", "right", "top"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})


if __name__ == "__main__":
    main()
