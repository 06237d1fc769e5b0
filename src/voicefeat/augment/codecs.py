"""Encoded and decoded again, in memory, by libsndfile."""

from __future__ import annotations

import inspect
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._typing import FloatArray, Signal
from ..audio.resample import resample
from ..errors import fail
from .bandwidth import back
from .seeds import Random
from .settings import Range, audio_rate, choice, number, one_signal

__all__ = ["CODECS", "codec"]

#: MP3's rates by version, each with its least and largest bit rate in kbit/s.
_MP3 = {
    **dict.fromkeys((8000, 11025, 12000), (8.0, 64.0)),
    **dict.fromkeys((16000, 22050, 24000), (8.0, 160.0)),
    **dict.fromkeys((32000, 44100, 48000), (32.0, 320.0)),
}
_OPUS = dict.fromkeys((8000, 12000, 16000, 24000, 48000), (6.0, 256.0))
#: The first samples of a decoded MP3 are the encoder's and the decoder's own (576 + 529). A header says so
#: where the first block has room for it; at low bit rates it has none.
_MP3_DELAY = 1105
#: Samples that are encoded at a time. Vorbis puts all that it is given at once onto the stack, which ends the
#: process after a few minutes of speech.
BLOCK = 1 << 18
#: The highest rate that libvorbis encodes.
_MOST_HERTZ = 200_000
#: libsndfile takes a level of compression, 0 to 1, and refuses to compress MP3 by 1.
_MOST = 0.9999


@dataclass(frozen=True)
class Codec:
    """How libsndfile calls a codec, the rates it knows (none: all) and the bit rates at each."""

    format: str
    subtype: str
    rates: dict[int, tuple[float, float] | None]
    linear: bool = False  # a law over samples of 16 bits


#: By name.
CODECS = {
    "alaw": Codec("WAV", "ALAW", {8000: None}, linear=True),
    "mulaw": Codec("WAV", "ULAW", {8000: None}, linear=True),
    "gsm": Codec("WAV", "GSM610", {8000: None}, linear=True),
    "mp3": Codec("MP3", "MPEG_LAYER_III", dict(_MP3)),
    "vorbis": Codec("OGG", "VORBIS", {}),
    "opus": Codec("OGG", "OPUS", dict(_OPUS)),
}


def codec(
    y: Signal,
    sr: float = 16000,
    *,
    name: str | Sequence[str],
    bitrate: Range | None = None,
    quality: Range | None = None,
    rng: Random | None = None,
) -> FloatArray:
    """What a codec leaves of a signal.

    Parameters
    ----------
    y : array of shape (n,), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1). What exceeds 1 is cut off there.
    sr : float, 100 to 1,000,000
        Sampling rate in Hz. Where a codec has no such rate, the signal goes through the next higher one that
        it has, or its highest: A-law, mu-law and GSM have 8000 only.
    name : str, or sequence of str
        "alaw", "mulaw", "gsm", "mp3", "vorbis" or "opus"; of several, one is drawn.
    bitrate : float or (float, float)
        Of MP3 (constant; the nearest that it has) and Opus (on average), in kbit/s: 8 to 160 and 6 to 256 at
        16000. Without it and `quality`, libsndfile's own choice.
    quality : float or (float, float), 0 to 1
        Of Vorbis, from the smallest file to the best.
    rng : numpy.random.Generator or numpy.random.RandomState
        Needed where something is drawn.

    Returns
    -------
    array of shape (n,), of y's precision
        As long as before, and no later.

    Raises
    ------
    ParameterError
        If the codec is not known or not in the installed libsndfile, or has no such setting.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = 0.5 * np.sin(np.arange(16000) / 5)
    >>> line = vf.augment.codec(y, 16000, name="alaw")
    >>> line.shape, bool(np.abs(line - y)[100:-100].max() < 0.05)
    ((16000,), True)
    """
    y, sr = one_signal(y), audio_rate(sr)
    drawn = choice("name", name, CODECS, rng)
    kind = CODECS[drawn]
    _there(drawn, kind)
    rate = next((r for r in kind.rates if r >= sr), max(kind.rates, default=min(round(sr), _MOST_HERTZ)))
    settings = _settings(drawn, kind.rates.get(rate), bitrate, quality, rng)
    x = resample(y, orig_sr=sr, target_sr=rate)
    n, file = x.size, _encoded(x, rate, kind, settings)
    del x
    made = _decoded(file, n, kind, y.dtype)
    del file
    return back(made, rate, y, sr)


def _there(name: str, kind: Codec) -> None:
    """Refuse a codec that the installed libsndfile lacks."""
    import soundfile

    formats = soundfile.available_formats()
    if kind.format not in formats or kind.subtype not in soundfile.available_subtypes(kind.format):
        has = f"the installed libsndfile {soundfile.__libsndfile_version__} has no {kind.subtype}"
        fail("name", name, has, "choose another codec, or install a newer soundfile")


def _settings(
    name: str, limits: tuple[float, float] | None, bitrate: Any, quality: Any, rng: Random | None
) -> dict[str, Any]:
    """What is wanted, as libsndfile takes it."""
    settings: dict[str, Any] = {}
    if bitrate is not None:
        if limits is None:
            fail("bitrate", bitrate, f"{name} has no bit rate to choose", "use mp3 or opus for that")
        least, most = limits
        wanted = number("bitrate", bitrate, rng, low=least, high=most)
        settings["compression_level"] = min((most - wanted) / (most - least), _MOST)
        settings |= {"bitrate_mode": "CONSTANT"} if name == "mp3" else {}
    if quality is not None:
        if name != "vorbis":
            fail("quality", quality, f"{name} has no quality to choose", "use vorbis for that")
        settings["compression_level"] = 1.0 - number("quality", quality, rng, low=0.0, high=1.0)
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
            kept = x[at : at + BLOCK].clip(-1, 1)
            if kind.linear:  # libsndfile's own way from floats to these laws rounds otherwise, and wraps
                kept = np.rint(kept * 32768.0).clip(-32768, 32767).astype(np.int16)
            sound.write(kept)
    file.seek(0)
    return file


def _decoded(file: io.BytesIO, n: int, kind: Codec, dtype: np.dtype) -> np.ndarray:
    """The `n` samples that were encoded; zeros where there are fewer."""
    import soundfile

    # At once: soundfile seeks after each read, and after that MP3's samples are not quite the same.
    made = soundfile.read(file, dtype=dtype.name)[0]
    if kind.format == "MP3" and made.size > n:
        made = made[_MP3_DELAY:]
    made = made[:n]  # GSM fills its last block
    return made if made.size == n else np.pad(made, (0, n - made.size))
