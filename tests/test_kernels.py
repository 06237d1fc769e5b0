"""Each kernel against an obvious twin in numpy; run compiled, and once more with NUMBA_BOUNDSCHECK=1."""

import os
import subprocess
import sys

import numpy as np
import pytest
from closeness import near
from numba.core import config
from tiles import both, lanes, random, tiled, tolerance, untiled

from voicefeat.chain import tables
from voicefeat.chain.frames import Frames
from voicefeat.chain.stages import Cepstrum
from voicefeat.engine import (
    bands,
    correlate,
    frames,
    lanemath,
    peaks,
    product,
    rows,
    scaling,
    spectrum,
    windows,
)
from voicefeat.engine.jit import kernel
from voicefeat.engine.laneop import lane_op


@both
@pytest.mark.parametrize(("hop", "count"), [(1, 40), (3, 5), (7, 33), (16, 16), (100, 21)])
@pytest.mark.parametrize(("before", "after"), [(0, 0), (150, 0), (0, 150), (33, 47), (5000, 5000)])
@pytest.mark.parametrize("ends", [0, 20])
def test_transpose(dtype, hop, count, before, after, ends):
    """Every sample of every column, inside the signal, in what is put before and after it, and beyond."""
    size = hop * count
    inside = random(max(1, size - before - after), dtype)
    head, tail = random(ends, dtype, 1), random(ends, dtype, 2)
    longer = np.concatenate([np.zeros(size), head, inside, tail, np.zeros(size)]).astype(dtype)
    start = -min(before, size + ends)
    want = longer[size + ends + start :][:size].reshape(count, hop).T
    stride = count + 3
    columns = np.full(hop * stride, np.nan, dtype)
    frames.transpose(inside, start, hop, hop, count, lanes(dtype), head, tail, columns, stride)
    assert np.array_equal(columns.reshape(hop, stride)[:, :count], want)


@both
def test_finite_sees_every_place(dtype):
    """One bad sample anywhere, in the vectors and in the rest, is seen."""
    y = random(37 + 8 * lanes(dtype), dtype)
    assert frames.finite(y, lanes(dtype), 1.0)
    for place in range(y.size):
        for bad in (np.nan, np.inf, -np.inf):
            changed = y.copy()
            changed[place] = bad
            assert not frames.finite(changed, lanes(dtype), 1.0)


LENGTHS = [
    4,
    6,
    8,
    10,
    14,
    16,
    24,
    30,
    32,
    48,
    56,
    70,
    96,
    98,
    128,
    160,
    200,
    210,
    250,
    256,
    400,
    480,
    490,
    512,
    640,
]


@both
@pytest.mark.parametrize("n_fft", LENGTHS)
def test_spectra(dtype, n_fft):
    """Power and complex bins against numpy's FFT in double precision, all radices and both last passes."""
    hop, step = n_fft // 2, lanes(dtype)
    groups, chunk, stride = 3, 2, 2 * step + 5  # two groups laid out together, and one alone
    made = tables.transform(Frames.make(n_fft, hop, n_fft, "hann", True, "constant"), stride, dtype)
    count = groups * step
    y = random(3 + (count + 1) * hop, dtype)
    columns = np.zeros(hop * stride, dtype)
    layout = (y, y[:0], y[:0], 3, hop, hop, 2, columns, stride, chunk, groups, step)
    y = y[3:]
    cut = np.stack([y[t * hop : t * hop + n_fft] for t in range(count)]).astype(np.float64)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    want = np.fft.rfft(cut * window, axis=1).T
    size = want.shape[0] * count
    z = np.empty(n_fft * step, dtype)
    rest = (*layout, made.offsets, made.window, z, made.radices, made.factors, made.part, made.last)
    power, both_parts = np.empty(size, dtype), np.empty(2 * size, dtype)
    spectrum.power_bins(*rest, power)
    spectrum.complex_bins(*rest, both_parts)
    got = untiled(power, want.shape[0], want.shape[0], count, dtype)
    peak = np.abs(want).max()
    assert np.abs(got - np.abs(want) ** 2).max() < tolerance(dtype) * peak**2
    parts = (
        both_parts.reshape(groups, want.shape[0], 2, step)
        .transpose(2, 1, 0, 3)
        .reshape(2, want.shape[0], count)
    )
    assert np.abs(parts[0] + 1j * parts[1] - want).max() < tolerance(dtype) * peak
    ends = parts[1][[0, -1]]
    assert not ends.any(), "the first and the last bin of a real frame are real"


@both
@pytest.mark.parametrize("n", [1, 5, 16, 39])
def test_rows_and_tiles(dtype, n):
    """put_rows and take_rows undo each other and touch nothing beyond the frames."""
    values, step = random((6, n), dtype), lanes(dtype)
    tiles = np.full(tiled(values, dtype, 8).size, np.nan, dtype)
    rows.take_rows(values.ravel(), 0, n, tiles, 8, 6, step, n)
    assert np.array_equal(untiled(tiles, 8, 6, n, dtype), values)
    out = np.full((6, n + 3), 7, dtype)
    rows.put_rows(tiles, 8, 6, step, n, out.reshape(-1), 2, n + 3)
    assert np.array_equal(out[:, 2 : 2 + n], values)
    assert np.all(out[:, :2] == 7) and np.all(out[:, 2 + n :] == 7)


@both
@pytest.mark.parametrize("n", [1, 17, 32])
def test_put_complex(dtype, n):
    values, step = random((2, 5, n), dtype), lanes(dtype)
    groups = -(-n // step)
    padded = np.zeros((2, 5, groups * step), dtype)
    padded[..., :n] = values
    tiles = np.ascontiguousarray(padded.reshape(2, 5, groups, step).transpose(2, 1, 0, 3)).ravel()
    out = np.zeros((5, n + 1), np.result_type(dtype, np.complex64))
    rows.put_complex(tiles, 5, step, n, out.reshape(-1).view(dtype), 0, n + 1)
    assert np.array_equal(out[:, :n], values[0] + 1j * values[1])
    assert not out[:, n].any()


@both
def test_roots_and_powers(dtype):
    x = np.abs(random(64, dtype)) * 10.0 ** np.linspace(-20, 15, 64).astype(dtype)
    x[3] = 0
    step = lanes(dtype)
    for exponent in (0.25, 0.85, 1.5):
        got = x.astype(dtype).copy()
        rows.power_tiles(got, 64, step, exponent, got)
        want = x.astype(dtype).astype(np.float64) ** np.float64(dtype.type(exponent))
        assert np.abs(got / np.where(want, want, 1) - (want > 0)).max() < tolerance(dtype)
    got = x.astype(dtype).copy()
    rows.root_tiles(got, 64, step, got)
    near(got, np.sqrt(x.astype(dtype)))


@lane_op
def _log(x, i, out):
    out.store(i, lanemath.log(x.load(i)))


@kernel
def _logs(x, step, out):
    for i in range(0, x.size, step):
        _log(x, i, out)


@both
def test_log_is_within_two_units_in_the_last_place(dtype):
    rng = np.random.default_rng(0)
    limits = np.finfo(dtype)
    spread = np.exp(rng.uniform(np.log(limits.tiny), np.log(limits.max), 4000))
    near = 1 + rng.uniform(-0.3, 0.42, 4096)
    x = np.concatenate([spread, near, [limits.tiny, limits.max, 1.0, 0.5, 2.0], [np.inf] * 3]).astype(dtype)
    x = x[: x.size // 16 * 16]
    got = np.empty_like(x)
    _logs(x, lanes(dtype), got)
    want = np.log(x.astype(np.longdouble))
    finite = np.isfinite(x)
    error = np.abs(got[finite] - want[finite]) / np.spacing(
        np.maximum(np.abs(want[finite]), limits.tiny).astype(dtype)
    )
    assert error.max() <= 2.0
    assert np.all(got[~finite] == np.inf)


@both
def test_bands_by_runs(dtype):
    """Runs of any length, empty ones and the last bins among them, equal the whole matrix."""
    rng, step = np.random.default_rng(0), lanes(dtype)
    bank = np.zeros((7, 30))
    for m, (low, high) in enumerate([(0, 3), (2, 9), (5, 5), (8, 20), (20, 30), (29, 30), (0, 30)]):
        bank[m, low:high] = rng.uniform(0.1, 1, high - low)
    made = tables.runs(bank, dtype)
    bins = np.abs(random((30, 3 * step), dtype))
    out = np.empty(3 * made.tile_rows * step, dtype)
    bands.band_tiles(
        tiled(bins, dtype), 30, 3, step, made.starts, made.counts, made.firsts, made.weights, out
    )
    got = untiled(out, made.tile_rows, 7, 3 * step, dtype)
    assert np.abs(got - bank @ bins).max() < tolerance(dtype) * np.abs(bank @ bins).max()


@both
def test_log_tiles_and_their_peak(dtype):
    """The logarithm of every row, and the largest value of real frames only."""
    step = lanes(dtype)
    n = 2 * step - 3
    values = np.abs(random((5, n), dtype)) + dtype.type(0.01)
    values[2, 1] = 0
    tiles = tiled(values, dtype, 8)
    tiles.reshape(2, 8, step)[1, :, -3:] = 1e9  # frames that are not there
    peak = bands.log_tiles(tiles, 8, 5, n, step, 0.25, 0.3, 4.0, 1.5, np.empty(step, dtype))
    want = 4 * np.log(np.maximum(values.astype(np.float64) + 0.25, 0.3)) - 1.5
    got = untiled(tiles, 8, 5, n, dtype)
    assert np.abs(got - want).max() < tolerance(dtype) * np.abs(want).max()
    assert peak == got.max()


@both
def test_floor_tiles(dtype):
    x = random(64, dtype)
    got = x.copy()
    bands.floor_tiles(got, 48, lanes(dtype), -0.5)
    assert np.array_equal(got, np.concatenate([np.maximum(x[:48], dtype.type(-0.5)), x[48:]]))


@both
@pytest.mark.parametrize("groups", [1, 2, 5])
def test_product_with_a_floor(dtype, groups):
    step = lanes(dtype)
    matrix = Cepstrum.make("n", 40, 13, 2, "ortho", 22).matrix(40)
    made = tables.dense(matrix, dtype)
    x = random((40, groups * step), dtype)
    out = np.empty(groups * made.tile_rows * step, dtype)
    product.product_tiles(tiled(x, dtype, 42), 0, 42, 40, groups, step, made.matrix, made.quads, -0.4, out)
    want = matrix @ np.maximum(x.astype(np.float64), dtype.type(-0.4))
    got = untiled(out, made.tile_rows, 13, groups * step, dtype)
    assert np.abs(got - want).max() < tolerance(dtype) * np.abs(want).max()


@both
@pytest.mark.parametrize("norm", [np.inf, -np.inf, 0.0, 1.0, 2.0, 1.7])
def test_scaling(dtype, norm):
    step = lanes(dtype)
    x = np.abs(random((12, 2 * step), dtype))
    x[:, 3] = 0
    x[4, 5] = 0
    tiles = tiled(x, dtype)
    scaling.scale_tiles(tiles, 12, 12, 2, step, norm, np.empty(step, dtype))
    length = np.linalg.norm(x.astype(np.float64), ord=norm, axis=0)
    want = x / np.where(length < np.finfo(dtype).tiny, 1, length)
    assert np.abs(untiled(tiles, 12, 12, 2 * step, dtype) - want).max() < tolerance(dtype) * want.max()


@both
def test_peaks(dtype):
    """Places, heights and frequencies against loops over bins."""
    step = lanes(dtype)
    n = 2 * step - 1
    x = np.abs(random((20, n), dtype))
    tiles, groups = tiled(x, dtype), 2
    references = np.empty(groups * step, dtype)
    peaks.references_of(tiles, 20, groups, step, 0.5, references)
    assert np.array_equal(references[:n], x.max(axis=0) * dtype.type(0.5))
    low, high = 2, 20
    found = [np.empty(groups * (high - low) * step, dtype) for _ in range(2)]
    peaks.peak_tiles(tiles, 20, groups, step, references, low, high, 10.0, *found)
    pitches, heights = (untiled(f, high - low, high - low, n, dtype) for f in found)
    count = 0
    for k in range(low, high):
        for t in range(n):
            above = x[k + 1, t] if k < 19 else x[k, t]
            if not (x[k, t] > x[k - 1, t] and x[k, t] >= above and x[k, t] > references[t]):
                assert pitches[k - low, t] == 0 and heights[k - low, t] == 0
                continue
            count += 1
            a, b = float(above + x[k - 1, t]) - 2.0 * float(x[k, t]), float(above - x[k - 1, t]) / 2
            shift = 0.0 if k == 19 or abs(b) >= abs(a) else -b / a
            assert pitches[k - low, t] == pytest.approx(10 * (k + shift), rel=tolerance(dtype))
            assert heights[k - low, t] == pytest.approx(x[k, t] + b * shift / 2, rel=tolerance(dtype))
    assert count > 20
    kept = [np.empty(count + step, dtype) for _ in range(4)]
    assert peaks.list_peaks(tiles, 20, step, references, low, high, 10.0, n, *kept) == count
    for listed, want in zip(kept[:2], (pitches, heights), strict=True):
        assert sorted(listed[:count]) == sorted(want[pitches > 0])


@both
def test_counts_of_heights_and_pitches(dtype):
    """Ranges of floats, what is picked from them, and distances from whole numbers against numpy."""
    rng = np.random.default_rng(3)
    heights = (rng.standard_exponential(1001) ** 3 + 1e-30).astype(dtype)
    bits, shift = (heights.view("int32"), 19) if dtype == "float32" else (heights.view("int64"), 51)
    counts = np.zeros(peaks.RANGES, np.int64)
    peaks.tally_heights(bits, shift, counts)
    order, out = np.sort(heights), np.empty(1002, dtype)
    for place in (0, 1, 500, 999, 1000):
        here, below = peaks.range_of(counts, place)
        n = peaks.pick_heights(heights, bits, shift, here, here, out, 0)
        assert np.sort(out[:n])[place - below] == order[place] and n == counts[here]
    n = peaks.pick_stronger(heights[::-1].copy(), heights, order[400], out, 0)
    assert np.array_equal(out[:n], heights[::-1][heights >= order[400]])
    bins = np.concatenate([rng.uniform(0, 200, 2000), np.arange(0, 20, 0.25)]).astype(dtype)
    edges = np.linspace(-0.5, 0.5, 101)
    found = np.zeros(100, np.int64)
    peaks.tally_residuals(bins, edges, found)
    away = np.mod(bins.astype(float), 1)
    assert np.array_equal(found, np.histogram(np.where(away >= 0.5, away - 1, away), edges)[0])


@both
@pytest.mark.parametrize("length", [5, 13, 54])
def test_correlate(dtype, length):
    """Rows below and above the lanes; what lies beside the result stays as it was."""
    weights, step = random(5, dtype, 1), lanes(dtype)
    x = random((3, length), dtype)
    out = np.full((3, length + 1), 7, dtype)
    scratch = np.empty(5 + 2 * step, dtype)
    correlate.correlate_rows(x.ravel(), 3, length, weights, step, scratch, out.reshape(-1), length + 1, 2)
    want = np.stack([np.correlate(row.astype(np.float64), weights, "valid") for row in x])
    assert np.abs(out[:, 2:-3] - want).max() < tolerance(dtype) * max(1, np.abs(want).max())
    assert np.all(out[:, :2] == 7) and np.all(out[:, -3:] == 7)


@both
@pytest.mark.parametrize("frames", [1, 3, 13, 70, 200])
@pytest.mark.parametrize("width", [1, 5, 60])
def test_correlate_with_repeated_ends(dtype, frames, width):
    """Rows below and above the lanes and eight of them, weights longer than a row."""
    weights, step = random(2 * width + 1, dtype, 1), lanes(dtype)
    x = random((5, frames), dtype)
    x[3:] = 7
    padded = np.empty(frames + weights.size + 2 * step, dtype)
    flat = x.reshape(-1)
    correlate.correlate_repeated(flat, 0, 2, frames, weights, step, padded, flat, 2 * frames)
    longer = np.pad(x[:2].astype(np.float64), ((0, 0), (width, width)), mode="edge")
    want = np.stack([np.correlate(row, weights, "valid") for row in longer])
    assert np.abs(x[2:4] - want).max() < tolerance(dtype) * max(1, np.abs(want).max())
    assert np.all(x[4] == 7)


@both
@pytest.mark.parametrize("variance", [False, True])
def test_standardise(dtype, variance):
    x = random((3, 20), dtype)
    first = np.maximum(np.arange(20) - 4, 0)
    end = np.minimum(first + 7, 20)
    out = np.full((3, 20), 7, dtype)
    sums, before = (np.empty(21), np.empty(21)), np.zeros(4)
    bounds = first, end, 0, variance, 1e-3
    windows.standardise(x.ravel(), 2, 20, *bounds, before, 5, *sums, out.reshape(-1))
    for t in range(20):
        part = x[:2, first[t] : end[t]].astype(np.float64)
        spread = np.sqrt(np.maximum(part.var(axis=1), 1e-3)) if variance else 1.0
        assert np.allclose(out[:2, t], (x[:2, t] - part.mean(axis=1)) / spread, atol=10 * tolerance(dtype))
    assert np.all(out[2] == 7)
    # The frames from the tenth on, of a row that begins with the fifth: the running sums go on.
    rest = np.ascontiguousarray(x[:2, 5:])
    part = np.full((2, 10), 7, dtype)
    bounds = first[10:] - 5, end[10:] - 5, 5, variance, 1e-3
    windows.standardise(rest.ravel(), 2, 15, *bounds, before, 0, *sums, part.reshape(-1))
    assert np.array_equal(part, out[:2, 10:])


@both
def test_fit_ends(dtype):
    fitted = random((5, 5), np.float64, 1)
    x = random((3, 9), dtype)
    out = np.full((3, 9), 7, dtype)
    correlate.fit_ends(x.ravel(), 3, 9, fitted.ravel(), out.reshape(-1))
    want = np.concatenate([x[:, :5] @ fitted[:2].T, np.full((3, 5), 7), x[:, -5:] @ fitted[3:].T], axis=1)
    assert np.abs(out - want).max() < tolerance(dtype) * np.abs(want).max()


OUTSIDE = """
import numpy as np
from voicefeat.engine import rows, simd
step = simd.lanes(4)
tiles, out = np.zeros(4 * step, np.float32), np.zeros(3 * step, np.float32)
try:
    rows.root_tiles(tiles[: step - 1], step, step, tiles[: step - 1])
except IndexError as error:
    print("IndexError", error)
try:
    rows.root_tiles(tiles, step, step, tiles)
except IndexError:
    print("wrong")
"""


@pytest.mark.processes
def test_vector_accesses_are_checked_where_checks_are_on():
    """numba's own bounds check does not see vector loads and stores; theirs must."""
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1"}
    done = subprocess.run([sys.executable, "-c", OUTSIDE], capture_output=True, text=True, env=environment)
    assert done.stdout.split("\n")[0].startswith("IndexError"), done.stderr
    assert "wrong" not in done.stdout


def test_this_run_says_whether_it_checks_bounds():
    """The bounds-checking run of the suite is what it says it is."""
    assert bool(config.BOUNDSCHECK) == (os.environ.get("NUMBA_BOUNDSCHECK", "0") not in ("", "0"))
