"""Forward real FFT of lanes of frames (experiment)."""
from .butterflies import dft, times, add, sub
from .jit import kernel
from .simd import fma, lane_op


def _point(z, i, L):
    return z.load(i), z.load(i + L)


def _first(r):
    def body(src, at, offsets, window, z, p):
        """r windowed points gathered from the frames, transformed, to z[p : p + r]."""
        L = z.lanes
        x = []
        for i in range(r):
            j = (p + i) * 2
            x.append(tuple(src.load(at + offsets.index(j + q)) * window.splat(j + q) for q in (0, 1)))
        for i, y in enumerate(dft(x)):
            z.store((p + i) * (2 * L), y[0])
            z.store((p + i) * (2 * L) + L, y[1])
    body.__name__ = f"first{r}"
    return lane_op(body)


def _middle(r):
    def body(z, p, m, w, t):
        L = z.lanes
        at = [(p + m * i) * (2 * L) for i in range(r)]
        x = [_point(z, i, L) for i in at]
        x = [x[0]] + [times(x[i], (w.splat(t + 2 * (i - 1)), w.splat(t + 2 * (i - 1) + 1))) for i in range(1, r)]
        for i, y in zip(at, dft(x)):
            z.store(i, y[0])
            z.store(i + L, y[1])
    body.__name__ = f"middle{r}"
    return lane_op(body)

first2, first3, first4, first5, first7, first8 = (_first(r) for r in (2, 3, 4, 5, 7, 8))
middle2, middle3, middle4, middle5, middle7, middle8 = (_middle(r) for r in (2, 3, 4, 5, 7, 8))


def _separate(a, b, w):
    """X[k], conj X[M-k] from Z[k], Z[M-k] (window halved)."""
    er, ei, dr, di = a[0] + b[0], a[1] - b[1], a[0] - b[0], a[1] + b[1]
    # O = (di, -dr);  W O
    wr, wi = w
    orr, oi = fma(di, wr, dr * wi), fma(di, wi, -(dr * wr))
    return (er + orr, ei + oi), (er - orr, ei - oi)


def _power(P, k, x, L):
    P.store(k * L, fma(x[0], x[0], x[1] * x[1]))


def _last(r):
    def body(z, p, q, m, w, t, P, at):
        L = z.lanes
        n = 2 * (r - 1)
        A = [_point(z, (p + m * i) * (2 * L), L) for i in range(r)]
        A = dft([A[0]] + [times(A[i], (w.splat(t + 2 * i - 2), w.splat(t + 2 * i - 1))) for i in range(1, r)]) if r > 1 else A
        B = [_point(z, (q + m * i) * (2 * L), L) for i in range(r)]
        B = dft([B[0]] + [times(B[i], (w.splat(t + n + 2 * i - 2), w.splat(t + n + 2 * i - 1))) for i in range(1, r)]) if r > 1 else B
        for i in range(r):
            k = p + m * i
            x, y = _separate(A[i], B[r - 1 - i], (w.splat(t + 2 * n + 2 * i), w.splat(t + 2 * n + 2 * i + 1)))
            _power(P, at + k, x, L)
            _power(P, at + (m * r - k), y, L)
    body.__name__ = f"last{r}"
    return lane_op(body)


def _last_zero(r):
    def body(z, m, w, P, at):
        """p = 0; w: separation factors of k = m * i, i = 1 .. r - 1"""
        L = z.lanes
        A = [_point(z, m * i * (2 * L), L) for i in range(r)]
        A = dft(A) if r > 1 else A
        a, b = A[0][0] + A[0][0], A[0][1] + A[0][1]
        s, d = a + b, a - b
        P.store(at * L, s * s)
        P.store((at + m * r) * L, d * d)
        for i in range(1, r // 2 + 1):
            x, y = _separate(A[i], A[r - i], (w.splat(2 * i - 2), w.splat(2 * i - 1)))
            _power(P, at + m * i, x, L)
            _power(P, at + m * (r - i), y, L)
    body.__name__ = f"last{r}zero"
    return lane_op(body)


last1, last4, last1zero, last4zero = _last(1), _last(4), _last_zero(1), _last_zero(4)


@kernel
def passes(src, at, offsets, window, z, radices, twiddles, sub):
    """All passes but the last over z[0 : sub * parts]."""
    parts = (offsets.size // 2) // sub
    for s in range(parts):
        lo, hi = s * sub, (s + 1) * sub
        r = radices[0]
        if r == 8:
            for p in range(lo, hi, 8):
                first8(src, at, offsets, window, z, p)
        elif r == 4:
            for p in range(lo, hi, 4):
                first4(src, at, offsets, window, z, p)
        elif r == 2:
            for p in range(lo, hi, 2):
                first2(src, at, offsets, window, z, p)
        elif r == 3:
            for p in range(lo, hi, 3):
                first3(src, at, offsets, window, z, p)
        elif r == 5:
            for p in range(lo, hi, 5):
                first5(src, at, offsets, window, z, p)
        else:
            for p in range(lo, hi, 7):
                first7(src, at, offsets, window, z, p)
        m, t = r, 0
        for j in range(1, radices.size):
            r = radices[j]
            for block in range(lo, hi, m * r):
                if r == 8:
                    for p in range(m):
                        middle8(z, block + p, m, twiddles, t + 14 * p)
                elif r == 4:
                    for p in range(m):
                        middle4(z, block + p, m, twiddles, t + 6 * p)
                elif r == 2:
                    for p in range(m):
                        middle2(z, block + p, m, twiddles, t + 2 * p)
                elif r == 3:
                    for p in range(m):
                        middle3(z, block + p, m, twiddles, t + 4 * p)
                elif r == 5:
                    for p in range(m):
                        middle5(z, block + p, m, twiddles, t + 8 * p)
                else:
                    for p in range(m):
                        middle7(z, block + p, m, twiddles, t + 12 * p)
            t += 2 * m * (r - 1)
            m *= r


@kernel
def power(src, groups, L, offsets, window, z, radices, twiddles, sub, last, P):
    M = offsets.size // 2
    for g in range(groups):
        passes(src, g * L, offsets, window, z, radices, twiddles, sub)
        at = g * (M + 1)
        if sub == M:
            last1zero(z, M, last, P, at)
            for p in range(1, M // 2 + 1):
                last1(z, p, M - p, M, last, 2 * p - 2, P, at)
        else:
            last4zero(z, sub, last, P, at)
            for p in range(1, sub // 2 + 1):
                last4(z, p, sub - p, sub, last, 6 + 20 * (p - 1), P, at)
