"""Codecs: encoding and decoding in memory, by libsndfile."""

from __future__ import annotations

import inspect
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from .._typing import FloatArray, SignalLike
from ..audio.resample import resample
from ..errors import fail
from .bandwidth import back
from .seeds import Random
from .settings import Range, audio_rate, check_signal, draw_choice, draw_number

__all__ = ["CODECS", "codec"]

#: The sampling rates of MP3, each with its smallest and largest bit rate in kbit/s.
_MP3 = {
    **dict.fromkeys((8000, 11025, 12000), (8.0, 64.0)),
    **dict.fromkeys((16000, 22050, 24000), (8.0, 160.0)),
    **dict.fromkeys((32000, 44100, 48000), (32.0, 320.0)),
}
_OPUS = dict.fromkeys((8000, 12000, 16000, 24000, 48000), (6.0, 256.0))
#: The delay of the MP3 encoder and decoder (576 + 529 samples). A header in the first block states it; at low
#: bit rates the block has no room for the header.
_MP3_DELAY = 1105
#: Samples that are encoded at a time. Vorbis puts the whole input onto the stack, so a few minutes of speech
#: at once would crash the process.
BLOCK = 1 << 18
#: The highest sampling rate that libvorbis encodes.
_MOST_HERTZ = 200_000
#: The largest compression level, of 0 to 1: libsndfile refuses 1 for MP3.
_MOST = 0.9999


@dataclass(frozen=True)
class Codec:
    """Names of a codec in libsndfile, its sampling rates (empty: all) and the bit rates at each."""

    format: str
    subtype: str
    rates: dict[int, tuple[float, float] | None]
    linear: bool = False  # A-law or mu-law, from 16-bit samples


CodecName: TypeAlias = Literal["alaw", "mulaw", "gsm", "mp3", "vorbis", "opus"]
#: Codecs by name.
CODECS: dict[CodecName, Codec] = {
    "alaw": Codec("WAV", "ALAW", {8000: None}, linear=True),
    "mulaw": Codec("WAV", "ULAW", {8000: None}, linear=True),
    "gsm": Codec("WAV", "GSM610", {8000: None}, linear=True),
    "mp3": Codec("MP3", "MPEG_LAYER_III", dict(_MP3)),
    "vorbis": Codec("OGG", "VORBIS", {}),
    "opus": Codec("OGG", "OPUS", dict(_OPUS)),
}


def codec(
    y: SignalLike,
    sr: float = 16000,
    *,
    name: CodecName | Sequence[CodecName],
    bitrate: Range | None = None,
    quality: Range | None = None,
    rng: Random | None = None,
) -> FloatArray:
    """Encode and decode a signal with a lossy codec.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1). Samples above 1 are clipped.
    sr : float, 100 to 1,000,000
        Sampling rate in Hz. If a codec does not support it, the signal is resampled to its next higher rate,
        or to its highest one: A-law, mu-law and GSM have only 8000.
    name : str, or sequence of str
        "alaw", "mulaw", "gsm", "mp3", "vorbis" or "opus"; from several, one is drawn.
    bitrate : float or (float, float)
        Bit rate of MP3 (constant, the nearest available) or Opus (average) in kbit/s: 8 to 160 and 6 to 256
        at 16000 Hz. By default that of libsndfile.
    quality : float or (float, float), 0 to 1
        Quality of Vorbis, from the smallest file to the best.
    rng : numpy.random.Generator or numpy.random.RandomState
        Needed if something is drawn.

    Returns
    -------
    array of shape (n,), of y's precision
        The decoded signal, with the length of `y` and without delay.

    Raises
    ------
    ParameterError
        If the codec is not known or not in the installed libsndfile, or does not have a setting.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = 0.5 * np.sin(np.arange(16000) / 5)
    >>> line = vf.augment.codec(y, 16000, name="alaw")
    >>> line.shape, bool(np.abs(line - y)[100:-100].max() < 0.05)
    ((16000,), True)
    """
    y, sr = check_signal(y), audio_rate(sr)
    drawn = draw_choice("name", name, CODECS, rng)
    kind = CODECS[drawn]
    _there(drawn, kind)
    rate = next((r for r in kind.rates if r >= sr), max(kind.rates, default=min(round(sr), _MOST_HERTZ)))
    settings = _settings(drawn, kind.rates.get(rate), bitrate, quality, rng)
    x = resample(y, orig_sr=sr, target_sr=rate)
    n, file = x.size, _encoded(x, rate, kind, settings)
    del x
    decoded = _decoded(file, n, kind, y.dtype)
    del file
    return back(decoded, rate, y, sr)


def _there(name: str, kind: Codec) -> None:
    """Refuse a codec that the installed libsndfile lacks."""
    import soundfile

    formats = soundfile.available_formats()
    if kind.format not in formats or kind.subtype not in soundfile.available_subtypes(kind.format):
        problem = f"the installed libsndfile {soundfile.__libsndfile_version__} has no {kind.subtype}"
        fail("name", name, problem, "choose another codec, or install a newer soundfile")


def _settings(
    name: str, limits: tuple[float, float] | None, bitrate: Any, quality: Any, rng: Random | None
) -> dict[str, Any]:
    """The settings as arguments of libsndfile."""
    settings: dict[str, Any] = {}
    if bitrate is not None:
        if limits is None:
            fail("bitrate", bitrate, f"{name} has no bit rate to choose", "use mp3 or opus for that")
        least, most = limits
        wanted = draw_number("bitrate", bitrate, rng, low=least, high=most)
        settings["compression_level"] = min((most - wanted) / (most - least), _MOST)
        settings |= {"bitrate_mode": "CONSTANT"} if name == "mp3" else {}
    if quality is not None:
        if name != "vorbis":
            fail("quality", quality, f"{name} has no quality to choose", "use vorbis for that")
        settings["compression_level"] = 1.0 - draw_number("quality", quality, rng, low=0.0, high=1.0)
    return settings


def _encoded(x: np.ndarray, rate: int, kind: Codec, settings: dict[str, Any]) -> io.BytesIO:
    import soundfile

    if settings and "compression_level" not in inspect.signature(soundfile.write).parameters:
        problem = f"soundfile {soundfile.__version__} cannot set it"
        fail("compression_level", settings["compression_level"], problem, "install soundfile 0.13 or later")
    file = io.BytesIO()
    form = {"format": kind.format, "subtype": kind.subtype, **settings}
    with soundfile.SoundFile(file, "w", rate, 1, **form) as sound:
        for at in range(0, x.size, BLOCK):
            block = x[at : at + BLOCK].clip(-1, 1)
            if kind.linear:  # libsndfile rounds floats differently for these codecs, and wraps around
                block = np.rint(block * 32768.0).clip(-32768, 32767).astype(np.int16)
            sound.write(block)
    file.seek(0)
    return file


def _decoded(file: io.BytesIO, n: int, kind: Codec, dtype: np.dtype) -> np.ndarray:
    """The `n` samples that were encoded, zero-padded if there are fewer."""
    import soundfile

    # Read everything at once: soundfile seeks after each read, which changes the samples of MP3 a little.
    decoded = soundfile.read(file, dtype=dtype.name)[0]
    if kind.format == "MP3" and decoded.size > n:
        decoded = decoded[_MP3_DELAY:]
    decoded = decoded[:n]  # GSM pads its last block
    return decoded if decoded.size == n else np.pad(decoded, (0, n - decoded.size))
