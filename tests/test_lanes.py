"""Vectors of 4, 8 and 16 lanes give the same bits: of all that the registry has, and of kernels beside it."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
import test_contract
from signals import speech

import voicefeat as vf
from voicefeat.engine import simd
from voicefeat.feature.registry import FEATURES

#: Lanes of a float32 vector, on every processor with FMA.
WIDTHS = (4, 8, 16)
SR = 16000
CODE = """
import sys
import numpy as np
import test_lanes
np.savez(sys.argv[1], **test_lanes.results())
"""


def registered(y, key):
    """Every feature under its defaults and with two other frames, of a signal and of two."""
    for name, feature in sorted(FEATURES.items()):
        frames = [{feature.frame: 400, "hop_length": 160}, {feature.frame: 512, "hop_length": 137}]
        for settings in ({}, *(frames if feature.frame else [])):
            named = "-".join([name, *map(str, settings.values()), key])
            yield named, test_contract.compute(name, y, **settings)
            yield named + "-batch", test_contract.compute(name, y[:6000].reshape(2, 3000), **settings)


def beside(y, key):
    """Kernels that no feature of the registry runs under these settings."""
    S = vf.spectrogram(y[:9001], n_fft=512, center=False)
    yield "peaks-" + key, np.stack(vf.piptrack(y, SR, threshold=0.01))
    yield "energy of spectra-" + key, vf.rms(S=S, frame_length=512)
    yield "energy of spectra by frames-" + key, vf.rms(S=np.asfortranarray(S), frame_length=512)
    yield "crossings-" + key, vf.zero_crossings(y, zero_pos=False)
    X = vf.stft(y[:9001], n_fft=512)
    yield "inverse-" + key, vf.istft(X)
    yield "inverse every 137-" + key, vf.istft(X[:, :41], hop_length=137, win_length=400, center=False)
    for n_iter in (0, 3):
        yield f"inverse {n_iter} turns-{key}", vf.griffinlim(S, rng=0, n_iter=n_iter, center=False)
    loud = vf.melspectrogram(3 * y[:9001], SR)  # for which the solver makes several steps
    yield "spectra of bands-" + key, vf.mel_to_stft(loud, sr=SR)
    yield "preemphasis-" + key, vf.preemphasis(y)
    yield "deemphasis-" + key, vf.deemphasis(y)
    for law, settings in {"powers": {}, "plain": {"bias": 0}, "logarithms": {"power": 0}}.items():
        yield f"pcen-{law}-{key}", vf.pcen(S * 2**20, **settings)
    for feature in (vf.stft, vf.spectrogram):  # so large that they are written past the cache
        large = feature(y, n_fft=512, hop_length=2)
        digest = hashlib.sha256(large).digest()
        yield f"large {feature.__name__}-{key}", np.frombuffer(digest, np.uint8)


def pitches():
    """Pitch and linear prediction, in both precisions."""
    for dtype in ("float32", "float64"):
        y = speech(SR)[:20000].astype(dtype)
        settings = {"sr": SR, "fmin": 65.0, "fmax": 2093.0}
        yield f"yin-{dtype}", vf.yin(y, **settings)
        short = {"sr": 8000, "fmin": 100, "fmax": 4000, "frame_length": 82, "hop_length": 82}
        yield f"yin-short-{dtype}", vf.yin(y[:900], **short)
        yield f"pyin-{dtype}", np.stack(vf.pyin(y, **settings, fill_na=None))
        yield f"lpc-{dtype}", vf.lpc(y, order=17)
        for n in (8, 9, 300, 1025, 1033):
            yield f"lpc-{n}-{dtype}", vf.lpc(y[:n], order=7)


def results():
    """All of them in both precisions, by name."""
    samples = np.ascontiguousarray(speech(SR)[:19321], dtype=np.float64)
    found = dict(pitches())
    for dtype in ("float32", "float64"):
        found |= registered(samples.astype(dtype), dtype)
        found |= beside(samples.astype(dtype), dtype)
    return found


def computed(out, lanes):
    """The results of a process of its own with so many lanes, from the file `out`."""
    # What BLAS has a part in depends on its threads, and on what other tests asked of it before.
    one = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    env = {**os.environ, **one, "VOICEFEAT_LANES": str(lanes), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-W", "ignore", "-c", CODE, str(out)], env=env, check=True)
    with np.load(out) as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """With as many lanes as this process has: its kernels are those of all the other tests."""
    if not simd.HAS_FMA:
        pytest.skip("results are equal for every lane count on processors with FMA")
    return computed(tmp_path_factory.mktemp("here") / "results.npz", simd.LANES32)


@pytest.mark.processes
@pytest.mark.parametrize("lanes", WIDTHS)
def test_lanes_do_not_change_a_bit(lanes, here, tmp_path):
    """Kernels that a width needs are compiled once and kept, as always."""
    if lanes == simd.LANES32:
        pytest.skip("what this process has: the others are compared with it")
    arrays = computed(tmp_path / "results.npz", lanes)
    assert set(arrays) == set(here) and len(here) > 4 * len(FEATURES)
    assert [key for key in here if not test_contract.same(here[key], arrays[key])] == []
