"""The kernel that reads FLAC, against streams put together bit by bit, and against soundfile."""

import io
import itertools
import random

import numpy as np
import pytest
import soundfile

from voicefeat.audio.decoding import dr_flac
from voicefeat.corpus.run.flac import flac_reader

BLOCK, RATE = 64, 16000
FIXED = {0: [], 1: [1], 2: [2, -1], 3: [3, -3, 1], 4: [4, -6, 4, -1]}


def bits(number, count):
    """`number` in so many bits, as text; a negative one as two's complement."""
    return format(number & (1 << count) - 1, f"0{count}b") if count else ""


def crc(data, size, polynomial):
    value = 0
    for byte in data:
        value ^= byte << size - 8
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> size - 1 & 1 else 0)
            value &= (1 << size) - 1
    return value.to_bytes(size // 8, "big")


def rice(number, parameter):
    """The Rice code of a number."""
    folded = 2 * number if number >= 0 else -2 * number - 1
    return "0" * (folded >> parameter) + "1" + bits(folded & (1 << parameter) - 1, parameter)


def residual(numbers, order, method, parts, parameter):
    """A residual in 2^parts partitions; every other one is not coded if the parameter is None."""
    text, size = bits(method, 2) + bits(parts, 4), BLOCK >> parts
    for part in range(1 << parts):
        here = numbers[max(0, part * size - order) : (part + 1) * size - order]
        if parameter is None:
            width = max([1, *(int(x).bit_length() + 1 for x in here)]) if any(here) else 0
            text += "1" * (4 + method) + bits(width, 5) + "".join(bits(x, width) for x in here)
        else:
            text += bits(parameter, 4 + method) + "".join(rice(x, parameter) for x in here)
    return text


def subframe(y, depth, *, order=0, weights=None, shift=0, wasted=0, method=0, parts=0, parameter=3):
    """One channel: a fixed predictor, or a linear one if there are weights of 15 bits."""
    y = [int(x) >> wasted for x in y]
    depth -= wasted
    used = FIXED[order] if weights is None else weights
    order = len(used)
    left = [y[i] - (sum(w * y[i - 1 - j] for j, w in enumerate(used)) >> shift) for i in range(order, BLOCK)]
    text = "0" + bits(8 + order if weights is None else 31 + order, 6)
    text += "1" + "0" * (wasted - 1) + "1" if wasted else "0"
    text += "".join(bits(x, depth) for x in y[:order])
    if weights is not None:
        text += bits(14, 4) + bits(shift, 5) + "".join(bits(w, 15) for w in weights)
    return text + residual(left, order, method, parts, parameter)


def frame(number, subframes, *, coding=0, rate=(0, b""), size=(6, b"\x3f"), depth=0):
    head = bytes([0xFF, 0xF8, size[0] << 4 | rate[0], coding << 4 | depth << 1, number]) + size[1] + rate[1]
    text = "".join(subframes)
    text += "0" * (-len(text) % 8)
    whole = head + crc(head, 8, 0x107) + int(text, 2).to_bytes(len(text) // 8, "big")
    return whole + crc(whole, 16, 0x18005)


def stream(frames, channels=1, depth=16):
    fields = RATE << 44 | channels - 1 << 41 | depth - 1 << 36 | BLOCK * len(frames)
    info = BLOCK.to_bytes(2, "big") * 2 + bytes(6) + fields.to_bytes(8, "big") + bytes(16)
    return b"fLaC\x80\x00\x00\x22" + info + b"".join(frames)


def read(content):
    """The samples by the kernel; None if it refuses the stream."""
    return flac_reader().samples(content, dr_flac._header(content), None)


def check(content, y, depth=16):
    """Both read `y`, integers of shape (n, channels)."""
    expected = (np.asarray(y) / 2 ** (depth - 1)).astype(np.float32)
    np.testing.assert_array_equal(
        soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)[0], expected
    )
    np.testing.assert_array_equal(read(content), expected)


def walk(seed, size=BLOCK, step=40):
    return np.random.default_rng(seed).integers(-step, step, size).cumsum()


@pytest.mark.parametrize("order", range(5))
@pytest.mark.parametrize("parameter", [0, 3, 9, None])
def test_fixed_predictors(order, parameter):
    y = walk(order)
    for method, parts in itertools.product((0, 1), (0, 2, 4)):
        each = subframe(y, 16, order=order, method=method, parts=parts, parameter=parameter)
        check(stream([frame(0, [each]), frame(1, [each])]), np.concatenate([y, y])[:, None])


@pytest.mark.parametrize("order", [1, 2, 7, 8, 9, 12, 13, 32])
def test_linear_predictors(order):
    y = walk(order)
    weights = np.random.default_rng(order).integers(-900, 900, order).tolist()
    weights[0] += 1500
    for shift, parameter in ((11, 5), (13, None)):
        each = subframe(y, 16, weights=weights, shift=shift, parameter=parameter)
        check(stream([frame(0, [each])]), y[:, None])


@pytest.mark.parametrize("depth", [8, 16, 24])
def test_large_weights_and_samples(depth):
    """Sums that 32 bits do not hold."""
    top = (1 << depth - 1) - 1
    y = np.where(np.random.default_rng(0).random(BLOCK) < 0.5, top, -top - 1)
    check(
        stream([frame(0, [subframe(y, depth, weights=[1, -1] * 4, parameter=None)])], depth=depth),
        y[:, None],
        depth,
    )
    weights = [16383, -16384] * 6
    each = subframe(y, depth, weights=weights, shift=14, method=1, parameter=depth - 2)
    check(stream([frame(0, [each])], depth=depth), y[:, None], depth)


@pytest.mark.parametrize("coding", [1, 8, 9, 10])
def test_channels(coding):
    left, right = walk(1), walk(2)
    side = left - right
    pairs = {1: (left, right), 8: (left, side), 9: (side, right), 10: (left + right >> 1, side)}
    depths = {1: (16, 16), 8: (16, 17), 9: (17, 16), 10: (16, 17)}
    both = [
        subframe(y, depth, order=1, parameter=6)
        for y, depth in zip(pairs[coding], depths[coding], strict=True)
    ]
    check(stream([frame(0, both, coding=coding)], channels=2), np.stack([left, right], 1))


def test_wasted_bits_and_long_codes():
    y = walk(3) * 8
    check(stream([frame(0, [subframe(y, 16, order=1, wasted=3)])]), y[:, None])
    y = walk(4, step=3)
    y[20:23] += [900, -900, 20000]  # hundreds and thousands of zeros
    check(stream([frame(0, [subframe(y, 16, parameter=0)])]), y[:, None])


def test_headers_of_frames():
    y = walk(5)
    each = [subframe(y, 16, order=1)]
    for rate in ((5, b""), (12, b"\x10"), (13, (16000).to_bytes(2, "big")), (14, (1600).to_bytes(2, "big"))):
        check(stream([frame(0, each, rate=rate)]), y[:, None])
    for size in ((6, b"\x3f"), (7, b"\0\x3f")):
        check(stream([frame(0, each, size=size, depth=4)]), y[:, None])
    refused = {
        "rate": frame(0, each, rate=(4, b"")), "depth": frame(0, each, depth=6), "number": frame(1, each),
        "size": frame(0, each, size=(6, b"\x3e")), "channels": frame(0, each, coding=1),
        "none": frame(0, each, coding=11), "checksum": frame(0, each)[:-1] + b"\0",
        "kind": frame(0, ["0" + bits(13, 6) + "0" + "1" * 99]),
        "order": frame(0, ["0" + bits(12, 6) + "1" * 9 + "0" * 99]),
        "method": frame(0, ["0" + bits(8, 6) + "0" + "10" + "1" * 99]),
        "parts": frame(0, ["0" + bits(8, 6) + "0" + "001111" + "1" * 99]),
        "too large": frame(0, [subframe(y + 40000, 17, order=1)]),
    }  # fmt: skip
    for what, one in refused.items():
        assert read(stream([one])) is None, what


def test_what_is_cut_or_changed_is_refused():
    """Wherever it is cut, and whichever bit is another; bounds checking sees reads beyond the stream."""
    y = walk(6)
    frames = [
        frame(k, [subframe(y, 16, weights=[900, -50] * 4, shift=10, parameter=p)])
        for k, p in enumerate([4, None])
    ]
    content = stream(frames)
    assert read(content) is not None
    for end in range(42, len(content)):
        assert read(content[:end]) is None
        assert read(content[:end] + bytes(40)) is None
    draw = random.Random(0)
    for at in range(8 * 42, 8 * len(content)):
        changed = bytearray(content)
        changed[at // 8] ^= 128 >> at % 8
        assert read(bytes(changed)) is None
        changed[draw.randrange(42, len(content))] ^= draw.randrange(1, 256)
        read(bytes(changed))
