"""What librosa computes, called once in one place.

`REFERENCES` maps the name of a voicefeat function to a function with the same arguments. Where librosa
has the function and the arguments, it is called as a user would call it; what librosa lacks (a linear bank,
the floor of `mfcc` as an argument) is made of librosa's pieces and plain numpy, without voicefeat.

Each reference that starts from a spectrum also takes `spectrum=`, the magnitude or power spectrogram that
it is to go on from: a float32 result can then be compared with the formula applied to the very spectrum
that voicefeat saw.
"""

import warnings
from functools import wraps
from importlib import import_module

import numpy as np
from tables import named

#: The options that belong to the spectrum, not to what is made of it.
FRAMES = ("n_fft", "hop_length", "win_length", "window", "center", "pad_mode")


def quiet(function):
    """`function` without the warnings that librosa gives on short or band-limited input."""

    @wraps(function)
    def call(*args, **options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*args, **options)

    return call


def librosa():
    """The module, loaded when a reference is first called."""
    return import_module("librosa")


def split(options):
    """`options` as (those of the frames, the rest)."""
    frames = {k: v for k, v in options.items() if k in FRAMES}
    return frames, {k: v for k, v in options.items() if k not in FRAMES}


def item_by_item(function):
    """`function` of every item of an input with leading axes; each has a floor of its own."""

    @wraps(function)
    def call(y=None, sr=22050, *, S=None, spectrum=None, **options):
        given = {"y": (y, 1), "S": (S, 2), "spectrum": (spectrum, 2)}
        name, (value, own) = next((k, v) for k, v in given.items() if v[0] is not None)
        if value.ndim == own:
            return function(sr=sr, **{name: value}, **options)
        lead = value.shape[: value.ndim - own]
        items = [
            function(sr=sr, **{name: item}, **options) for item in value.reshape(-1, *value.shape[-own:])
        ]
        return np.stack(items).reshape(*lead, *items[0].shape)

    return call


def frames_of(y, power, options):
    """The spectrogram of `y`, with the hop that features (not `stft`) start from."""
    return spectrogram(y, power=power, **{"hop_length": 512, **options})


def spectrogram(y, *, power=1.0, **frames):
    return np.abs(librosa().stft(y, **frames)) ** power


def magphase(D, *, power=1):
    return librosa().magphase(D, power=power)


def melspectrogram(y=None, sr=22050, *, S=None, spectrum=None, **options):
    if spectrum is not None:
        frames, rest = split(options)
        rest.pop("power", None)
        return librosa().feature.melspectrogram(S=spectrum, sr=sr, n_fft=frames.get("n_fft", 2048), **rest)
    return librosa().feature.melspectrogram(y=y, S=S, sr=sr, **options)


def triangles(edges, n_fft, sr, norm):
    """Triangles between neighbouring `edges` (Hz), one a row; unit peak, then normed as `norm` says."""
    edges = np.asarray(edges)
    bins = librosa().fft_frequencies(sr=sr, n_fft=n_fft)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    bank = np.maximum(0, np.minimum(rising, falling))
    if norm == "slaney":
        return bank * (2 / (edges[2:] - edges[:-2]))[:, None]
    return librosa().util.normalize(bank, norm=norm, axis=-1)


def linear_spectrogram(
    y=None,
    sr=22050,
    *,
    S=None,
    spectrum=None,
    power=2.0,
    n_filters=128,
    fmin=0.0,
    fmax=None,
    norm=None,
    dtype=np.float32,
    **frames,
):
    if spectrum is None:
        spectrum = S if S is not None else frames_of(y, power, frames)
    edges = np.linspace(fmin, sr / 2 if fmax is None else fmax, n_filters + 2)
    n_fft = frames.get("n_fft", 2048)
    if n_fft // 2 + 1 != spectrum.shape[-2]:
        n_fft = 2 * (spectrum.shape[-2] - 1)
    bank = triangles(edges, n_fft, sr, norm).astype(dtype)
    return np.einsum("...ft,mf->...mt", spectrum, bank, optimize=True)


def by_channel(name):
    """librosa's dB function `name`, channel by channel as in librosa 1.0 (0.11 has one floor for all
    channels), or with ``axes=None`` all at once."""

    def call(values, axes="auto", **options):
        if axes is None:
            return call(values.reshape(values.shape[0], -1), **options).reshape(values.shape)
        if values.ndim > 2:
            return np.stack([call(item, **options) for item in values])
        return getattr(librosa(), name)(values, **options)

    return call


decibels = by_channel("power_to_db")


@item_by_item
def mfcc(
    y=None,
    sr=22050,
    *,
    S=None,
    spectrum=None,
    n_mfcc=20,
    dct_type=2,
    norm="ortho",
    lifter=0,
    mel_norm="slaney",
    **bands,
):
    cepstrum = {"n_mfcc": n_mfcc, "dct_type": dct_type, "norm": norm, "lifter": lifter}
    if spectrum is None and not {"top_db", "amin"} & set(bands):
        return librosa().feature.mfcc(y=y, S=S, sr=sr, mel_norm=mel_norm, **cepstrum, **bands)
    if S is None:
        log = {k: bands.pop(k) for k in ("top_db", "amin") if k in bands}
        S = decibels(melspectrogram(y, sr, spectrum=spectrum, norm=mel_norm, **bands), **log)
    return librosa().feature.mfcc(S=S, sr=sr, **cepstrum)


def logarithm(bands, log="db", amin=1e-10, log_offset=0.0, top_db="auto"):
    """The compression of `lfcc`."""
    if log == "db":
        return decibels(bands + log_offset, amin=amin, top_db=80.0 if top_db == "auto" else top_db)
    raised = np.maximum(bands + log_offset, amin)
    return np.log(raised) if log == "ln" else np.log10(raised)


@item_by_item
def lfcc(
    y=None,
    sr=22050,
    *,
    S=None,
    spectrum=None,
    n_lfcc=20,
    dct_type=2,
    norm="ortho",
    lifter=0,
    filter_norm=None,
    log="db",
    amin=1e-10,
    log_offset=0.0,
    top_db="auto",
    **bands,
):
    if S is None:
        bands = linear_spectrogram(y, sr, spectrum=spectrum, norm=filter_norm, **bands)
        S = logarithm(bands, log, amin, log_offset, top_db)
    scipy_fft = import_module("scipy.fft")
    cepstrum = scipy_fft.dct(S, axis=-2, type=dct_type, norm=norm)[..., :n_lfcc, :]
    if lifter > 0:
        rows = np.arange(1, 1 + cepstrum.shape[-2], dtype=cepstrum.dtype)
        cepstrum *= (1 + (lifter / 2) * np.sin(np.pi * rows / lifter))[:, None]
    return cepstrum


def chroma_stft(y=None, sr=22050, *, S=None, spectrum=None, **options):
    if spectrum is not None:
        frames, rest = split(options)
        return librosa().feature.chroma_stft(S=spectrum, sr=sr, n_fft=frames.get("n_fft", 2048), **rest)
    return librosa().feature.chroma_stft(y=y, S=S, sr=sr, **options)


def piptrack(y=None, sr=22050, *, S=None, spectrum=None, **options):
    if spectrum is not None:
        frames, rest = split(options)
        y, S, options = None, spectrum, {"n_fft": frames.get("n_fft", 2048), **rest}
    return librosa().piptrack(y=y, S=S, sr=sr, **options)


def estimate_tuning(y=None, sr=22050, *, S=None, spectrum=None, **options):
    if spectrum is not None:
        frames, rest = split(options)
        y, S, options = None, spectrum, {"n_fft": frames.get("n_fft", 2048), **rest}
    return librosa().estimate_tuning(y=y, S=S, sr=sr, **options)


def of_librosa(name):
    """The function of librosa's that is called `name`, found when it is called."""

    def call(*args, **options):
        target = librosa()
        for part in name.split("."):
            target = getattr(target, part)
        return target(*args, **options)

    return call


REFERENCES = {
    name: quiet(function)
    for name, function in {
        "stft": of_librosa("stft"),
        "istft": of_librosa("istft"),
        "spectrogram": spectrogram,
        "magphase": magphase,
        "melspectrogram": melspectrogram,
        "linear_spectrogram": linear_spectrogram,
        "mfcc": mfcc,
        "lfcc": lfcc,
        "chroma_stft": chroma_stft,
        "piptrack": piptrack,
        "estimate_tuning": estimate_tuning,
        "pitch_tuning": of_librosa("pitch_tuning"),
        "power_to_db": decibels,
        "amplitude_to_db": by_channel("amplitude_to_db"),
        "db_to_power": of_librosa("db_to_power"),
        "db_to_amplitude": of_librosa("db_to_amplitude"),
        "delta": of_librosa("feature.delta"),
        "stack_memory": of_librosa("feature.stack_memory"),
        **named("REFERENCES"),
    }.items()
}
