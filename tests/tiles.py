"""What tests of kernels share: tiles of lanes, and how exact a kernel has to be."""

import numpy as np
import pytest

from voicefeat.engine import simd

DTYPES = [np.dtype(np.float32), np.dtype(np.float64)]
both = pytest.mark.parametrize("dtype", DTYPES, ids=str)


def lanes(dtype):
    return simd.lanes(dtype.itemsize)


def tolerance(dtype):
    return 64 * float(np.finfo(dtype).eps)


def random(shape, dtype, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def tiled(values, dtype, tile_rows=None):
    """(rows, frames) as groups of rows of lanes, padded with zeros."""
    count, n = values.shape
    step, tile_rows = lanes(dtype), tile_rows or count
    groups = -(-n // step)
    padded = np.zeros((tile_rows, groups * step), dtype)
    padded[:count, :n] = values
    return np.ascontiguousarray(padded.reshape(tile_rows, groups, step).transpose(1, 0, 2)).ravel()


def untiled(tiles, tile_rows, count, n, dtype):
    step = lanes(dtype)
    groups = -(-n // step)
    values = tiles[: groups * tile_rows * step].reshape(groups, tile_rows, step)
    return values.transpose(1, 0, 2).reshape(tile_rows, -1)[:count, :n]
