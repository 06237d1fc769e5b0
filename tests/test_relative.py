"""Pitch from residual harmonics and relative phase shift, beyond the parity table."""

import golden
import numpy as np
import pytest
from relative_distance import FILE, alike, distances, near
from signals import speech

import voicefeat as vf

SR = 16000


@pytest.fixture(scope="module")
def voice():
    return speech(SR)[:24000].astype(np.float64)


def pulses(hertz, n=24000):
    y = np.zeros(n)
    y[:: SR // hertz] = 1.0
    return y


@pytest.mark.parametrize("hertz", [100, 160, 200, 320, 400])
def test_pulses_have_their_pitch(hertz):
    f0, strength, voiced = vf.srh_pitch(pulses(hertz), SR)
    assert voiced.all() and (f0 == hertz).all() and (strength > 0.1).all()


def test_a_drifting_voice_is_followed(voice):
    """The voice of `signals.speech`, whose pitch is known, where it is loud."""
    f0, strength, voiced = vf.srh_pitch(voice, SR)
    t = (np.arange(f0.size) * 160 + 800) / SR
    want = 120 + 25 * np.sin(2 * np.pi * 0.4 * t) + 4 * np.sin(2 * np.pi * 5.3 * t)
    sure = strength > 0.12
    assert sure.sum() > 30 and voiced[sure].all()
    assert np.abs(f0 - want)[sure].max() < 5


def test_level_and_polarity_change_no_pitch(voice):
    for factor in (-1.0, 2.0**-10, 2.0**10):
        for got, want in zip(vf.srh_pitch(factor * voice, SR), vf.srh_pitch(voice, SR), strict=True):
            assert np.array_equal(got, want)


def test_frames_that_reach_into_silence_are_not_voiced():
    y = pulses(200)
    y[8000:16000] = 0.0
    f0, strength, voiced = vf.srh_pitch(y, SR)
    start = np.arange(f0.size) * 160
    silent = (start + 1599 > 8000) & (start < 16000)
    assert not strength[silent].any() and not f0[silent].any() and not voiced[silent].any()
    assert voiced[start + 1599 <= 7600].all()


def test_silence_is_nothing():
    for found in vf.srh_pitch(np.zeros(5000), SR):
        assert found.shape == (22,) and not found.any()
    assert not vf.rps(np.zeros(5000), SR).any()
    assert vf.rps(np.zeros(5000), SR, voiced_only=True, differences=2).shape == (60, 0)


def test_unvoiced_columns_are_zero(voice):
    _, _, voiced = vf.srh_pitch(voice, SR, shift=1)
    made = vf.rps(voice, SR, differences=1)
    assert 0 < voiced.sum() < voiced.size and made.shape == (40, voiced.size)
    assert not made[:, ~voiced].any()
    alone = vf.rps(voice, SR, differences=1, voiced_only=True)
    assert np.array_equal(made[:, voiced], alone)
    padded = np.pad(alone[:20], ((0, 0), (1, 1)), mode="edge")
    assert np.array_equal(alone[20:], padded[:, 2:] - padded[:, :-2])


def test_a_batch_is_a_loop(voice):
    y = voice[:18000].reshape(2, 9000)
    for function in (vf.rps, vf.srh_pitch):
        got = function(y, SR)
        for i in range(2):
            want = function(y[i], SR)
            parts = zip(got, want, strict=True) if isinstance(got, tuple) else [(got, want)]
            assert all(np.array_equal(a[i], b) for a, b in parts)


def test_a_delay_by_hops_changes_nothing_relative(voice):
    """Relative phases do not hang on where the clip begins."""
    want, got = vf.rps(voice[3200:], SR), vf.rps(voice[4800:], SR)
    both = want[:, 10:].any(axis=0) & got.any(axis=0)
    assert both.sum() > 20
    assert np.median(np.abs(want[:, 10:] - got)[:, both]) < 1e-9


@pytest.mark.parametrize("folder", ["own", "large"])
def test_near_the_published_program(folder, request):
    """As many voiced frames, and nearly half of them or more to two digits; the others are turns apart."""
    folder = golden.SMALL if folder == "own" else request.getfixturevalue("data") / "golden"
    if not (folder / FILE).exists():
        pytest.skip(f"no {FILE} in {folder}")
    for name, got, want in distances(folder):
        assert got.shape == want.shape, name
        assert near(got, want) > 0.45, name
        assert alike(got, want) > 0.9, name
        assert np.median(np.abs(got - want)) < 0.05, name
