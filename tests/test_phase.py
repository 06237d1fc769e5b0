"""All-pole, group delay and phase features: known answers, silence, and the angles of lanes."""

import numpy as np
import pytest
from signals import speech

import voicefeat as vf
from voicefeat.chain import tables
from voicefeat.engine.angles import angle
from voicefeat.engine.groupdelay import median_of_five
from voicefeat.engine.jit import kernel
from voicefeat.engine.laneop import lane_op

SILENT = {
    "scfc": 0.0,
    "lpcc": 0.0,
    "mgd": 0.0,
    "modified_group_delay": 0.0,
    "instantaneous_frequency": 0.0,
}


@pytest.fixture(scope="module")
def voice():
    return np.ascontiguousarray(speech(16000)[:16000], dtype=np.float64)


@lane_op
def one_angle(y, x, i, out):
    out.store(i, angle(y.load(i), x.load(i)))


@kernel
def angles_of(y, x, lanes, out):
    for i in range(0, out.size, lanes):
        one_angle(y, x, i, out)


@kernel
def medians_of(rows, lanes, out):
    for i in range(0, out.size, lanes):
        median_of_five(rows, i, out, i)


def test_angles_are_right_to_one_rounding():
    rng = np.random.default_rng(3)
    z = rng.standard_normal(80000) + 1j * rng.standard_normal(80000)
    z *= 10.0 ** rng.uniform(-30, 30, z.size)
    z.real[::3] *= 10.0 ** rng.uniform(-20, 20, z.real[::3].size)
    z[:9] = [0, 1, -1, 1j, -1j, 1 + 1j, -1 - 1j, 1 - 1j, -1 + 1j]
    got = np.empty(z.size)
    angles_of(z.imag.copy(), z.real.copy(), tables.lanes(got.dtype), got)
    want = np.angle(z)
    assert np.array_equal(got[:9], want[:9])
    assert np.abs(got[9:] / want[9:] - 1).max() <= 3 * 2.0**-53


def test_medians_are_those_of_sorting():
    lanes = tables.lanes(np.dtype(float))
    rows = np.random.default_rng(4).integers(0, 6, (68, lanes)).astype(float)
    got = np.empty(64 * lanes)
    medians_of(rows.reshape(-1), lanes, got)
    want = [np.median(rows[k : k + 5], axis=0) for k in range(64)]
    assert np.array_equal(got.reshape(64, lanes), want)


@pytest.mark.parametrize("call", SILENT)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_silence(call, dtype):
    assert (getattr(vf, call)(np.zeros(5000, dtype)) == SILENT[call]).all()


def test_silence_has_the_cosine_of_no_phase():
    assert (vf.cosine_phase(np.zeros(5000), n_cosine=None) == 1).all()


def test_silence_has_the_least_logarithms():
    for function in (vf.scmc, vf.ssfc):
        got = function(np.zeros(5000))
        want = np.log10(2.0**-52) * np.sqrt(20)
        assert np.allclose(got[0], want, rtol=1e-14)
        assert np.abs(got[1:]).max() < 1e-13


def test_a_frame_after_silence_is_compared_with_zeros(voice):
    """So that its flux is that of a first frame; the published code has none there."""
    gap = np.concatenate([voice[:4800], np.zeros(1600), voice[6400:]])
    got, first = vf.ssfc(gap), vf.ssfc(gap[6400:])
    assert np.isfinite(got).all()
    t = 6400 // 160
    assert np.array_equal(got[:, t + 1 : t + 20], first[:, 1:20])
    assert np.array_equal(vf.ssfc(gap, preemphasis=0.0)[:, t], vf.ssfc(gap[6240:], preemphasis=0.0)[:, 1])


def test_a_cepstrum_is_the_logarithm_of_the_model(voice):
    """log |1 / A| is the sum of c_n cos(n w), for a signal made by an all-pole filter."""
    rng = np.random.default_rng(5)
    y = rng.standard_normal(320)
    c = vf.lpcc(y, order=4, n_lpcc=200, preemphasis=0.0)[:, 0]
    x = y * vf.filters.get_window("hamming", 320, fftbins=False)
    r = np.correlate(x, x, "full")[319:][:5]
    lags = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    a = np.append(1, np.linalg.solve(r[lags], -r[1:]))
    want = -np.log(np.abs(np.fft.rfft(a, 512)))
    w = np.arange(257) * 2 * np.pi / 512
    got = np.cos(np.outer(w, np.arange(1, 201))) @ c
    assert np.abs(got - want).max() < 1e-8


def test_a_delayed_click_has_that_group_delay():
    """Of one click, rho and the smooth spectrum aside, every bin is delayed by its place, counted from 1."""
    y = np.zeros(400)
    y[137] = 2.0
    got = vf.modified_group_delay(
        y, rho=0.0, gamma=1.0, relative=False, preemphasis=0.0, window="boxcar", partial="pad"
    )
    assert np.allclose(got[:, 0], 138 * 4.0, rtol=1e-12)


@pytest.mark.parametrize("hertz", [440.0, 1000.0, 3333.3])
def test_the_frequency_of_a_tone(hertz):
    y = np.sin(2 * np.pi * hertz * np.arange(16000) / 16000)
    k = round(hertz / 16000 * 512)
    advance = vf.instantaneous_frequency(y, baseband=True)[k, 2:-2]
    found = k * 16000 / 512 + advance / (2 * np.pi) * 100
    assert np.abs(found - hertz).max() < 0.1


def test_both_differences_are_the_same_angle(voice):
    plain, base = vf.instantaneous_frequency(voice), vf.instantaneous_frequency(voice, baseband=True)
    turns = 2 * np.pi * (np.arange(257) * 160 % 512) / 512
    apart = np.exp(1j * (plain - base)) - np.exp(1j * turns)[:, np.newaxis]
    assert np.abs(apart[:, 1:]).max() < 1e-9
    assert (plain[:, 0] == 0).all()
    assert np.abs(plain).max() <= np.pi


def test_relative_is_by_item(voice):
    pair = np.stack([voice, 0.01 * voice[::-1]])
    for function in (vf.mgd, vf.modified_group_delay):
        both = function(pair)
        for i in range(2):
            assert np.array_equal(both[i], function(pair[i]))
    assert np.abs(vf.modified_group_delay(pair)).max(axis=(1, 2)).tolist() == [1, 1]
