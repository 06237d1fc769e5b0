"""What CQCC promise besides their numbers, which `tables/cqcc.py` certifies."""

import numpy as np
import pytest
from signals import speech

import voicefeat as vf

SR = 16000
LA = {"bins_per_octave": 12, "fmin": 62.5, "fmax": 4000.0}


@pytest.fixture
def threads_as_before():
    before = vf.get_num_threads()
    yield
    vf.set_num_threads(before)


@pytest.mark.usefixtures("threads_as_before")
@pytest.mark.parametrize("block", [None, 0.5])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_batch_and_threads_do_not_change_a_bit(dtype, block):
    y = np.tile(speech(SR), 6)[: 5 * 44444].reshape(5, 44444).astype(dtype)
    made = {}
    for threads in (1, 2):
        vf.set_num_threads(threads)
        made[threads] = vf.cqcc(y, SR, deltas=2, block=block)
    assert np.array_equal(made[1], made[2])
    for one, x in zip(made[1], y, strict=True):
        assert np.array_equal(one, vf.cqcc(x, SR, deltas=2, block=block))


@pytest.mark.parametrize(("options", "points"), [({}, 8059), (LA, 1009)])
@pytest.mark.parametrize(("dtype", "rounding"), [("float32", 1e-6), ("float64", 1e-14)])
def test_silence(options, points, dtype, rounding):
    """The logarithm of the offset everywhere, so nothing but coefficient 0."""
    made = vf.cqcc(np.zeros(9000, dtype), SR, deltas=2, **options)
    c0 = np.log(2.0**-52) * np.sqrt(points)
    assert made[0] == pytest.approx(c0, rel=rounding)
    assert np.abs(made[1:]).max() <= rounding * abs(c0)


@pytest.mark.parametrize("k", [0, 40, 82])
def test_a_sine_has_its_amplitude_and_phase(k):
    hz = vf.nsgcqt_frequencies(SR, bins_per_octave=12, fmin=62.5)[k]
    n = 32000
    hz = round(hz * n / SR) * SR / n
    y = 0.3 * np.cos(2 * np.pi * hz * np.arange(n) / SR + 0.7)
    C = vf.nsgcqt(y, SR, bins_per_octave=12, fmin=62.5)
    times = np.arange(C.shape[1]) * n / C.shape[1] / SR
    assert np.abs(C[:, 100]).argmax() == k
    # A channel's centre is a whole bin, one below where the frequency was rounded up.
    assert np.abs(C[k]) == pytest.approx(0.3, rel=0.02)
    turned = C[k] * np.exp(-1j * (2 * np.pi * hz * times + 0.7))
    assert np.abs(np.angle(turned)).max() < 1e-9


def test_slices_are_near_the_whole():
    """Far from the ends, interpolated to the same times, which is most of what is left."""
    y = np.tile(speech(SR).astype(np.float64), 6)[: 16 * SR]
    y += 1e-4 * np.random.default_rng(0).standard_normal(y.size)
    whole, sliced = vf.cqcc(y, SR, **LA), vf.cqcc(y, SR, block=4.0, **LA)
    t, u = vf.nsgcqt_times(y.size, SR, **LA), vf.nsgcqt_times(y.size, SR, block=4.0, **LA)
    inner = (t > 2) & (t < 14)
    moved = np.array([np.interp(t - t[0], u - u[0], row) for row in sliced])[:, inner]
    off = np.sqrt(((moved - whole[:, inner]) ** 2).mean(1)) / whole[:, inner].std(1)
    assert off[0] < 0.06
    assert off[:8].max() < 0.4, off


def test_a_slice_sees_no_more_than_itself():
    """Frames of slice 3 do not change with what is beyond half a slice around it."""
    y = speech(SR, 8.0).astype(np.float64)
    step = SR // 2
    made = vf.cqcc(y, SR, block=0.5)
    per = int(np.count_nonzero(vf.nsgcqt_times(y.size, SR, block=0.5) <= 0.5 + 1e-9))
    other = y.copy()
    other[: 3 * step - step // 2] = 0.1
    other[4 * step + step // 2 :] = -0.2
    changed = vf.cqcc(other, SR, block=0.5)
    assert np.array_equal(changed[:, 3 * per : 4 * per], made[:, 3 * per : 4 * per])
    assert not np.array_equal(changed, made)


@pytest.mark.parametrize("n", [478, 5000, 26001])
@pytest.mark.parametrize("options", [{}, LA, {"bins_per_octave": 3, "fmin": 300.0, "gamma": 0.0}])
def test_there_and_back(n, options):
    y = np.random.default_rng(n).standard_normal((2, n))
    parts = vf.nsgcqt(y, SR, ends=True, **options)
    assert np.abs(vf.insgcqt(*parts, SR, length=n, **options) - y).max() < 1e-13
