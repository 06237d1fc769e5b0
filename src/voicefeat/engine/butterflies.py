"""Small Fourier transforms on vectors: y[k] = sum_n x[n] exp(-2 pi i n k / r), r = 2, 3, 4, 5, 7, 8.

A complex number is a pair (re, im) of `Vector`.
"""
import math

from .simd import fma


def add(a, b):
    return a[0] + b[0], a[1] + b[1]


def sub(a, b):
    return a[0] - b[0], a[1] - b[1]


def times(a, w):
    """Product with a twiddle factor."""
    (ar, ai), (wr, wi) = a, w
    return fma(ar, wr, -(ai * wi)), fma(ar, wi, ai * wr)


def minus_i(a):
    return a[1], -a[0]


def dft2(x):
    return [add(x[0], x[1]), sub(x[0], x[1])]


def dft4(x):
    p, m = add(x[0], x[2]), sub(x[0], x[2])
    q, d = add(x[1], x[3]), sub(x[1], x[3])
    # -i d = (d.im, -d.re)
    return [add(p, q), (m[0] + d[1], m[1] - d[0]), sub(p, q), (m[0] - d[1], m[1] + d[0])]


def dft8(x):
    e, o = dft4(x[0::2]), dft4(x[1::2])
    h = o[1][0].constant(math.sqrt(0.5))
    o1 = o[1][0] + o[1][1], o[1][1] - o[1][0]          # times sqrt(2) exp(-i pi/4)
    o3 = o[3][1] - o[3][0], -(o[3][0] + o[3][1])       # times sqrt(2) exp(-3 i pi/4)
    s3 = o[3][0] + o[3][1]
    y = [None] * 8
    y[0], y[4] = add(e[0], o[0]), sub(e[0], o[0])
    y[2], y[6] = (e[2][0] + o[2][1], e[2][1] - o[2][0]), (e[2][0] - o[2][1], e[2][1] + o[2][0])
    for k, t in ((1, o1), (3, o3)):
        y[k] = fma(t[0], h, e[k][0]), fma(t[1], h, e[k][1])
        y[k + 4] = fma(t[0], -h, e[k][0]), fma(t[1], -h, e[k][1])
    return y


def dft_odd(x):
    """Any odd length, by the symmetry of cosine and sine."""
    r = len(x)
    half = range(1, (r + 1) // 2)
    s = {n: add(x[n], x[r - n]) for n in half}
    d = {n: sub(x[n], x[r - n]) for n in half}
    y = [None] * r
    total = x[0]
    for n in half:
        total = add(total, s[n])
    y[0] = total
    for k in half:
        cr, ci = x[0]
        sr = si = None
        for n in half:
            a = 2 * math.pi * ((n * k) % r) / r
            c, w = cr.constant(math.cos(a)), cr.constant(math.sin(a))
            cr, ci = fma(s[n][0], c, cr), fma(s[n][1], c, ci)
            sr = d[n][1] * w if sr is None else fma(d[n][1], w, sr)
            si = d[n][0] * w if si is None else fma(d[n][0], w, si)
        y[k], y[r - k] = (cr + sr, ci - si), (cr - sr, ci + si)
    return y


def dft(x):
    return {2: dft2, 4: dft4, 8: dft8}.get(len(x), dft_odd)(x)
