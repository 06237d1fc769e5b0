"""Folders of recordings that are made for tests, and what a folder holds."""

import numpy as np
import soundfile


def noises(folder, count, every, shortest, longer):
    """`count` noises at 16 kHz, each `longer` samples longer than the last; one of `every` is no audio."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for k in range(count):
        if k % every == 7:
            (folder / f"{k:03d}.wav").write_text("no audio")
        else:
            y = 0.1 * rng.standard_normal(shortest + longer * k)
            soundfile.write(folder / f"{k:03d}.wav", y, 16000)
    return folder


def contents(folder):
    """The bytes of every file at any depth, by its path."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
