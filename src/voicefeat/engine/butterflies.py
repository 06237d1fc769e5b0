"""Small Fourier transforms of vectors: y[k] = sum_n x[n] exp(-2 pi i n k / r) for r = 2, 3, 4, 5, 7, 8.

A complex number is a pair (re, im) of `Vector`.
"""

from __future__ import annotations

import math
from typing import TypeAlias

from .simd import Vector, fma

#: A complex number in each lane.
Complex: TypeAlias = tuple[Vector, Vector]


def add(a: Complex, b: Complex) -> Complex:
    return a[0] + b[0], a[1] + b[1]


def subtract(a: Complex, b: Complex) -> Complex:
    return a[0] - b[0], a[1] - b[1]


def multiply(a: Complex, w: Complex) -> Complex:
    (ar, ai), (wr, wi) = a, w
    return fma(ar, wr, -(ai * wi)), fma(ar, wi, ai * wr)


def dft(x: list[Complex]) -> list[Complex]:
    return {2: _dft2, 4: _dft4, 8: _dft8}.get(len(x), _dft_odd)(x)


def _dft2(x):
    return [add(x[0], x[1]), subtract(x[0], x[1])]


def _dft4(x):
    p, m = add(x[0], x[2]), subtract(x[0], x[2])
    q, d = add(x[1], x[3]), subtract(x[1], x[3])
    # -i d = (im d, -re d)
    return [add(p, q), (m[0] + d[1], m[1] - d[0]), subtract(p, q), (m[0] - d[1], m[1] + d[0])]


def _dft8(x):
    """Two transforms of 4, even and odd, and the factors exp(-i pi k / 4) on the odd one."""
    e, o = _dft4(x[0::2]), _dft4(x[1::2])
    half = math.sqrt(0.5)
    # exp(-i pi/4) = (1 - i) sqrt(1/2) and exp(-3 i pi/4) = (-1 - i) sqrt(1/2); the root goes into the fma
    turned = {
        1: (o[1][0] + o[1][1], o[1][1] - o[1][0]),
        3: (o[3][1] - o[3][0], -(o[3][0] + o[3][1])),
    }
    y = [e[0]] * 8
    y[0], y[4] = add(e[0], o[0]), subtract(e[0], o[0])
    y[2], y[6] = (e[2][0] + o[2][1], e[2][1] - o[2][0]), (e[2][0] - o[2][1], e[2][1] + o[2][0])
    for k, t in turned.items():
        plus, minus = t[0].constant(half), t[0].constant(-half)
        y[k] = fma(t[0], plus, e[k][0]), fma(t[1], plus, e[k][1])
        y[k + 4] = fma(t[0], minus, e[k][0]), fma(t[1], minus, e[k][1])
    return y


def _dft_odd(x):
    """x[n] and x[r - n] share their cosines and have opposite sines."""
    r = len(x)
    half = range(1, (r + 1) // 2)
    sums = {n: add(x[n], x[r - n]) for n in half}
    differences = {n: subtract(x[n], x[r - n]) for n in half}
    y = [x[0]] * r
    for n in half:
        y[0] = add(y[0], sums[n])
    for k in half:
        real, imaginary = x[0]
        sine_r = sine_i = None
        for n in half:
            angle = 2 * math.pi * (n * k % r) / r
            c, s = real.constant(math.cos(angle)), real.constant(math.sin(angle))
            (sr, si), (dr, di) = sums[n], differences[n]
            real, imaginary = fma(sr, c, real), fma(si, c, imaginary)
            sine_r = di * s if sine_r is None else fma(di, s, sine_r)
            sine_i = dr * s if sine_i is None else fma(dr, s, sine_i)
        y[k], y[r - k] = (real + sine_r, imaginary - sine_i), (real - sine_r, imaginary + sine_i)
    return y
