"""Streams against calls: the same signal in random pieces, and what both give."""

import functools

import numpy as np
from signals import speech

import voicefeat as vf
from voicefeat.chain.normalisation import Normalisation
from voicefeat.feature.registry import FEATURES

SR = 16000
#: What switches off what needs the whole clip.
LOCAL = {"top_db": None, "tuning": 0.0, "relative": False, "method": "fft"}
KINDS = ("speech", "silence", "clicks", "noise", "int16", "float64", "channels")


@functools.cache
def sample(kind):
    """Three seconds of a kind of signal, (n,) or (2, n)."""
    rng = np.random.default_rng(5)
    voice = np.ascontiguousarray(speech(SR)[: 3 * SR], dtype=np.float32)
    n = voice.size
    clicks = np.zeros(n, np.float32)
    clicks[rng.integers(0, n, 60)] = rng.standard_normal(60)
    return {
        "speech": voice,
        "silence": np.zeros(n, np.float32),
        "clicks": clicks,
        "noise": (0.1 * rng.standard_normal(n)).astype(np.float32),
        "int16": np.round(30000 * voice / np.abs(voice).max()).astype(np.int16),
        "float64": voice.astype(np.float64),
        "channels": np.stack([voice, voice[::-1]]),
    }[kind]


def lengths(n, hop, rng):
    """Random lengths of pieces of `n` samples: none, one, about a hop, primes, or all at once."""
    usual = [0, 1, hop - 1, hop, hop + 1, 7, 97, 1009, 5003]
    if rng.random() < 0.1:
        return [n]
    few = rng.choice(usual, size=3)  # some streams have pieces of few lengths only
    if few.max() <= 7:
        few[0] = 1009
    found, left = [], n
    while left:
        found.append(min(left, int(rng.choice(few))))
        left -= found[-1]
    return found


def pushed(stream, y, sizes):
    """All that a stream gives of `y` in pieces of these sizes: an array, or a mapping of them."""
    stream.reset()
    found, at = [], 0
    for size in sizes:
        found.append(stream.push(y[..., at : at + size]))
        at += size
    found.append(stream.finish())
    if isinstance(found[0], dict):
        return {name: np.concatenate([each[name] for each in found], axis=-1) for name in found[0]}
    return np.concatenate(found, axis=-1)


def same(a, b):
    """Equal bit for bit, dtype and shape included."""
    if isinstance(b, dict):
        return list(a) == list(b) and all(same(a[name], b[name]) for name in b)
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def settings_of(name):
    """Settings of a feature under which it has a stream: a few sets of them."""
    feature = FEATURES[name]
    known = feature.settings
    base = {key: value for key, value in LOCAL.items() if key in known}
    if name == "pseudo_cqt":
        base |= {"fmin": 220.0, "n_bins": 36}
    if name == "spectral_contrast":
        base |= {"linear": True}
    yield base
    if feature.frame == "n_fft":
        yield base | {"n_fft": 400, "hop_length": 160, "center": False}
        yield base | {
            "n_fft": 500,
            "hop_length": 701,
        }  # shorter than the hop, and a length with other factors
        for mode in ("reflect", "symmetric", "edge", "linear_ramp"):
            if "pad_mode" in known:
                yield base | {"n_fft": 512, "hop_length": 160, "pad_mode": mode}
    if "partial" in known:
        yield base | {"partial": "drop"}
        yield base | {"partial": "pad", "hop_length": 77}
    if feature.frame == "frame_length" and "center" in known:
        yield base | {"frame_length": 401, "hop_length": 160, "center": False}


def feature_cases():
    """Every feature that has a stream: (name, settings, call of the whole)."""
    for name, feature in sorted(FEATURES.items()):
        for settings in settings_of(name):
            if feature.context(settings) != "clip":
                yield name, settings
    yield "cqcc", {"block": 0.3, "bins_per_octave": 24, "n_cqcc": 7, "deltas": 2}
    yield "cqcc", {"block": 0.5, "bins_per_octave": 12, "fmin": 62.5}
    yield "yin", {"fmin": 65.0, "fmax": 500.0}
    yield "yin", {"fmin": 100.0, "fmax": 500.0, "frame_length": 700, "hop_length": 160, "center": False}
    yield "preemphasis", {}


def call(name, y, settings):
    """The feature of a whole signal."""
    function = getattr(vf, name)
    rate = {} if name == "preemphasis" or (name in FEATURES and not FEATURES[name].has_rate) else {"sr": SR}
    return function(y, **rate, **settings)


#: Published front ends that need the whole recording by definition.
WHOLE = {"sahidullah2015-rps", "covarep-mgd", "pncc", "rastamat-rasta-plp", "gammatone-gtgram"}
MEANS = {
    "behind": Normalisation("sliding", window=50, least=20),
    "few": Normalisation("sliding", window=30, least=60, variance=True),
    "centred": Normalisation("sliding", window=51, center=True, variance=True),
    "long": Normalisation("sliding", window=600, center=True),
    "corpus": Normalisation("corpus", True, means=(0.5,) * 60, deviations=(2.0,) * 60),
}
#: Changes of published front ends: the name of one, and settings.
CHANGED = {
    **{f"means {name}": ("asvspoof2019-lfcc", {"normalisation": means}) for name, means in MEANS.items()},
    "deltas again": ("asvspoof2019-lfcc", {"dynamics__width": 3}),
    "deltas kernel": ("asvspoof2019-lfcc", {"dynamics__width": 3, "repeated": "kernel"}),
    "deltas ahead": ("asvspoof2019-lfcc", {"dynamics__width": 3, "repeated": "ahead"}),
    "deltas alone": ("asvspoof2019-lfcc", {"keep": "deltas"}),
    "deltas along rows": ("asvspoof2019-lfcc", {"along": "rows", "normalisation": MEANS["behind"]}),
    "dither": ("kaldi-mfcc", {"dither": 1.0, "seed": 3}),
    "mirrored ends": ("kaldi-mfcc", {"partial": "mirror"}),
    "without its last frames": ("asvspoof2019-lfcc", {"trim": 2}),
}
#: All front ends that have streams.
NAMES = [*(name for name in vf.frontends() if name not in WHOLE), *CHANGED]


@functools.cache
def front_end(name):
    """A front end that has a stream; what needs the whole recording is switched off."""
    if name in CHANGED:
        published, settings = CHANGED[name]
        return vf.frontend(published).replace(**settings)
    fe = vf.frontend(name)
    if fe.signal.samples is not None:
        fe = fe.replace(samples=None, crop="first")
    if fe.compression is not None and fe.compression.top_db is not None:
        fe = fe.replace(top_db=None)
    if fe.normalisation is not None and fe.normalisation.over == "utterance":
        fe = fe.replace(over="sliding", normalisation__window=60, least=20)
    if fe.method is not None and fe.method.name == "cqcc":
        fe = fe.replace(block=0.4, bins_per_octave=24)
    return fe
