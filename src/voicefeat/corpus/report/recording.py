"""A recording described in a few lines: duration, format, level."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...audio.decoding import blocks, kind
from ...errors import AudioError, escape
from .dataset import lines
from .run import counted, lasting

__all__ = ["of_recording", "recording_facts"]

#: Seconds of audio in memory at a time.
BLOCK = 60.0


def of_recording(path: str) -> str:
    """A recording in words, of any length; every sample is read.

    Raises
    ------
    AudioError
        If the recording cannot be read to its end.

    Examples
    --------
    >>> print(of_recording("examples/audio/de_fenster.flac").splitlines()[1])
    duration  2.8 s, 45,423 samples at 16000 Hz, 1 channel
    """
    known = recording_facts(path)
    count, sr, channels = known["samples"], known["sample_rate"], counted(known["channels"], "channel")
    facts = {
        escape(path): f"{known['format']}, {known['samples_as']}",
        "duration": f"{lasting(known['duration'])}, {count:,} samples at {sr} Hz, {channels}",
        "peak": _levels(known["peak"]),
        "rms": _levels(known["rms"]),
        "clipped": f"{counted(known['clipped'], 'sample')} at full scale",
    }
    return lines(facts)


def recording_facts(path: str) -> dict[str, Any]:
    """What `voicefeat show --json` prints of a recording; peak and rms of each channel are 1 at full scale.

    Raises
    ------
    AudioError
        If the recording cannot be read to its end.

    Examples
    --------
    >>> facts = recording_facts("examples/audio/de_fenster.flac")
    >>> facts["samples"], facts["sample_rate"], facts["channels"]
    (45423, 16000, 1)
    """
    count, peak, squares, full = 0, np.zeros(1), np.zeros(1), 0
    for block, rate in blocks(path, BLOCK, np.dtype(np.float32)):
        magnitudes = np.abs(block)
        peak = np.maximum(peak, magnitudes.max(axis=0))
        squares = squares + np.square(block, dtype=np.float64).sum(axis=0)
        full += int((magnitudes >= 1 - 2**-15).sum())
        count, sr = count + len(block), rate
    if not count:
        raise AudioError(f"{path}: holds no samples; create it again or leave it out")
    form, subtype = kind(path)
    return {
        "kind": "recording", "path": path, "format": form, "samples_as": subtype, "duration": count / sr,
        "samples": count, "sample_rate": sr, "channels": int(squares.size), "peak": peak.tolist(),
        "rms": np.sqrt(squares / count).tolist(), "clipped": full,
    }  # fmt: skip


def _levels(values: list[float]) -> str:
    """The level of each channel, relative to full scale and in decibels."""
    with np.errstate(divide="ignore"):
        decibels = 20 * np.log10(values)
    each = zip(values, decibels, strict=True)
    return ", ".join(f"{value:.4f} ({db:.1f} dB)" for value, db in each)
