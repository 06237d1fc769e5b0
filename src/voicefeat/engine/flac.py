"""FLAC: the samples of a stream whose frames all have the right numbers, lengths and checksums.

A stream that is unusual in any way is refused; nothing is repaired, skipped or guessed.

Source: RFC 9639, https://www.rfc-editor.org/rfc/rfc9639.
"""

from __future__ import annotations

import numpy as np

from .flac_bits import U, rice, signed, unary, unsigned, word
from .flac_predictors import fixed, linear
from .jit import inner_kernel, kernel

#: Elements before the samples of a channel: a predictor reads as many.
BEFORE = 32
#: Zeros that have to follow a stream: a damaged one is noticed so many bytes behind its end at the latest.
BEHIND = 512
#: Kinds of subframes; fixed predictors have an order up to 4, linear ones up to 32.
CONSTANT, VERBATIM, FIXED, LINEAR = 0, 1, 8, 32
LEFT_SIDE, SIDE_RIGHT, MID_SIDE = 8, 9, 10
#: Largest Rice parameter: those of 24 bits have less.
MOST_PARAMETER = 25
#: Sampling rates by their code; 0 where it is not one of these.
RATES = np.array(
    [0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000, 0, 0, 0, 0], np.int64
)
#: Codes of bits in a sample, by the number of bytes.
DEPTHS = np.array([0, 1, 4, 6], np.int64)


def _checksums(bits, polynomial, count):
    """The checksums of each byte with 0, 1, ..., count - 1 zero bytes behind it, flat."""
    table = np.arange(256) << bits - 8
    for _ in range(8):
        table = table << 1 & (1 << bits) - 1 ^ (table >> bits - 1) * polynomial
    tables = [table]
    for _ in range(count - 1):
        tables.append(tables[-1] << 8 & (1 << bits) - 1 ^ table[tables[-1] >> bits - 8])
    return np.concatenate(tables).astype(np.uint16)


CRC8 = _checksums(8, 0x07, 1)
CRC16 = _checksums(16, 0x8005, 16)


@inner_kernel
def eight(x, table, at):
    """The checksum of the eight bytes of `x` and `at` / 256 zero bytes behind them."""
    total = table[U(at) + (x & U(255))]
    for k in range(1, 8):
        total ^= table[U(at + 256 * k) + (x >> U(8 * k) & U(255))]
    return total


@inner_kernel
def checksum(data, first, last):
    """CRC-16 of data[first : last], sixteen bytes at a time."""
    value = U(0)
    for at in range(first, last - 15, 16):
        value = U(eight(word(data, at) ^ value << U(48), CRC16, 2048) ^ eight(word(data, at + 8), CRC16, 0))
    for at in range(last - (last - first) % 16, last):
        value = (value << U(8) & U(0xFFFF)) ^ U(CRC16[(value >> U(8)) ^ U(data[at])])
    return value


@inner_kernel
def residual(data, at, stop, order, size, y, first):
    """The residual y[first + order : first + size]; returns the bit behind it, or -1."""
    method, parts = unsigned(data, at, 2), unsigned(data, at + 2, 4)
    length = size >> parts
    if method > 1 or length << parts != size or length < order:
        return -1
    at, width = at + 6, 4 + method
    for part in range(1 << parts):
        parameter = unsigned(data, at, width)
        at += width
        begin, end = first + max(part * length, order), first + (part + 1) * length
        if parameter == (1 << width) - 1:  # not coded
            bits = unsigned(data, at, 5)
            at += 5
            if at + bits * (end - begin) > stop:
                return -1
            for i in range(begin, end):
                y[i] = signed(data, at, bits) if bits else 0
                at += bits
        else:
            at = rice(data, at, stop, parameter, y, begin, end) if parameter <= MOST_PARAMETER else -1
            if at < 0:
                return -1
    return at


@inner_kernel
def subframe(data, at, stop, bits, size, y, first, weights):
    """One channel of a frame, y[first : first + size]; returns the bit behind it, or -1."""
    kind, wasted = unsigned(data, at, 7), unsigned(data, at + 7, 1)
    at += 8
    if wasted:
        wasted += unary(data, at, stop)
        at += wasted
    bits -= wasted
    order = kind - FIXED if kind < LINEAR else kind - LINEAR + 1
    if bits < 1 or at > stop or (kind > VERBATIM and not 0 <= order <= min(32, size)):
        return -1
    if kind < LINEAR and order > 4:
        return -1
    plain = 1 if kind == CONSTANT else size if kind == VERBATIM else order
    if at + plain * bits > stop:
        return -1
    for i in range(first, first + plain):
        y[i] = signed(data, at, bits)
        at += bits
    seen = np.int64(0)
    if kind == CONSTANT:
        for i in range(first + 1, first + size):
            y[i] = y[first]
    elif kind >= LINEAR:
        precision, shift = unsigned(data, at, 4) + 1, signed(data, at + 4, 5)
        at += 9
        if precision > 15 or shift < 0:
            return -1
        weights[:] = 0
        for j in range(order):
            weights[j] = signed(data, at, precision)
            at += precision
        at = residual(data, at, stop, order, size, y, first)
        if at > 0:
            seen = linear(y, first + order, first + size, weights, order, shift)
    elif kind >= FIXED:
        at = residual(data, at, stop, order, size, y, first)
        if at > 0:
            seen = fixed(y, first + order, first + size, order)
    if at > stop or seen >> bits - 1:
        return -1
    if wasted:
        for i in range(first, first + size):
            y[i] <<= wasted
    return at


@inner_kernel
def header(data, at, number, size, rate, channels, depth):
    """The byte behind the header of a frame and its code of channels; -1 if it is not the expected header."""
    first, coding = at, np.int64(data[at + 3]) >> 4
    kind, speed = np.int64(data[at + 2]) >> 4, np.int64(data[at + 2]) & 15
    if data[at] != 0xFF or data[at + 1] != 0xF8 or coding > MID_SIDE:
        return -1, coding
    if channels != (2 if coding >= LEFT_SIDE else coding + 1) or data[at + 3] & 15 not in (0, 2 * depth):
        return -1, coding
    at += 4
    # The number is coded like a character of UTF-8.
    lead, count = (number, 0) if number < 0x80 else (0xC0 | number >> 6, 1)
    if number >= 0x800:
        lead, count = 0xE0 | number >> 12, 2
    if number >= 0x10000 or data[at] != lead:
        return -1, coding
    for k in range(count):
        if data[at + 1 + k] != 0x80 | number >> 6 * (count - 1 - k) & 63:
            return -1, coding
    at += 1 + count
    length = 192 if kind == 1 else 144 << kind if kind < 6 else 1 << kind
    if kind in (6, 7):
        length = unsigned(data, at << 3, 8 * (kind - 5)) + 1
        at += kind - 5
    stated = RATES[speed] if speed else rate
    if speed == 12:
        stated = 1000 * unsigned(data, at << 3, 8)
        at += 1
    elif speed in (13, 14):
        stated = (10 if speed == 14 else 1) * unsigned(data, at << 3, 16)
        at += 2
    check = 0
    for i in range(first, at):
        check = CRC8[check ^ data[i]]
    if not kind or length != size or stated != rate or check != data[at]:
        return -1, coding
    return at + 1, coding


@inner_kernel
def together(y, first, second, size, coding):
    """Left and right in place of one or both of: their mean, their difference."""
    for i in range(size):
        a, b = np.int64(y[U(first + i)]), np.int64(y[U(second + i)])
        if coding == LEFT_SIDE:
            b = a - b
        elif coding == SIDE_RIGHT:
            a += b
        else:
            double = 2 * a | b & 1
            a, b = (double + b) >> 1, (double - b) >> 1
        y[U(first + i)], y[U(second + i)] = a, b


@kernel
def flac_samples(data, at, end, total, block, rate, channels, bits, room, out):
    """All samples of a stream to `out`, float32, the channels of each sample side by side.

    The frames are data[at : end], and `BEHIND` zeros follow; each but the last has `block` samples. `room`
    has channels (BEFORE + block) elements, int32. Returns whether the stream is sound and has `total`
    samples.
    """
    weights, scale, depth = np.zeros(32, np.int64), np.float32(2.0 ** (1 - bits)), DEPTHS[bits // 8]
    number, done, stride = 0, 0, BEFORE + block
    while done < total:
        size, first = min(block, total - done), at
        at, coding = header(data, at, number, size, rate, channels, depth)
        if at < 0:
            return False
        bit = at << 3
        for k in range(channels):
            side = (k == 1 and coding in (LEFT_SIDE, MID_SIDE)) or (k == 0 and coding == SIDE_RIGHT)
            bit = subframe(data, bit, end << 3, bits + side, size, room, BEFORE + k * stride, weights)
            if bit < 0:
                return False
        spare = -bit & 7
        at = (bit + spare >> 3) + 2
        if at > end or (spare and unsigned(data, bit, spare)) or checksum(data, first, at):
            return False
        if coding >= LEFT_SIDE:
            together(room, BEFORE, BEFORE + stride, size, coding)
        for k in range(channels):
            for i in range(size):
                sample = np.float32(room[U(BEFORE + k * stride + i)])
                out[U((done + i) * channels + k)] = sample * scale
        done, number = done + size, number + 1
    return at == end
