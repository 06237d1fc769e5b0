"""Checks of decoded samples: finite, not too many, and as many as the header says."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from ...errors import AudioError

__all__: list[str] = []

#: The length that libsndfile reports if it does not know it.
UNKNOWN_FRAMES = 2**62
_BLOCK_FRAMES = 1 << 18
#: The most bytes of samples from any file, and beyond that for each byte of the file: speech at the lowest
#: bit rates of Opus and MP3 gives 256.
ALWAYS_BYTES, TIMES = 1 << 29, 300
#: A size is a placeholder of a writer that did not know it if it is this large and less than half is there,
#: or if it is this close to 2^31 or 2^32.
_PLACEHOLDER, _NEAR = 1 << 29, 1 << 17
#: An MP3 may end within its last two blocks of 1152 samples, which encoders count in different ways.
MP3_SLACK = 2 * 1152
SAMPLE_BYTES = {
    "PCM_S8": 1, "PCM_U8": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4,
    "FLOAT": 4, "DOUBLE": 8, "ULAW": 1, "ALAW": 1,
}  # fmt: skip
# libsndfile reduces the length in a header to what the file holds, and says so only in its log.
_CUT = re.compile(r"^\s*(data|SSND|BODY|Data Size|riff|Riff size)\s*: (\d+) \(should be (\d+)\)", re.M)
#: Formats whose log need not be read: it does not say this.
_WITHOUT_LOG = {"FLAC", "OGG", "MP3"}
#: The size of a whole file may include its own header or padding.
WHOLE_FILE_SLACK = 8


def most_bytes(size: int) -> int:
    """The most bytes of samples that may be read at once from a file of `size` bytes."""
    return max(ALWAYS_BYTES, TIMES * size)


def check_room(name: str, size: int, wanted: int) -> None:
    """Refuse `wanted` bytes of samples if they are too many for speech in a file of `size` bytes."""
    if wanted > most_bytes(size):
        raise AudioError(
            f"{name}: would give {wanted / 2**20:,.0f} MiB of samples from {size:,} bytes, but at most "
            f"{most_bytes(size) / 2**20:,.0f} MiB are read at once; read it in parts, with offset and "
            "duration (start and end in a manifest)"
        )


def is_placeholder(size: int, held: int) -> bool:
    """Whether the stated `size`, of which `held` bytes exist, comes from a writer that did not know it.

    Otherwise the recording was complete once and has been cut off.
    """
    near = any(0 <= limit - size <= _NEAR for limit in (2**31, 2**32))
    return near or (size >= _PLACEHOLDER and held < size / 2)


def promised(file: Any, size: int | None) -> tuple[int, bool]:
    """The number of samples per channel according to the header, and whether the header states it.

    `size` is the stated size of all samples in bytes, for formats where libsndfile does not report it.
    """
    if file.format in _WITHOUT_LOG:
        return file.frames, file.frames < UNKNOWN_FRAMES
    if size is not None:
        each = file.channels * SAMPLE_BYTES.get(file.subtype, 0)
        cuts = [("data", size, file.frames * each)] if each and size > file.frames * each else []
    else:
        cuts = [(name, int(stated), int(held)) for name, stated, held in _CUT.findall(file.extra_info)]
    for chunk, stated, held in cuts:
        if is_placeholder(stated, held) or not stated:  # for a size of 0, libsndfile reads to the end
            return file.frames, False
        slack = WHOLE_FILE_SLACK if chunk.lower().startswith("riff") else 0
        if stated - held > slack:
            each = file.channels * SAMPLE_BYTES.get(file.subtype, 0) or held / max(file.frames, 1) or 1
            return file.frames + math.ceil((stated - held) / each), True
    return file.frames, True


def check_whole(name: str, rate: int, got: int, wanted: int, first: int, there: int) -> None:
    """Refuse a recording that ends early: it has `got` samples from `first` on, of `there` stated in all."""
    if got < min(wanted, there - first):
        usable, end = (math.floor(n / rate * 1000) / 1000 for n in (got, first + got))
        remedy = "create it again"
        if usable:
            remedy = f"pass duration={usable:g} to use those (end={end:g} in a manifest), or {remedy}"
        raise AudioError(
            f"{name}: ends early, after {first + got} of the {there} samples that its header states; {remedy}"
        )
    if not got:
        raise AudioError(f"{name}: holds no samples; create it again or leave it out")


def check_finite(name: str, y: np.ndarray, first: int) -> None:
    """Refuse samples that are not finite; `y` has shape (n, channels) and begins at sample `first`."""
    if not np.isfinite(y).all():
        raise AudioError(f"{name}: {first_not_finite(y.T, first)}; repair the recording or leave it out")


def first_not_finite(y: np.ndarray, first: int = 0, largest: float = math.inf) -> str:
    """The first sample of `y`, shape (..., n), that is NaN or not below `largest`, in words; "" if none is.

    The numbers of samples begin with `first`.
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
