"""Samples from a pipe: raw ones, and WAV with headers as programs write them into pipes, or odd ones."""

import io
import os
import struct
import threading

import numpy as np
import pytest
import soundfile

import voicefeat as vf
from voicefeat.audio.live import live

RATE = 16000


def noise(n=5000, channels=1):
    rng = np.random.default_rng(4)
    return rng.uniform(-1, 1, (n, channels)).astype(np.float32)


def wav(subtype, channels=1, form="WAV", y=None):
    """A WAV as libsndfile writes it."""
    file = io.BytesIO()
    soundfile.write(file, noise(channels=channels) if y is None else y, RATE, subtype, format=form)
    return file.getvalue()


def riff(*chunks, form=b"RIFF"):
    """A WAV of chunks (name, size in its header, bytes)."""
    body = b"".join(name + struct.pack("<I", size) + data for name, size, data in chunks)
    return form + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def fmt(number=1, channels=1, rate=RATE, bits=16, width=None):
    width = channels * bits // 8 if width is None else width
    return (b"fmt ", 16, struct.pack("<HHIIHH", number, channels, rate, rate * width, width, bits))


def heard(data, raw_rate=RATE):
    """All samples, their rate and number of channels."""
    coming = live(io.BytesIO(data), raw_rate)
    blocks = list(coming.blocks)
    assert all(block.dtype == np.float32 and block.shape[1] == coming.channels for block in blocks)
    assert all(0 < len(block) <= max(coming.rate // 10, 1) for block in blocks)
    return np.concatenate([np.empty((0, coming.channels), np.float32), *blocks]), coming.rate


class Trickle(io.RawIOBase):
    """A file that gives a few bytes at a time, as a pipe may."""

    def __init__(self, data, sizes):
        self.data, self.sizes, self.reads = io.BytesIO(data), sizes, 0

    def read(self, most=-1):
        self.reads += 1
        return self.data.read(min(most, self.sizes[self.reads % len(self.sizes)]))


@pytest.mark.parametrize("form", ["WAV", "WAVEX", "RF64"])
@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_the_samples_of_libsndfile(form, subtype, channels):
    data = wav(subtype, channels, form)
    y, rate = heard(data)
    want, _ = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    assert rate == RATE
    np.testing.assert_array_equal(y, want)


def test_raw_samples():
    pcm = (32767 * noise()).astype("<i2")
    y, rate = heard(pcm.tobytes(), 8000)
    assert rate == 8000
    np.testing.assert_array_equal(y, pcm.astype(np.float32) / 32768)


@pytest.mark.parametrize("sizes", [(1,), (3, 1, 2), (5, 44, 1), (7, 4096)])
def test_bytes_come_as_they_like(sizes):
    for data in (wav("PCM_24", 2), wav("PCM_16"), noise().astype("<i2").tobytes()):
        coming = live(Trickle(data, sizes), RATE)
        np.testing.assert_array_equal(np.concatenate(list(coming.blocks)), heard(data)[0])


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFF000, 0x80000000, 0xFFFFFFFF - 36])
def test_the_length_of_a_pipe_is_not_known(size):
    """ffmpeg, SoX, arecord: a size that cannot be; what comes is taken up to the end."""
    pcm = (32767 * noise()).astype("<i2").tobytes()
    odd = (b"LIST", 5, b"INFOx\0"), (b"fact", 4, bytes(4))
    y, _ = heard(riff(fmt(), *odd, (b"data", size, pcm)))
    np.testing.assert_array_equal(y, heard(pcm)[0])


def test_what_follows_the_samples_is_no_sample():
    pcm = (32767 * noise(1000)).astype("<i2").tobytes()
    for after in (b"", b"LIST\4\0\0\0abcd", b"id3 \2\0\0\0ab", bytes(100)):
        y, _ = heard(riff(fmt(), (b"data", len(pcm), pcm + after)))
        assert y.shape == (1000, 1), after
    odd = b"\1\2\3"
    y, _ = heard(riff(fmt(bits=8), (b"data", 3, odd + b"\0LIST\0\0\0\0")))
    assert y.shape == (3, 1)


def test_more_samples_than_the_header_says():
    """All samples of a file are read or an error says that they are not."""
    pcm = (32767 * noise(1000)).astype("<i2").tobytes()
    with pytest.raises(vf.AudioError, match=r"has more data after the samples"):
        heard(riff(fmt(), (b"data", len(pcm) // 2, pcm)))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (riff(fmt(), (b"data", 4000, bytes(3000))), r"after 3,000 of the 4,000 bytes"),
        (riff(fmt(), (b"data", 0, bytes(3001))), r"within a sample, 1 of 2 bytes"),
        (bytes(3), r"within a sample, 1 of 2 bytes"),
        (
            riff(fmt(number=17, bits=4, width=0), (b"data", 0, b"")),
            r"format 17, 4 bits, 1 channels, 16000 Hz",
        ),
        (riff(fmt(channels=0), (b"data", 0, b"")), "0 channels"),
        (riff(fmt(rate=0), (b"data", 0, b"")), "0 Hz"),
        (riff(fmt(bits=20), (b"data", 0, b"")), "20 bits"),
        (riff(fmt(width=7), (b"data", 0, b"")), "16 bits"),
        (riff((b"fmt ", 4, bytes(4)), (b"data", 0, b"")), "format 0"),
        (riff((b"data", 4, bytes(4))), "cut off or damaged"),
        (riff(fmt()), "cut off or damaged"),
        (riff(fmt())[:20], "cut off or damaged"),
        (riff(fmt(), (b"LIST", 1 << 30, bytes(100))), "cut off or damaged"),
        (riff(fmt(), form=b"RIFF").replace(b"WAVE", b"AVI "), "not WAV"),
        (riff(fmt(), form=b"RIFX"), "big-endian WAV"),
        (b"fLaC" + bytes(100), "is FLAC; give the path"),
        (b"OggS" + bytes(100), "is Ogg"),
        (b"ID3\4" + bytes(100), "is MP3"),
        (b"FORM" + bytes(100), "is AIFF"),
    ],
)
def test_refused(data, told):
    with pytest.raises(vf.AudioError, match=f"^standard input: .*{told}"):
        heard(data)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_samples_that_are_not_finite(bad):
    y = noise(2000)[:, 0].astype(np.float64)
    y[1700] = bad
    with pytest.raises(vf.AudioError, match="not finite"):
        heard(wav("DOUBLE", y=y))


def test_nothing():
    assert heard(b"")[0].shape == (0, 1)
    assert heard(riff(fmt(), (b"data", 0, b"")))[0].shape == (0, 1)


def test_a_bad_rate():
    with pytest.raises(vf.ParameterError, match="rate=0"):
        live(io.BytesIO(b""), 0)


def test_a_block_is_what_is_there():
    """A few samples in a pipe are given while it is open; nobody waits for a tenth of a second."""
    near, far = os.pipe()
    with open(near, "rb") as file, open(far, "wb", buffering=0) as out:
        out.write(bytes(200))
        coming = live(file, RATE)
        assert len(next(coming.blocks)) == 100
        out.write(bytes(2))
        assert len(next(coming.blocks)) == 1
        waiting = threading.Thread(target=lambda: out.write(bytes(6400)))
        waiting.start()
        assert len(next(coming.blocks)) <= 1600
        waiting.join()
