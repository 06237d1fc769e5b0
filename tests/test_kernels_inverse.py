"""Kernels of inverse transforms against scipy's transforms and sums written out."""

import numpy as np
import pytest
from scipy.fft import irfft
from tiles import both, lanes, random, tiled, tolerance, untiled

from voicefeat.chain.inverse import InversePlan, OverlapAdd
from voicefeat.engine import inverse, phases


def spectra(bins, frames, dtype, seed=0):
    X = random((bins, frames), np.float64, seed) + 1j * random((bins, frames), np.float64, seed + 1)
    return X.astype(np.result_type(dtype, np.complex64))


def complex_tiles(X, dtype):
    """Complex (bins, frames) as tiles: a row of real lanes, a row of imaginary lanes for each bin."""
    parts = np.stack([X.real, X.imag], axis=1).reshape(2 * len(X), -1)
    return tiled(parts, dtype)


def by_scipy(X, window, hop, before, size):
    """The sum of windowed frames over the sum of squared windows, frame after frame."""
    n_fft, frames = len(window), X.shape[1]
    total = np.zeros((frames - 1) * hop + n_fft)
    squares = np.zeros_like(total)
    for t, x in enumerate(irfft(X.astype(np.complex128), n=n_fft, axis=0).T):
        total[t * hop : t * hop + n_fft] += x * window
        squares[t * hop : t * hop + n_fft] += window**2
    y = np.zeros(size)
    found = (total / np.where(squares > 0, squares, 1))[before:][:size]
    y[: len(found)] = found
    return y


#: Powers of two, factors 3, 5 and 7, a hop that does not divide the frame, hops of one, above the frame.
SHAPES = [(64, 16), (64, 1), (64, 64), (64, 23), (60, 20), (126, 40), (4, 1), (6, 2), (8, 11), (512, 128)]


@both
@pytest.mark.parametrize(("n_fft", "hop"), SHAPES)
@pytest.mark.parametrize("frames", [1, 2, 7, 33, 150])
def test_rows(dtype, n_fft, hop, frames):
    window = 1.2 + np.cos(np.arange(n_fft))
    X = spectra(n_fft // 2 + 1, frames, dtype)
    plan = InversePlan(window, hop, dtype)
    for before, size in ((0, (frames - 1) * hop + n_fft), (n_fft // 2, frames * hop + 9), (n_fft // 3, 3)):
        y = np.zeros(size, dtype)
        OverlapAdd(plan, frames, y, before).rows(X)
        want = by_scipy(X, window, hop, before, size)
        np.testing.assert_allclose(y, want, atol=tolerance(dtype) * max(np.abs(X).max(), 1))


@both
@pytest.mark.parametrize(("n_fft", "hop"), [(64, 16), (60, 7), (64, 64), (22, 5)])
@pytest.mark.parametrize("frames", [1, 5, 32, 77])
@pytest.mark.parametrize("weight", [0.0, 0.4975])
def test_wanted(dtype, n_fft, hop, frames, weight):
    """Spectra with other magnitudes; those of the last frames, beyond `frames`, are not looked at."""
    window, bins = 1.2 + np.cos(np.arange(n_fft)), n_fft // 2 + 1
    now, before = spectra(bins, frames + 3, dtype), spectra(bins, frames + 3, dtype, 2)
    magnitudes = np.abs(random((bins, frames + 3), dtype, 4))
    a = (now - np.array(weight, dtype) * before)[:, :frames]
    y = np.zeros((frames - 1) * hop + n_fft, dtype)
    OverlapAdd(InversePlan(window, hop, dtype), frames, y, 0).wanted(
        complex_tiles(now, dtype), complex_tiles(before, dtype), np.array([weight], dtype), magnitudes
    )
    want = by_scipy(magnitudes[:, :frames] * a / np.abs(a), window, hop, 0, len(y))
    np.testing.assert_allclose(y, want, atol=tolerance(dtype))


@both
@pytest.mark.parametrize(("first", "count"), [(0, 40), (16, 25), (32, 1), (0, 3)])
@pytest.mark.parametrize("weight", [0.0, 0.4975])
def test_magnitudes_take_the_place_of_others(dtype, first, count, weight):
    now, before = spectra(9, 41, dtype), spectra(9, 41, dtype, 2)
    now[0], before[0] = 0, 0
    now[1], before[1] = now[1] * 1e-30, before[1] * 1e-30
    now[2], before[2] = now[2] * 1e25, before[2] * 1e25
    wanted = np.abs(random((9, 41), dtype, 4))
    out = np.full(18 * -(-count // lanes(dtype)) * lanes(dtype), np.nan, dtype)
    tiles = complex_tiles(now, dtype), complex_tiles(before, dtype), np.array([weight], dtype)
    spare = np.zeros(lanes(dtype), dtype)
    phases.put_magnitudes(*tiles, wanted.reshape(-1), 9, 41, first, count, lanes(dtype), spare, out)
    part = np.s_[:, first : first + count]
    a = (now.astype(complex) - np.array(weight, dtype) * before)[part]
    want = wanted[part] * np.where(a == 0, 0, a / np.where(a == 0, 1, np.abs(a)))
    parts = untiled(out, 18, 18, count, dtype).reshape(9, 2, count)
    np.testing.assert_allclose(parts[:, 0] + 1j * parts[:, 1], want, atol=8 * np.finfo(dtype).eps)
    assert not np.isnan(out).any()


@both
@pytest.mark.parametrize("frames", [1, 8, 21])
def test_phases(dtype, frames):
    turns = np.random.default_rng(0).random((5, frames))
    turns[0, 0], turns[1, 0], turns[2, 0], turns[3, 0] = 0, 1 - 2**-53, 0.125, 0.75
    doubles = lanes(np.dtype(np.float64))
    tiles = np.full(14 * -(-frames // lanes(dtype)) * lanes(dtype), 9, dtype)
    phases.put_phases(turns.reshape(-1), 5, frames, lanes(dtype), doubles, np.empty(doubles), tiles, 1, 7)
    parts = untiled(tiles, 14, 14, frames, dtype).reshape(7, 2, frames)
    got = parts[1:6, 0] + 1j * parts[1:6, 1]
    np.testing.assert_allclose(got, np.exp(2j * np.pi * turns), atol=1.5 * np.finfo(dtype).eps)
    assert (parts[[0, 6]] == 9).all()


@both
@pytest.mark.parametrize(("rows", "hop"), [(3, 3), (16, 16), (21, 21), (20, 30)])
@pytest.mark.parametrize("count", [1, 16, 23])
@pytest.mark.parametrize("at", [0, -7, -100, 5])
def test_columns(dtype, rows, hop, count, at):
    """Columns of a hop each, one after another; what is outside the signal is dropped."""
    stride = count + 2
    columns = random((rows, stride), dtype)
    for size in (hop * count, 50, 1):
        y = np.full(size, 9, dtype)
        inverse.put_columns(columns.reshape(-1), stride, rows, count, lanes(dtype), y, at, hop)
        want = np.full(size, 9, dtype)
        for c in range(count):
            for j in range(rows):
                if 0 <= at + c * hop + j < size:
                    want[at + c * hop + j] = columns[j, c]
        np.testing.assert_array_equal(y, want)
