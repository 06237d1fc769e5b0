"""Logarithm, square root and power of every lane, to about one unit in the last place.

log x = e ln 2 + log(1 + f) with x = 2^e (1 + f), sqrt(1/2) <= 1 + f < sqrt(2), and ln 2 split in two so
that e times its high part is exact. In single precision log(1 + f) = f - f^2 / 2 + f^3 P(f), P from
S. L. Moshier's Cephes (logf.c). In double precision, with s = f / (2 + f), log(1 + f) = 2 atanh s
= 2 s + s R(s^2), written f - (f^2 / 2 - s (f^2 / 2 + R)) so that the rounding of s matters little; R from
FreeBSD's msun (e_log.c).

exp x = 2^k exp(r), r = x - k ln 2 in [-ln 2 / 2, ln 2 / 2], exp(r) by its Taylor series to r^13 (r^7 in
single precision), whose rest is below 2^-53 (2^-26); exp x - 1 = 2^k (exp(r) - 1) + (2^k - 1). log(1 + x)
is the logarithm of u = 1 + x as rounded, and (x - (u - 1)) / u for what the rounding lost. A float32 power
is computed in double lanes, where its error vanishes in the rounding.
"""

from __future__ import annotations

import math

from llvmlite import ir

from .simd import Vector, fma, select

_P = (7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
      -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)  # fmt: skip
_R = (1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01, 2.222219843214978396e-01,
      2.857142874366239149e-01, 3.999999999940941908e-01, 6.666666666666735130e-01)  # fmt: skip
#: The bits of 2^52, beyond which the last bit of a double is 1.
_LAST_BITS = (1023 + 52) << 52
_LN2 = {32: (0.693359375, -2.12194440e-4), 64: (6.93147180369123816490e-01, 1.90821492927058770002e-10)}


def _bits(x: Vector) -> int:
    return 64 if isinstance(x.type.element, ir.DoubleType) else 32


def _integers(x: Vector):
    kind = ir.VectorType(ir.IntType(_bits(x)), x.type.count)
    return kind, lambda n: ir.Constant(kind, [int(n)] * x.type.count)


def log(x: Vector) -> Vector:
    """Natural logarithm of normal numbers above 0; inf and NaN stay."""
    b, bits = x.b, _bits(x)
    kind, whole = _integers(x)
    mantissa, bias = (23, 127) if bits == 32 else (52, 1023)
    # Taking the bits of sqrt(1/2) away makes the exponent step there instead of at 1.
    root_half = int(math.ldexp(math.sqrt(0.5), mantissa + 1)) - (1 << mantissa) + ((bias - 1) << mantissa)
    shifted = b.sub(b.bitcast(x.value, kind), whole(root_half))
    fraction = b.and_(shifted, whole((1 << mantissa) - 1))
    if bits == 32:
        e = Vector(b, b.sitofp(b.ashr(shifted, whole(mantissa)), x.type))
    else:  # few processors convert 64-bit integers: e + 2048 becomes the last bits of 2^52 + e + 2048
        biased = b.lshr(b.xor(shifted, whole(-(2**63))), whole(52))
        e = Vector(b, b.bitcast(b.or_(biased, whole(_LAST_BITS)), x.type)) - (2.0**52 + 2048)
    f = Vector(b, b.bitcast(b.add(fraction, whole(root_half)), x.type)) - 1.0
    high, low = (x.constant(part) for part in _LN2[bits])
    y = (_log_single if bits == 32 else _log_double)(f, e, high, low)
    return select(x < math.inf, y, x)


def _log_single(f: Vector, e: Vector, high: Vector, low: Vector) -> Vector:
    z = f * f
    p = f.constant(_P[0])
    for c in _P[1:]:
        p = fma(p, f, f.constant(c))
    p = fma(e, low, p * f * z)
    p = fma(z, f.constant(-0.5), p)
    return fma(e, high, f + p)


def _log_double(f: Vector, e: Vector, high: Vector, low: Vector) -> Vector:
    s = f / (f + 2.0)
    z = s * s
    r = f.constant(_R[0])
    for c in _R[1:]:
        r = fma(r, z, f.constant(c))
    half = f * f * 0.5
    tail = fma(s, fma(r, z, half), e * low)
    return fma(e, high, f - (half - tail))


def log1p(x: Vector) -> Vector:
    """log(1 + x) of lanes that are 0 or more."""
    u = x + 1.0
    return log(u) + select(x < 2.0**53, (x - (u - 1.0)) / u, x.constant(0.0))


def _reduced(x: Vector) -> tuple[Vector, Vector, Vector]:
    """2^k, r, and the series of (exp(r) - 1) / r."""
    b, bits = x.b, _bits(x)
    kind, whole = _integers(x)
    mantissa, bias, terms = (23, 127, 7) if bits == 32 else (52, 1023, 13)
    shifter = 1.5 * 2.0**mantissa
    shifted = x * (1 / math.log(2)) + shifter  # k, rounded, in the last bits of the sum
    k = shifted - shifter
    high, low = _LN2[bits]
    r = fma(k, x.constant(-low), fma(k, x.constant(-high), x))
    y = x.constant(1 / math.factorial(terms))
    for n in range(terms - 1, 0, -1):
        y = fma(y, r, x.constant(1 / math.factorial(n)))
    scale = b.add(b.shl(b.bitcast(shifted.value, kind), whole(mantissa)), whole(bias << mantissa))
    return Vector(b, b.bitcast(scale, x.type)), r, y


def exp(x: Vector) -> Vector:
    """Exponential; where it would be below the normal numbers it is 0, above the largest inf."""
    low, high, top = (-87.3, 88.3, 88.3) if _bits(x) == 32 else (-708.0, 709.7, 709.78)
    scale, r, y = _reduced(select(x > high, x.constant(high), select(x < low, x.constant(low), x)))
    y = fma(y, r, x.constant(1.0)) * scale
    return select(x > top, x.constant(math.inf), select(x < low, x.constant(0.0), y))


def expm1(x: Vector) -> Vector:
    """exp(x) - 1 of lanes that are 0 or more."""
    high = 88.3 if _bits(x) == 32 else 709.4  # 2^k is finite
    scale, r, y = _reduced(select(x > high, x.constant(high), x))
    return select(x > high, x.constant(math.inf), fma(scale, y * r, scale - 1.0))


def sqrt(x: Vector) -> Vector:
    """Square root, rounded once."""
    return x.call("sqrt")


def power(x: Vector, exponent: Vector) -> Vector:
    """x ** exponent for lanes that are 0 or more and an exponent above 0."""
    double = ir.VectorType(ir.DoubleType(), x.type.count)
    if x.type == double:
        small = x < 2.0**-1022  # below the normal numbers
        lifted = log(select(small, x * 2.0**54, x))
        y = exp(select(small, lifted - 54 * math.log(2), lifted) * exponent)
    else:
        b = x.b
        wide, p = Vector(b, b.fpext(x.value, double)), Vector(b, b.fpext(exponent.value, double))
        y = Vector(b, b.fptrunc(exp(log(wide) * p).value, x.type))
    return select(x > 0.0, y, x * 0.0)
