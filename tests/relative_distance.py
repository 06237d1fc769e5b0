"""How far relative phase shifts are from the published program's: ``python tests/relative_distance.py``."""

import golden
import numpy as np
from signals import data_dir

import voicefeat as vf

FILE = "sahidullah2015_matlab__rps.npz"


def distances(folder):
    """Of each clip its name, and the coefficients (voiced frames, 20) that are ours and theirs."""
    clips = golden.read_clips(folder, folder.parent)
    with np.load(folder / FILE) as arrays:
        for name in arrays.files:
            samples, sr = clips[name]
            yield name, vf.rps(samples / 32768.0, sr, voiced_only=True).T, arrays[name][:, :20]


def near(got, want):
    """The share of frames in which all coefficients are within 0.1."""
    return float((np.abs(got - want).max(axis=1) < 0.1).mean())


def alike(got, want):
    """The correlation of all coefficients."""
    return float(np.corrcoef(got.ravel(), want.ravel())[0, 1])


def main():
    print("| clip | voiced frames | published | within 0.1 | correlation |\n| --- | --- | --- | --- | --- |")
    for name, got, want in distances(data_dir() / "golden" if data_dir() else golden.SMALL):
        same = [f"{near(got, want):.2f}", f"{alike(got, want):.3f}"] if got.shape == want.shape else ["", ""]
        print(f"| `{name}` | {len(got)} | {len(want)} | {' | '.join(same)} |")


if __name__ == "__main__":
    main()
