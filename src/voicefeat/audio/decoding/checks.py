"""What reading promises of samples: finite, not more than fits, and all that the header says."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from ...errors import AudioError

__all__: list[str] = []

#: A length that libsndfile does not know.
UNKNOWN_FRAMES = 2**62
_BLOCK_FRAMES = 1 << 18
#: Bytes of samples that any file may give, and how many for each of its own bytes beyond that: speech at the
#: lowest rates of Opus and MP3 gives 256.
ALWAYS_BYTES, TIMES = 1 << 29, 300
#: Sizes from here on are what writers put that do not know them, where not even half is there; and so is
#: what lies so near to the greatest numbers.
_PLACEHOLDER, _NEAR = 1 << 29, 1 << 17
#: An MP3 may end within its last two blocks of 1152 samples: encoders count them differently.
MP3_SLACK = 2 * 1152
SAMPLE_BYTES = {
    "PCM_S8": 1, "PCM_U8": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4,
    "FLOAT": 4, "DOUBLE": 8, "ULAW": 1, "ALAW": 1,
}  # fmt: skip
# libsndfile cuts the length in a header down to what the file holds, and says so in its log only.
_CUT = re.compile(r"^\s*(data|SSND|BODY|Data Size|riff|Riff size)\s*: (\d+) \(should be (\d+)\)", re.M)
#: Formats that say it in another way, or not at all: their log need not be read.
_WITHOUT_LOG = {"FLAC", "OGG", "MP3"}
#: Sizes of whole files may count their own header or padding.
WHOLE_FILE_SLACK = 8


def most_bytes(size: int) -> int:
    """The most bytes of samples that a file of `size` bytes may give at once."""
    return max(ALWAYS_BYTES, TIMES * size)


def check_room(name: str, size: int, wanted: int) -> None:
    """Refuse `wanted` bytes of samples from a file of `size` bytes, where that is no speech any more."""
    if wanted > most_bytes(size):
        raise AudioError(
            f"{name}: would give {wanted / 2**20:,.0f} MiB of samples from {size:,} bytes, and at most "
            f"{most_bytes(size) / 2**20:,.0f} MiB are taken at once; read it in parts, with offset and "
            "duration (start and end in a manifest)"
        )


def is_placeholder(size: int, held: int) -> bool:
    """Whether `size` bytes, of which `held` are there, were put by a writer that did not know how many.

    A recording that was cut off held what it says once; this one, no writer ever filled.
    """
    near = any(0 <= limit - size <= _NEAR for limit in (2**31, 2**32))
    return near or (size >= _PLACEHOLDER and held < size / 2)


def promised(file: Any, size: int | None) -> tuple[int, bool]:
    """How many samples a channel has by the header, and whether the header says how many.

    `size` is the header's size of all samples in bytes, where libsndfile does not tell it.
    """
    if file.format in _WITHOUT_LOG:
        return file.frames, file.frames < UNKNOWN_FRAMES
    if size is not None:
        each = file.channels * SAMPLE_BYTES.get(file.subtype, 0)
        cuts = [("data", size, file.frames * each)] if each and size > file.frames * each else []
    else:
        cuts = [(name, int(told), int(held)) for name, told, held in _CUT.findall(file.extra_info)]
    for chunk, told, held in cuts:
        if is_placeholder(told, held) or not told:  # behind a 0, libsndfile takes all that there is
            return file.frames, False
        slack = WHOLE_FILE_SLACK if chunk.lower().startswith("riff") else 0
        if told - held > slack:
            each = file.channels * SAMPLE_BYTES.get(file.subtype, 0) or held / max(file.frames, 1) or 1
            return file.frames + math.ceil((told - held) / each), True
    return file.frames, True


def check_whole(name: str, rate: int, got: int, wanted: int, first: int, there: int) -> None:
    """Whether the `got` samples from `first` on are all that were `wanted` of the `there` promised ones."""
    if got < min(wanted, there - first):
        usable, end = (math.floor(n / rate * 1000) / 1000 for n in (got, first + got))
        remedy = "make it again"
        if usable:
            remedy = f"pass duration={usable:g} to use those (end={end:g} in a manifest), or {remedy}"
        raise AudioError(
            f"{name}: ends early, {first + got} of the {there} samples that its header promises "
            f"are there; {remedy}"
        )
    if not got:
        raise AudioError(f"{name}: holds no samples; make it again or leave it out")


def check_finite(name: str, y: np.ndarray, first: int) -> None:
    """Whether `y`, shape (n, channels), which begins at sample `first`, is finite."""
    if not np.isfinite(y).all():
        raise AudioError(f"{name}: {first_not_finite(y.T, first)}; repair the recording or leave it out")


def first_not_finite(y: np.ndarray, first: int = 0, largest: float = math.inf) -> str:
    """Which sample of `y`, shape (..., n), is the first not below `largest`, or NaN; "" if there is none.

    Samples are counted from `first` on.
    """
    flat = y.reshape(-1)
    for start in range(0, flat.size, _BLOCK_FRAMES):
        finite = np.abs(flat[start : start + _BLOCK_FRAMES]) < largest
        if not finite.all():
            place = start + int(finite.argmin())
            *channel, sample = (int(i) for i in np.unravel_index(place, y.shape))
            of = f" of channel {channel[0] if len(channel) == 1 else tuple(channel)}" if channel else ""
            return f"sample {first + sample}{of} is {flat[place]}"
    return ""
