"""Bits of a FLAC stream: numbers of a fixed length, and Rice codes.

A position is that of a bit, the highest bit of a byte first. Bytes are read eight at a time, so zeros have to
follow the stream.

Source: RFC 9639, https://www.rfc-editor.org/rfc/rfc9639.
"""

from __future__ import annotations

import sys

import numpy as np
from llvmlite import ir
from numba.core import cgutils, config, types
from numba.extending import intrinsic

from .jit import inner_kernel

U = np.uint64
I64 = ir.IntType(64)
#: Bits that are there after a refill.
FILLED = 56
#: Bits of the largest Rice code, without its sign.
LARGEST = 31


@intrinsic
def word(_, data, at):
    """The eight bytes from byte `at` on as one number, the first byte the highest."""

    def lowered(context, builder, signature, arguments):
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        if config.BOUNDSCHECK:  # numba's own check does not see this access
            for place in (arguments[1], builder.add(arguments[1], ir.Constant(I64, 7))):
                cgutils.do_boundscheck(context, builder, place, cgutils.unpack_tuple(builder, array.shape)[0])
        address = builder.bitcast(builder.gep(array.data, [arguments[1]]), I64.as_pointer())
        loaded = builder.load(address, align=1)
        return builder.bswap(loaded) if sys.byteorder == "little" else loaded

    return types.uint64(data, types.int64), lowered


@intrinsic
def zeros_before(_, x):
    """How many of the 64 bits of `x`, from the highest on, are 0."""

    def lowered(context, builder, signature, arguments):
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), lowered


@inner_kernel
def unsigned(data, at, bits):
    """The number of 1 to 57 bits at bit `at`."""
    return np.int64((word(data, at >> 3) << U(at & 7)) >> U(64 - bits))


@inner_kernel
def signed(data, at, bits):
    """The same with a sign, as two's complement."""
    x = unsigned(data, at, bits)
    return x - ((x >> (bits - 1)) << bits)


@inner_kernel
def unary(data, at, stop):
    """How many bits from `at` on are 0; some number that leads beyond `stop` if there is no 1 before it."""
    count = 0
    while at + count <= stop:
        here = at + count
        more, left = zeros_before(word(data, here >> 3) << U(here & 7)), 64 - (here & 7)
        if more < left:
            return count + more
        count += left
    return count


@inner_kernel
def rice(data, at, stop, parameter, out, first, last):
    """Rice codes from bit `at` on to out[first : last]; returns the bit behind them, or -1.

    The next bits stand in a register, from its highest bit on, and are filled up byte by byte: to find each
    code in memory takes longer than to read it.
    """
    byte, there = (at >> 3) + 7, FILLED - (at & 7)
    bits = word(data, at >> 3) << U(at & 7)
    most, down = FILLED - 1 - parameter, U(63 - parameter)
    for i in range(first, last):
        bits |= word(data, byte) >> U(there)
        byte += (63 - there) >> 3
        there |= FILLED
        quotient = zeros_before(bits)
        if quotient <= most:
            bits <<= U(quotient)
            x = quotient << parameter | np.int64(((bits << U(1)) >> U(1)) >> down)
            bits <<= U(parameter + 1)
            there -= quotient + parameter + 1
        else:  # longer than the register
            here = (byte << 3) - there
            quotient = unary(data, here, stop)
            here += quotient + 1
            if here > stop or quotient >= 1 << (LARGEST - parameter):
                return -1
            x = quotient << parameter
            if parameter:
                x |= unsigned(data, here, parameter)
            here += parameter
            byte, there = (here >> 3) + 7, FILLED - (here & 7)
            bits = word(data, here >> 3) << U(here & 7)
        out[U(i)] = (x >> 1) ^ -(x & 1)
    return (byte << 3) - there
