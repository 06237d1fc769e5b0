"""The kernels of residual harmonics, against transforms that are padded with zeros, and filters of scipy."""

import numpy as np
import pytest
from tables.relative import residual

from voicefeat.chain.pitch.harmonics import HarmonicPlan
from voicefeat.chain.spectra import borrow, give_back
from voicefeat.feature.pitch.residual import Search, _residual

KIND = np.dtype(np.float64)


@pytest.fixture
def work():
    borrowed = borrow(KIND)
    yield borrowed
    give_back(borrowed)


def padded(x, starts, length, points, bins):
    """The sums, from bins of transforms of as many points as there are hertz."""
    found = []
    for start in starts:
        cut = x[start : start + length] * np.blackman(length)
        E = np.abs(np.fft.fft(cut - cut.mean(), points))[: points // 2]
        E /= np.sqrt(E @ E)
        found.append(E[bins[:, 0]] + (E[bins[:, 1::2]] - E[bins[:, 2::2]]).sum(axis=1))
    return np.array(found)


#: Frame length and points: even and odd ones, frames longer than half of the points, and very short ones.
SIZES = [(1599, 16000), (801, 8000), (1101, 11025), (3999, 4000), (1, 64), (3, 1001), (4409, 44100)]


@pytest.mark.parametrize(("length", "points"), SIZES)
def test_bins_between_bins_are_those_of_a_padded_transform(length, points, work):
    rng = np.random.default_rng(length)
    x = rng.standard_normal(length + 60) + np.sin(np.arange(length + 60))
    bins = rng.integers(1, points // 2, (23, 9))
    bins[0], bins[1, 1:] = 0, points // 2 - 1
    starts = np.array([0, 3, 4, 19, 20, 60])[: 6 if length > 1 else 3]
    if length == 1:  # less its mean, one sample is nothing
        assert not HarmonicPlan(length, points, bins).sums(work, x, starts).any()
        return
    got = HarmonicPlan(length, points, bins).sums(work, x, starts)
    np.testing.assert_allclose(got, padded(x, starts, length, points, bins), atol=2e-14)
    alone = HarmonicPlan(length, points, bins).sums(work, x, starts[3:4])
    np.testing.assert_array_equal(alone, got[3:4])


@pytest.mark.parametrize("order", [1, 6, 7, 12, 13])
@pytest.mark.parametrize(("sr", "n"), [(16000, 8000), (11025, 5001), (8000, 200), (8000, 199), (1000, 700)])
def test_the_residual_is_that_of_filters(order, sr, n, work):
    rng = np.random.default_rng(n)
    y = rng.standard_normal(n)
    y[n // 3 : 2 * n // 3] = 0
    want, nothing = residual(y, sr, order)
    search = Search(sr, 80, 90, 160, 16, order, 0)
    got, silent = _residual(y, 0, n, search, work)
    np.testing.assert_allclose(got, want, atol=1e-11)
    np.testing.assert_array_equal(silent, nothing)
    begin, end = n // 4, n - n // 4
    part, hushed = _residual(y, begin, end, search, work)
    np.testing.assert_array_equal(part, got[begin:end])
    np.testing.assert_array_equal(hushed, silent[begin:end])
