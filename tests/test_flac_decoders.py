"""FLAC read by miniaudio, where it is installed: the samples, errors and datasets of soundfile alone."""

import io
import json
import os
import random
import warnings
from collections import Counter

import numpy as np
import pytest
import soundfile
from signals import speech

import voicefeat as vf
from voicefeat.audio.decoding import dr_flac, flac
from voicefeat.corpus.run.extract import extract_corpus

OURS = dr_flac.decoder()
needed = pytest.mark.skipif(OURS is None, reason="miniaudio is not installed (the extra fast-flac)")


def encoded(y, sr=16000, subtype="PCM_16"):
    file = io.BytesIO()
    soundfile.write(file, y, sr, format="FLAC", subtype=subtype)
    return file.getvalue()


def read(path, dtype, decoder, monkeypatch):
    """What `load` returns, or its error, and its warnings; and whether miniaudio read it."""
    asked = []
    real = dr_flac._decoded

    def noted(*arguments):
        y = real(*arguments)
        asked.append(y is not None)
        return y

    monkeypatch.setattr(dr_flac, "decoder", lambda: decoder)
    monkeypatch.setattr(dr_flac, "_decoded", noted)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            y, sr = vf.load(path, sr=None, mono=False, dtype=dtype)
            found = ("samples", sr, y.shape, y.dtype, y.tobytes())
        except Exception as error:
            found = (type(error), str(error))
    monkeypatch.undo()
    return (found, [str(each.message) for each in told if "voicefeat" in str(each.filename)]), any(asked)


def same(path, monkeypatch, dtype="float32"):
    """Compare both decoders; return whether miniaudio read it."""
    alone, _ = read(path, dtype, None, monkeypatch)
    together, used = read(path, dtype, OURS, monkeypatch)
    assert alone == together, path
    return used


@needed
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("channels", [1, 2, 5, 8])
@pytest.mark.parametrize(
    ("subtype", "sr"), [("PCM_S8", 8000), ("PCM_16", 16000), ("PCM_24", 44100), ("PCM_16", 11111)]
)
def test_samples_are_those_of_soundfile(subtype, sr, channels, dtype, tmp_path, monkeypatch):
    y = np.stack([np.roll(speech(16000), 99 * k)[:20000] for k in range(channels)], axis=1)
    y[5000:9000] = 0.25  # a constant, and the extremes
    y[:2] = [[1.0]] * 1 + [[-1.0]] * 1
    for name, part in {"whole": y, "short": y[:50], "one": y[:1], "frames": y[: 4 * 4096]}.items():
        path = tmp_path / f"{name}.flac"
        path.write_bytes(encoded(part, sr, subtype))
        assert same(path, monkeypatch, dtype) or len(part) < 16


@needed
@pytest.mark.slow
def test_all_flac_files_of_the_data(data, monkeypatch):
    files = [*(data / "formats").rglob("*.flac"), *(data / "faults").glob("*.flac")]
    files += [*(data / "golden").rglob("*.flac"), *sorted((data / "minifake").rglob("*.flac"))[:100]]
    assert len(files) > 130
    used = Counter(same(path, monkeypatch) for path in files)
    assert used[True] > 110 and used[False] > 15


@needed
@pytest.mark.slow
def test_damage_is_refused_as_by_soundfile(tmp_path, monkeypatch):
    """Changed, lost and foreign bytes at random places, in the metadata, in frames and between them."""
    draw = random.Random(0)
    contents = [
        encoded(speech(16000)[:12000]),
        encoded(np.stack([speech(16000)[:9000]] * 2, 1), 8000, "PCM_24"),
    ]
    used = Counter()
    for k in range(300):
        content = bytearray(contents[k % 2])
        at, kind = (
            draw.randrange(len(content)),
            draw.choice(["bit", "head", "cut", "zeros", "lost", "more", "tail"]),
        )
        if kind == "bit":
            content[at] ^= 1 << draw.randrange(8)
        elif kind == "head":
            content[draw.randrange(90)] ^= 1 << draw.randrange(8)
        elif kind == "cut":
            del content[at:]
        elif kind == "zeros":
            content[at : at + 99] = bytes(len(content[at : at + 99]))
        elif kind == "lost":
            del content[at : at + 512]
        elif kind == "more":
            content[at:at] = draw.randbytes(draw.choice([1, 700]))
        else:
            content += draw.choice([b"TAG" + bytes(125), bytes(3), draw.randbytes(64)])
        used[same(io.BytesIO(content), monkeypatch)] += 1
    assert used[True] >= 5 and used[False] > 200


def frames_of(content):
    header = dr_flac._header(content)
    begins = dr_flac._frames(content, header)
    ends = [*begins[1:], len(content)]
    return content[: begins[0]], [content[a:b] for a, b in zip(begins, ends, strict=True)]


@needed
def test_frames_out_of_order_or_apart_are_left_to_soundfile(tmp_path, monkeypatch):
    head, frames = frames_of(encoded(speech(16000)[:40000]))
    assert len(frames) > 5
    odd = {
        "swapped": [frames[1], frames[0], *frames[2:]],
        "twice": [*frames[:3], *frames[2:]],
        "one lost": [*frames[:2], *frames[3:]],
        "one for another": [*frames[:2], frames[1], *frames[3:]],
        "bytes between": [*frames[:2], b"\x17\x2a", *frames[2:]],
        "zeros between": [*frames[:2], bytes(2), *frames[2:]],
        "a zero between": [*frames[:4], bytes(1), *frames[4:]],
        "zeros after": [*frames, bytes(20)],
    }
    assert same(io.BytesIO(head + b"".join(frames)), monkeypatch)
    for what, parts in odd.items():
        assert not same(io.BytesIO(head + b"".join(parts)), monkeypatch), what


@needed
def test_a_frame_that_ends_with_zero(monkeypatch):
    """Its last byte is no zero after it."""
    for start in range(0, 40000, 37):
        content = encoded(speech(16000)[start : start + 4000])
        if content.endswith(b"\0"):
            assert same(io.BytesIO(content), monkeypatch) and not same(
                io.BytesIO(content + b"\0"), monkeypatch
            )
            return
    raise AssertionError("no recording ends with zero")


@needed
def test_metadata_of_other_kinds_are_left_to_soundfile(monkeypatch):
    content = encoded(speech(16000)[:9000])
    head = content[:42]  # the mark and the first block
    _, frames = frames_of(content)
    comment = (
        (4).to_bytes(4, "little") + b"made" + (1).to_bytes(4, "little") + (3).to_bytes(4, "little") + b"A=b"
    )
    blocks = {
        (1, bytes(100)): True,  # padding
        (3, bytes(36)): True,  # two points to seek
        (3, bytes(35)): False,
        (4, comment): True,
        (4, comment[:-1]): False,
        (4, comment + b"x"): False,
        (4, comment.replace(b"\3", b"\xff")): False,
        (2, b"appl" + bytes(9)): False,
        (6, bytes(32)): False,  # a picture
        (0, head[8:42]): False,  # the first block once more
        (127, bytes(9)): False,
    }
    for (kind, block), ours in blocks.items():
        first = b"fLaC\0" + head[5:]
        changed = first + bytes([0x80 | kind]) + len(block).to_bytes(3, "big") + block + b"".join(frames)
        assert same(io.BytesIO(changed), monkeypatch) == ours, (kind, block)


@needed
def test_parts_and_large_files_are_left_to_soundfile(tmp_path, monkeypatch):
    path = tmp_path / "a.flac"
    path.write_bytes(encoded(speech(16000)[:30000]))
    y, _ = vf.load(path, sr=None)
    monkeypatch.setattr(dr_flac, "_decoded", None)
    part, _ = vf.load(path, sr=None, offset=0.5, duration=0.5)
    np.testing.assert_array_equal(part, y[8000:16000])
    np.testing.assert_array_equal(vf.load(path, sr=None, duration=0.5)[0], y[:8000])
    monkeypatch.setattr(dr_flac, "LARGEST", path.stat().st_size - 1)
    np.testing.assert_array_equal(vf.load(path, sr=None)[0], y)


def test_a_rest_of_polynomials():
    """Against the division bit by bit."""
    draw = random.Random(0)
    for size in (*range(40), 100, 2047, 2048, 2049, 5000, 30720, 30721, 61441):
        data, rest = draw.randbytes(size), 0
        for byte in data:
            for bit in range(7, -1, -1):
                rest = rest << 1 | byte >> bit & 1
                rest ^= 0x8003 if rest & 0x8000 else 0
        assert flac.residue(data) == rest, size


def test_datasets_do_not_depend_on_the_decoder_and_the_log_names_it(tmp_path, monkeypatch):
    corpus = tmp_path / "in"
    corpus.mkdir()
    for k in range(3):
        (corpus / f"{k}.flac").write_bytes(encoded(speech(16000)[k * 999 :][:16000]))
    soundfile.write(corpus / "a.wav", speech(16000)[:8000], 16000)
    (corpus / "cut.flac").write_bytes(encoded(speech(16000)[:16000])[:9000])
    logs = []
    for name, decoder in {"alone": None, "together": OURS}.items():
        monkeypatch.setattr(dr_flac, "decoder", lambda decoder=decoder: decoder)
        done = extract_corpus(corpus, tmp_path / name, "mfcc", log=tmp_path / f"{name}.jsonl")
        assert (done.recordings, done.failed) == (4, 1)
        logs.append(json.loads((tmp_path / f"{name}.jsonl").read_text().splitlines()[-1])["decoded"])
    for file in os.listdir(tmp_path / "alone"):
        assert (tmp_path / "alone" / file).read_bytes() == (tmp_path / "together" / file).read_bytes(), file
    sndfile = f"libsndfile {soundfile.__libsndfile_version__}"
    assert logs[0] == {sndfile: {".flac": 3, ".wav": 1}}
    if OURS is not None:
        assert logs[1] == {OURS[0]: {".flac": 3}, sndfile: {".wav": 1}}


@needed
def test_files_that_end_soon_behind_their_metadata(tmp_path, monkeypatch):
    whole, path = encoded(speech(8000)), tmp_path / "cut.flac"
    at = whole.index(b"\xff\xf8")
    for more in range(20):
        path.write_bytes(whole[: at + more])
        same(path, monkeypatch)
