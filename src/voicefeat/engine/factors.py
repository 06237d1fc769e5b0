"""Products of many numbers as a mantissa and an exponent, which never overflow."""

from __future__ import annotations

from llvmlite import ir

from .simd import Vector


def split(x: Vector) -> tuple[Vector, Vector]:
    """m in [1, 2) and an integer e with x = 2^e m, for normal numbers above 0.

    The exponent's bits become the last ones of 2^23 (of 2^52 in double precision): exact, and without the
    conversion of an integer, which few processors support for 64 bits.
    """
    b, double = x.b, isinstance(x.type.element, ir.DoubleType)
    size, mantissa, bias = (64, 52, 1023) if double else (32, 23, 127)
    kind = ir.VectorType(ir.IntType(size), x.type.count)

    def whole(n: int) -> ir.Constant:
        return ir.Constant(kind, [n] * x.type.count)

    bits = b.bitcast(x.value, kind)
    counted = b.or_(b.lshr(bits, whole(mantissa)), whole((bias + mantissa) << mantissa))
    fraction = b.or_(b.and_(bits, whole((1 << mantissa) - 1)), whole(bias << mantissa))
    exponent = Vector(b, b.bitcast(counted, x.type)) - float((1 << mantissa) + bias)
    return Vector(b, b.bitcast(fraction, x.type)), exponent
