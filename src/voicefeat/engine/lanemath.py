"""Logarithm, square root and power of every lane, to about one unit in the last place.

log x = e ln 2 + log(1 + f) with x = 2^e (1 + f), sqrt(1/2) <= 1 + f < sqrt(2). With s = f / (2 + f),
log(1 + f) = 2 atanh s = 2 s + s R(s^2), R an even polynomial; written f - (f^2/2 - s (f^2/2 + R)) the rounding of s
matters little. R's coefficients are minimax fits from FreeBSD's msun (e_log.c, e_logf.c). ln 2 is split in
two so that e ln 2 is exact in its high part.

exp x = 2^k exp(r), r = x - k ln 2 in [-ln 2 / 2, ln 2 / 2], exp(r) by its Taylor series to r^13, whose
rest is below 2^-53. A float32 power is computed in double lanes, where its error vanishes in the rounding.
"""

from __future__ import annotations

import math

from llvmlite import ir

from .simd import Vector, fma, select

_LOG = {
    32: {
        "r": (0.24279078841, 0.28498786688, 0.40000972152, 0.66666662693),
        "ln2": (6.9313812256e-01, 9.0580006145e-06),
        "mantissa": 23, "bias": 127, "tiny": 2.0**-126, "lift": 25,
    },
    64: {
        "r": (1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
              2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01,
              6.666666666666735130e-01),
        "ln2": (6.93147180369123816490e-01, 1.90821492927058770002e-10),
        "mantissa": 52, "bias": 1023, "tiny": 2.0**-1022, "lift": 54,
    },
}  # fmt: skip


def _bits(x: Vector) -> int:
    return 64 if isinstance(x.type.element, ir.DoubleType) else 32


def _integers(x: Vector):
    kind = ir.VectorType(ir.IntType(_bits(x)), x.type.count)
    return kind, lambda n: ir.Constant(kind, [int(n)] * x.type.count)


def log(x: Vector) -> Vector:
    """Natural logarithm of lanes that are 0 or more; 0 gives -inf, inf and NaN stay."""
    b, t = x.b, _LOG[_bits(x)]
    kind, whole = _integers(x)
    subnormal = x < t["tiny"]
    y = select(subnormal, x * 2.0 ** t["lift"], x)
    # Shifting the bits by those of sqrt(1/2) makes the exponent step there.
    root_half = math.sqrt(0.5)
    offset = (int(math.ldexp(root_half, t["mantissa"] + 1)) - (1 << t["mantissa"])) + ((t["bias"] - 1) << t["mantissa"])
    shifted = b.sub(b.bitcast(y.value, kind), whole(offset))
    exponent = b.ashr(shifted, whole(t["mantissa"]))
    fraction = b.and_(shifted, whole((1 << t["mantissa"]) - 1))
    f = Vector(b, b.bitcast(b.add(fraction, whole(offset)), x.type)) - 1.0
    e = Vector(b, b.sitofp(exponent, x.type))
    e = select(subnormal, e - t["lift"], e)

    s = f / (f + 2.0)
    z = s * s
    r = x.constant(t["r"][0])
    for c in t["r"][1:]:
        r = fma(r, z, x.constant(c))
    half = f * f * 0.5
    high, low = t["ln2"]
    tail = fma(s, fma(r, z, half), e * low)
    y = fma(e, x.constant(high), f - (half - tail))
    y = select(x < math.inf, y, x)  # inf and NaN
    return select(x > 0.0, y, select(x < 0.0, x.constant(math.nan), select(x > -1.0, x.constant(-math.inf), x)))


def exp(x: Vector) -> Vector:
    """Exponential of double lanes; below -745 it is 0, above 709.78 inf."""
    b = x.b
    kind, whole = _integers(x)
    inside = select(x > 709.7, x.constant(709.7), select(x < -708.0, x.constant(-708.0), x))
    k = (inside * (1 / math.log(2))).call("rint")
    r = fma(k, x.constant(-6.93147180369123816490e-01), inside)
    r = fma(k, x.constant(-1.90821492927058770002e-10), r)
    y = x.constant(1 / math.factorial(13))
    for n in range(12, -1, -1):
        y = fma(y, r, x.constant(1 / math.factorial(n)))
    scale = b.shl(b.add(b.fptosi(k.value, kind), whole(1023)), whole(52))
    y = y * Vector(b, b.bitcast(scale, x.type))
    return select(x > 709.78, x.constant(math.inf), select(x < -708.0, x.constant(0.0), y))


def sqrt(x: Vector) -> Vector:
    """Square root, rounded once."""
    return x.call("sqrt")


def power(x: Vector, exponent: Vector) -> Vector:
    """x ** exponent for lanes that are 0 or more and an exponent above 0."""
    double = ir.VectorType(ir.DoubleType(), x.type.count)
    if x.type == double:
        y = exp(log(x) * exponent)
    else:
        b = x.b
        wide, p = Vector(b, b.fpext(x.value, double)), Vector(b, b.fpext(exponent.value, double))
        y = Vector(b, b.fptrunc(exp(log(wide) * p).value, x.type))
    return select(x > 0.0, y, x * 0.0)
