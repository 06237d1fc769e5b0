"""Kernels over plain arrays, compiled by numba; no other package imports numba.

`simd` is the vector type and `lanemath` its logarithm and power; `frames`, `fft`, `spectrum`, `bands`,
`product` and `rows` hold one stage of the chain each; `jit` compiles them, as `compiling` says, and keeps the
result on disk.
"""

from .garbage import no_collection

with no_collection(kept=True):  # here, because every file of the engine needs it
    import numba as numba
