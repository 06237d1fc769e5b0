"""Features of a recording that is larger than memory, block by block: `stream_file`."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import chain
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import DTypeLike

from ..audio.decoding import blocks, printable_name
from ..errors import (
    AudioError,
    ParameterError,
    check_bool,
    check_choice,
    check_float,
    check_float_dtype,
    fail,
)
from ..feature.names import FeatureName
from ..streaming.stream import Stream
from .front_end import FrontEnd
from .names import FrontEndName
from .stream import own_rate, stream

__all__ = ["finished", "mixed", "stream_file", "stream_of"]

#: Choices for several channels, as for a corpus.
CHANNELS = ("mean", "first", "each")
#: The longest block in seconds: it is in memory as a whole.
MOST_SECONDS = 600.0


def stream_file(
    path: str | os.PathLike[str] | IO[bytes],
    wanted: Stream
    | FeatureName
    | FrontEndName
    | str
    | FrontEnd
    | Sequence[FeatureName | str]
    | Mapping[str, Mapping[str, Any] | FrontEnd],
    *,
    seconds: float = 1.0,
    resample: bool = False,
    channels: Literal["mean", "first", "each"] = "mean",
    dtype: DTypeLike = np.float32,
    **settings: Any,
) -> Generator[Any, None, None]:
    """The frames of a recording, block by block, in memory that does not depend on its length.

    All frames together have the bits of one call on the loaded recording.

    Parameters
    ----------
    path : path, or file open for reading bytes
        Any format that `load` reads.
    wanted : str, FrontEnd, list of str, mapping, or Stream
        The features, as for `stream`, at the rate of the recording; or a stream of that rate, which is reset
        first. After each block, its `times` are those of the new frames.
    seconds : float
        Length of a block, at most 600 seconds. The frames do not depend on it.
    resample : bool
        Whether a recording at another rate than that of the front end is resampled; otherwise it is refused.
    channels : {"mean", "first", "each"}
        Use the mean of the channels, the first one, or each: frames then have the shape
        (channels, rows, frames) if there are several.
    dtype : float32 or float64
        Data type of the samples.
    **settings
        Settings of the features, as for `extract`.

    Returns
    -------
    generator of array of shape (rows, frames), or of dict of str to array
        The new frames of each block, at least one; a mapping if there are several features.

    Raises
    ------
    AudioError
        As `load`; if the recording is too short for one frame. One that ends early is reported when its end
        is reached, after the frames before it.
    ParameterError
        As `stream`; if the rate of the recording differs.

    Notes
    -----
    The resampler is that of `resample`, "soxr_hq", which gives the samples of one call on the whole recording
    from pieces of any length. So frames have the bits of resampling the recording first with
    ``vf.load(path, sr=...)``, as long as the channels are mixed before.

    Examples
    --------
    >>> import io, numpy as np, soundfile, voicefeat as vf
    >>> file = io.BytesIO()
    >>> soundfile.write(file, np.random.default_rng(0).uniform(-1, 1, 40000), 16000, format="FLAC")
    >>> [frames.shape for frames in vf.stream_file(file, "kaldi-fbank-80")]
    [(80, 98), (80, 100), (80, 50)]
    >>> listening = vf.stream("kaldi-fbank-80")
    >>> for frames in vf.stream_file(file, listening):
    ...     print(frames.shape, listening.times()[:2])
    (80, 98) [0.0125 0.0225]
    (80, 100) [0.9925 1.0025]
    (80, 50) [1.9925 2.0025]
    """
    seconds = check_float("seconds", seconds, above=0, high=MOST_SECONDS, unit="seconds")
    check_choice("channels", channels, CHANNELS)
    found = blocks(path, seconds, check_float_dtype("dtype", dtype))
    first = next(found)
    name = printable_name(path)
    listening = stream_of(wanted, first[1], resample, settings, name, "give resample=True")
    return _frames(listening, name, (mixed(block, channels) for block, _ in chain([first], found)))


def stream_of(
    wanted: Any, rate: int, resample: bool, settings: Mapping[str, Any], name: str, remedy: str
) -> Stream:
    """The stream for a recording of this rate; `name` and `remedy` go into the error about another rate."""
    resample = check_bool("resample", resample)
    if isinstance(wanted, Stream):
        given = {**settings, "resample": True} if resample else settings
        for key, value in given.items():
            fail(key, value, "a stream has its own settings", f"leave it out, or make the stream with {key}")
        needed, remedy = wanted.rate, f"make the stream with sr={rate}"
    else:
        own = own_rate(wanted)
        needed = rate if own is None else own
    if needed != rate and not resample:
        raise ParameterError(f"{name}: has a rate of {rate} Hz, but {needed:g} Hz is needed; {remedy}")
    if not isinstance(wanted, Stream):
        return stream(wanted, rate, resample=resample, **settings)
    wanted.reset()
    return wanted


def mixed(block: np.ndarray, channels: str) -> np.ndarray:
    """Samples (n, channels) as (n,) or, for each of several channels, (channels, n)."""
    if block.shape[1] == 1 or channels == "first":
        return np.ascontiguousarray(block[:, 0])
    return block.mean(axis=1) if channels == "mean" else np.ascontiguousarray(block.T)


def finished(listening: Stream, name: str) -> Any:
    """The last frames of a recording, or an error with its name if it is too short."""
    try:
        return listening.finish()
    except ParameterError as problem:
        raise AudioError(f"{name}: {problem}") from None


def _frames(listening: Stream, name: str, pieces: Iterator[np.ndarray]) -> Generator[Any, None, None]:
    """What a stream gives of these pieces, where that is not nothing."""
    for piece in pieces:
        if _some(frames := listening.push(piece)):
            yield frames
    if _some(frames := finished(listening, name)):
        yield frames


def _some(frames: Any) -> bool:
    """Whether there is a frame."""
    return any(map(_some, frames.values())) if isinstance(frames, dict) else frames.shape[-1] > 0
