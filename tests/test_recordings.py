"""What is in a recording whatever its header says, and the same samples wherever reading begins."""

import io
import itertools
import os
import socket
import struct
import warnings

import numpy as np
import pytest
import soundfile
from signals import speech

import voicefeat as vf
from voicefeat.audio.decoding import blocks, length, mp3
from voicefeat.audio.decoding.files import Place
from voicefeat.corpus.inputs.sources import Source
from voicefeat.corpus.run.extract import extract_corpus
from voicefeat.corpus.run.pieces import cut

FLOAT32 = np.dtype(np.float32)
CONTAINERS = [("MP3", "MPEG_LAYER_III"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("OGG", "OPUS")]


def encoded(y, sr=16000, **options):
    file = io.BytesIO()
    soundfile.write(file, y, sr, **options)
    return bytearray(file.getvalue())


def samples(content, **options):
    return vf.load(io.BytesIO(content), sr=None, mono=False, **options)[0]


def voice(seconds, shift=0):
    return np.roll(speech(16000), shift)[: round(16000 * seconds)]


#: As FFmpeg decodes them; of two Ogg streams without the 256 samples that it adds at the border.
FAULTS = {
    "mp3_vbr_without_xing.mp3": 310464,
    "mp3_xing_says_0_frames.mp3": 441263,
    "vorbis_two_links.ogg": 64000,
    "flac_total_says_half.flac": 32000,
    "flac_total_unknown.flac": 32000,
    "flac_two_joined.flac": 64000,
    "wav_placeholder_2e9.wav": 24000,
    "mp3_vbr_segments.mp3": 960000,
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.filterwarnings("ignore:.*does not state its length")
def test_all_that_is_there(data, name):
    path = data / "faults" / name
    y, sr = vf.load(path, sr=None)
    assert len(y) == FAULTS[name] and length(path) == (len(y), sr)
    np.testing.assert_array_equal(vf.load(io.BytesIO(path.read_bytes()), sr=None)[0], y)
    np.testing.assert_array_equal(np.concatenate([b for b, _ in blocks(path, 0.37, FLOAT32)])[:, 0], y)
    last = len(y) / sr - 0.5
    np.testing.assert_array_equal(vf.load(path, sr=None, offset=last)[0], y[round(last * sr) :])
    with pytest.raises(vf.AudioError, match="is after its end"):
        vf.load(path, sr=None, offset=last + 1)


@pytest.mark.parametrize(("form", "subtype"), CONTAINERS)
def test_recordings_that_were_joined(form, subtype, tmp_path):
    parts = [encoded(voice(s, 99 * s), format=form, subtype=subtype) for s in (1, 2, 1)]
    parts.insert(1, parts[0])  # the same once more: numbers of frames and streams are found twice
    path = tmp_path / "joined"
    path.write_bytes(b"".join(parts))
    expected = np.concatenate([samples(part) for part in parts])
    assert len(expected) == 16000 * 5
    y, _ = vf.load(path, sr=None)
    np.testing.assert_array_equal(y, expected)
    assert length(path) == (len(y), 16000)
    for first in range(0, 79000, 4321):
        part, _ = vf.load(path, sr=None, offset=first / 16000, duration=0.1)
        np.testing.assert_array_equal(part, y[first : first + 1600])
    tail = b"TAG" + bytes(125)
    np.testing.assert_array_equal(samples(bytes(parts[0]) + tail), samples(parts[0]))


@pytest.mark.parametrize(("form", "subtype"), CONTAINERS)
@pytest.mark.parametrize("channels", [1, 2])
def test_a_second_recording_of_another_kind_is_told(form, subtype, channels, tmp_path):
    second = np.stack([voice(2)] * channels, axis=1)
    content = encoded(voice(1), format=form, subtype=subtype)
    content += encoded(second, 16000 if channels == 2 else 48000, format=form, subtype=subtype)
    seconds = 2 if channels == 2 else 2 / 3
    message = (
        rf"holds 2 recordings .* number 2 has {channels} channels? at .*, {seconds:.6g} s of it would be left"
    )
    with pytest.raises(vf.AudioError, match=message):
        samples(content)
    assert len(samples(content, duration=0.9)) == 14400
    (tmp_path / "two.bin").write_bytes(content)
    done = extract_corpus([tmp_path / "two.bin"], tmp_path / "out", "rms", sr=16000)
    assert done.failed == 1 and "would be left out" in (tmp_path / "out" / "_failures.csv").read_text()


def flac_total(content, total):
    content = content.copy()
    content[21] = content[21] & 0xF0 | total >> 32
    content[22:26] = (total & 0xFFFFFFFF).to_bytes(4, "big")
    return content


@pytest.mark.parametrize("total", [0, 1, 8000, 47999, 2**36 - 1])
@pytest.mark.filterwarnings("ignore:.*does not state its length")
def test_a_flac_total_that_is_wrong(total):
    content = encoded(speech(16000), format="FLAC")
    whole = samples(content)
    np.testing.assert_array_equal(samples(flac_total(content, total)), whole)
    tail = bytes(flac_total(content, total)) + b"TAG" + bytes(125)
    np.testing.assert_array_equal(samples(tail, offset=2.0), whole[32000:])
    with pytest.raises(vf.AudioError, match=r"ends early|cannot be decoded"):
        samples(flac_total(content, 60000))


def patched(form, name, sizes, order=">", places=(4,), width="I"):
    """(label, content) of PCM with other sizes in the chunk `name`, from its beginning on."""
    content = encoded(voice(0.5), format=form, subtype="PCM_16")
    for size in sizes:
        changed = content.copy()
        at = content.find(name)
        for place in places:
            changed[at + place : at + place + struct.calcsize(width)] = struct.pack(order + width, size)
        yield pytest.param(changed, size, id=f"{form}-{size}")


PLACEHOLDERS = [0, 2_000_000_000, 0x7FFF0000, 0x7FFFF000, 0x7FFFFFDB, 0x80000000, 0xFFFFFFDB, 0xFFFFFFFF]
SIZES = [
    *patched("WAV", b"data", [*PLACEHOLDERS, 2000, 15998], "<"),
    *patched("WAVEX", b"data", [*PLACEHOLDERS, 2000], "<"),
    *patched("RF64", b"ds64", [0, 2000, 2**40, 2**63 - 1], "<", (16,), "Q"),
    *patched("AU", b".snd", [*PLACEHOLDERS, 2000], ">", (8,)),
    *patched("AIFF", b"SSND", [0, 0x7FFF0000, 0xFFFFFFFF, 2008]),
    *patched("AIFF", b"COMM", [0, 1000, 0xFFFFFFFF], ">", (10,)),
    *patched("CAF", b"data", [-1, 2004], ">", (4,), "q"),
]


@pytest.mark.parametrize(("content", "size"), SIZES)
def test_sizes_that_are_no_promise(content, size, tmp_path):
    path = tmp_path / "odd"
    path.write_bytes(content)
    expected = samples(encoded(voice(0.5), format="WAV", subtype="PCM_16"))
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        y, _ = vf.load(path, sr=None)
    np.testing.assert_array_equal(y, expected)
    if bytes(content[:4]) in (b"RIFF", b"RF64"):  # told once, at the caller's line, if it says no length
        told = ["does not state its length"] if size in PLACEHOLDERS or size > 1e9 else []
        assert [str(w.message).split("header ")[1].split(";")[0] for w in heard] == told
        assert all(w.filename == __file__ for w in heard)
    with warnings.catch_warnings():  # a part that is there needs no word
        warnings.simplefilter("error")
        np.testing.assert_array_equal(vf.load(path, sr=None, offset=0.01, duration=0.02)[0], y[160:480])


def test_what_follows_the_samples_is_none_of_them():
    content = encoded(voice(0.5), format="WAV")
    expected = samples(content)
    list_chunk = b"LIST" + struct.pack("<I", 4) + b"INFO"
    for tail in (list_chunk, list_chunk + b"odd", b"ID3\4" + bytes(60), b"TAG" + bytes(125), bytes(468)):
        np.testing.assert_array_equal(samples(bytes(content) + tail), expected)


def riff_chunk(name, size, body, pad=b""):
    return name + struct.pack("<I", size) + body + pad


#: What follows the samples, and how much of it a warning tells of: what is known to be none needs no word.
TAILS = {
    "zeros": (bytes(2), 0),
    "a few zeros": (bytes(4), 0),
    "many zeros": (bytes(5000), 0),
    "too many zeros": (bytes(40_000), 40_000),
    "a line's end": (b"\r\n", 2),
    "text": (b"<!-- served by x -->\n" * 5, 105),
    "noise": (np.random.default_rng(0).bytes(300), 300),
}
CHUNKS = {
    "list then zeros": riff_chunk(b"LIST", 4, b"INFO") + bytes(20),
    "odd list without its pad": riff_chunk(b"LIST", 15, b"INFOISFT\3\0\0\0abc")
    + riff_chunk(b"id3 ", 4, b"ID3\3"),
    "odd chunk without its pad": riff_chunk(b"abcd", 33, b"x" * 33) + riff_chunk(b"LIST", 4, b"INFO"),
    "name that is no text": riff_chunk(b"\0abc", 400, b"x" * 400),
    "chunk that was cut": riff_chunk(b"wxyz", 400, b"x" * 300),
}


def loaded(content):
    """The samples, and what was said on the way."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        return samples(content), [str(one.message) for one in heard]


@pytest.mark.parametrize("form", ["WAV", "WAVEX", "RF64", "AU", "AIFF", "CAF"])
@pytest.mark.parametrize("tail", TAILS)
def test_a_length_that_is_plausible_stands(form, tail):
    content = bytes(encoded(voice(3), format=form, subtype="PCM_16"))
    tail, left = TAILS[tail]
    y, heard = loaded(content + tail)
    np.testing.assert_array_equal(y, samples(content))
    assert len(heard) == bool(left)
    assert not left or f"{left:,} bytes after the samples that its header states were left out" in heard[0]


@pytest.mark.parametrize("tail", CHUNKS)
def test_chunks_that_others_write_are_no_samples(tail):
    content = encoded(voice(0.5), format="WAV", subtype="PCM_16")
    rest = CHUNKS[tail]
    size = len(content) - 8 + len(rest) + 100 * (tail == "chunk that was cut")
    y, heard = loaded(content[:4] + struct.pack("<I", size) + content[8:] + rest)
    np.testing.assert_array_equal(y, samples(content))
    assert not heard


def test_a_header_that_was_not_finished_is_read_beyond():
    whole = encoded(voice(3), format="WAV", subtype="PCM_16")
    at = whole.find(b"data")
    for outer in (0, 0xFFFFFFFF, 1000):
        content = whole[:4] + struct.pack("<I", outer) + whole[8:]
        content[at + 4 : at + 8] = struct.pack("<I", 95_000)
        np.testing.assert_array_equal(samples(content), samples(whole))


def test_a_sphere_file_that_ends_early():
    content = encoded(voice(0.5), format="NIST", subtype="PCM_16")
    with pytest.raises(vf.AudioError, match="ends early, after 3488 of the 8000 samples"):
        samples(content[:8000])
    np.testing.assert_array_equal(samples(content.replace(b"-i 8000", b"-i 4000")), samples(content))


def without_xing(sr):
    """MP3 whose first block is sound."""
    content = bytes(encoded(np.tile(voice(3), 3), sr, format="MP3"))
    return content[mp3.first_block(Place(io.BytesIO(content))).header.size :]


NOISE = np.random.default_rng(0).bytes(3000)
DAMAGES = {
    "foreign bytes": (NOISE[:200], 0),
    "bytes that are missing": (b"", 700),
    "zeros": (bytes(3000), 0),
    "noise": (NOISE, 0),
    "a chance header": (b"\xff\xfb\x90\x64" + NOISE[:500], 0),
}


@pytest.mark.parametrize("sr", [16000, 48000])
@pytest.mark.parametrize("damage", DAMAGES)
def test_an_mp3_is_read_behind_a_fault(damage, sr, tmp_path):
    content = without_xing(sr)
    whole, half = samples(content), len(content) // 2
    inserted, left_out = DAMAGES[damage]
    path = tmp_path / "voice.mp3"
    path.write_bytes(content[:half] + inserted + content[half + left_out :])
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        y, _ = vf.load(path, sr=None)
    assert len(heard) == 1 and "bytes among its blocks, from byte" in str(heard[0].message)
    assert len(whole) - 5 * 1152 <= len(y) < len(whole) + 1152
    np.testing.assert_allclose(y[-40_000:], whole[-40_000:], atol=1e-4)
    np.testing.assert_allclose(y[:40_000], whole[:40_000], atol=1e-4)
    assert length(path) == (len(y), sr)
    for first in range(1000, len(y) - 3000, 9973):
        part, _ = vf.load(path, sr=None, offset=first / sr, duration=2000 / sr)
        np.testing.assert_array_equal(part, y[first : first + 2000])


def test_a_cut_mp3_before_a_whole_one():
    content = without_xing(48000)
    with pytest.warns(UserWarning, match="bytes among its blocks"):
        y = samples(content[: len(content) // 2] + content)
    np.testing.assert_allclose(y[-140_000:], samples(content)[-140_000:], atol=1e-4)


def test_an_mp3_of_too_many_faults_is_refused():
    content = without_xing(48000) * 3
    pieces = [content[k : k + 500] for k in range(0, len(content), 500)]
    with pytest.raises(vf.AudioError, match=r"ends early|cannot be decoded"):
        samples(bytes(3000).join(pieces))


@pytest.mark.parametrize("tagged", [True, False])
@pytest.mark.parametrize("before", [NOISE[:2000], b"\xff\xfb\x90\x64" + NOISE[:2000], bytes(2000)])
def test_an_mp3_behind_other_bytes(before, tagged, tmp_path):
    content = bytes(encoded(np.tile(voice(3), 3), 48000, format="MP3")) if tagged else without_xing(48000)
    whole = samples(content)
    for path in (tmp_path / "voice.mp3", tmp_path / "voice"):
        path.write_bytes(before + content)
        y, sr = vf.load(path, sr=None)
        np.testing.assert_array_equal(y, whole)
        for first in range(0, len(y) - 2000, 9973):
            part, _ = vf.load(path, sr=None, offset=first / sr, duration=2000 / sr)
            np.testing.assert_array_equal(part, y[first : first + 2000])
    y, heard = loaded(before + content)
    np.testing.assert_array_equal(y, whole)
    assert len(heard) == (not tagged and any(before))


def test_a_tag_that_no_block_follows():
    content = encoded(np.tile(voice(3), 3), 48000, format="MP3")
    whole = samples(content)
    content[300:1000] = bytes(700)
    y, heard = loaded(content)
    assert len(y) > len(whole) - 4 * 1152 and "bytes among its blocks" in heard[0]
    np.testing.assert_array_equal(y, loaded(content[1000:])[0])


SEEKING = [
    (form, subtype)
    for form in sorted(soundfile.available_formats())
    for subtype in sorted(soundfile.available_subtypes(form))
    if form not in ("RAW", "SD2")
]


@pytest.mark.parametrize(("form", "subtype"), SEEKING)
def test_after_a_seek_it_is_the_same(form, subtype, tmp_path):
    y = np.tile(speech(16000), 3)
    y = (y + 1e-3 * np.random.default_rng(0).standard_normal(len(y))).astype(np.float32)
    path = tmp_path / "voice"
    try:
        soundfile.write(path, y, 8000 if subtype == "GSM610" else 16000, format=form, subtype=subtype)
        whole, sr = vf.load(path, sr=None)
    except (soundfile.SoundFileError, vf.AudioError):
        pytest.skip("libsndfile does not write it, or not so that it can be read")
    assert len(whole) >= len(y)
    last = [len(whole) - k for k in (5000, 2500, 1100)]  # within the last page of Ogg
    for first in (1, 1151, 9001, 20000, 64000, 100001, 131073, *last):
        part, _ = vf.load(path, sr=None, offset=first / sr, duration=1000 / sr)
        np.testing.assert_array_equal(part, whole[first : first + 1000])


def pages_of(content):
    """(where, position) of every page of an Ogg file."""
    at, found = 0, []
    while at < len(content):
        found.append((at, struct.unpack("<q", content[at + 6 : at + 14])[0]))
        at += 27 + content[at + 26] + sum(content[at + 27 : at + 27 + content[at + 26]])
    return found


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
class TestEndsOfOgg:
    @pytest.mark.parametrize("seconds", [9.3, 11.77])
    def test_parts_within_the_last_pages(self, subtype, seconds, tmp_path):
        y = np.tile(speech(16000), 4)[: round(16000 * seconds)]
        content = encoded(y, format="OGG", subtype=subtype)
        (tmp_path / "one").write_bytes(content)
        (tmp_path / "three").write_bytes(content * 3)
        for name in ("one", "three"):
            whole, _ = vf.load(tmp_path / name, sr=None)
            for end in range(len(y), len(whole) + 1, len(y)):
                for first in range(end - 40000, end, 1777):
                    part, _ = vf.load(tmp_path / name, sr=None, offset=first / 16000, duration=0.05)
                    np.testing.assert_array_equal(part, whole[first : first + 800])
            for k in range(3):
                piece = cut(Source("id", str(tmp_path / name)), k, None, "mean", seconds / 3)
                size = round(16000 * seconds / 3)
                np.testing.assert_array_equal(piece.y, whole[size * k : size * k + piece.y.size])

    def test_a_last_page_that_is_cut(self, subtype):
        content = encoded(np.tile(speech(16000), 3), format="OGG", subtype=subtype)
        whole, pages = samples(content), pages_of(content)
        (at, _), (after, _) = pages[-3:-1]
        for stop in (at + 1, at + 20, at + 26, at + 30, (at + after) // 2, after - 1):
            for tail in (b"", content)[: 1 + (stop > at + 5)]:  # also where another recording follows
                with pytest.raises(vf.AudioError, match=r"ends early, .* pass duration=[\d.]+ to use those"):
                    samples(content[:stop] + tail)
            with pytest.raises(vf.AudioError, match="ends early"):
                list(blocks(io.BytesIO(content[:stop]), 1.0, FLOAT32))
        with pytest.raises(vf.AudioError) as told:
            samples(content[: after - 1])
        usable = float(str(told.value).split("duration=")[1].split()[0])
        part = samples(content[: after - 1], duration=usable)
        np.testing.assert_array_equal(part, whole[: len(part)])
        np.testing.assert_array_equal(samples(content[: after - 1], offset=1, duration=1), whole[16000:32000])
        with pytest.raises(vf.AudioError, match="ends early"):
            samples(content[: after - 1], offset=1)

    def test_no_last_page(self, subtype):
        content = encoded(np.tile(speech(16000), 3), format="OGG", subtype=subtype)
        stop = pages_of(content)[-1][0]
        with pytest.warns(UserWarning, match="has no end-of-stream mark, so it may have been cut") as heard:
            y = samples(content[:stop])
        assert len(heard) == 1
        np.testing.assert_array_equal(y, samples(content)[: len(y)])
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # nothing is said of a part, nor of a file that is whole
            assert len(samples(content[:stop], offset=1, duration=1)) == 16000
            samples(bytes(content) + b"TAG" + bytes(125))


def test_opus_that_was_cut_out_of_a_longer_one():
    """Its pages count from another place on, which is as FFmpeg leaves it."""
    content = encoded(np.tile(speech(16000), 4), format="OGG", subtype="OPUS")
    moved = bytearray(content[: pages_of(content)[2][0]])
    pages = [*pages_of(content), (len(content), 0)]
    for (at, position), (stop, _) in itertools.pairwise(pages[2:]):
        page = content[at:stop]
        page[6:14] = struct.pack("<q", position + 960)
        page[22:26] = bytes(4)
        page[22:26] = struct.pack("<I", ogg_sum(page))
        moved += page
    whole = samples(moved)
    for first in (1000, 100001, 150001, len(whole) - 1000):
        np.testing.assert_array_equal(samples(moved, offset=first / 16000), whole[first:])


def ogg_sum(page):
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 1 << 31 else 0)) & 0xFFFFFFFF
    return value


@pytest.mark.parametrize(
    "name", ["mp3_vbr_segments.mp3", "mp3_vbr_without_xing.mp3", "mp3_xing_says_0_frames.mp3"]
)
def test_segments_of_an_mp3(data, name):
    path = data / "faults" / name
    whole, sr = vf.load(path, sr=None)
    for k in range(int(len(whole) / sr / 0.27) - 2):
        first = round(k * 0.27 * sr)
        piece = cut(Source("id", str(path), k * 0.27, k * 0.27 + 0.5), 0, None, "mean", 600.0)
        np.testing.assert_array_equal(piece.y, whole[first : first + piece.y.size])
        assert piece.y.size == round((k * 0.27 + 0.5) * sr) - first
    for k in range(4):
        piece = cut(Source("id", str(path)), k, None, "mean", 2.0)
        np.testing.assert_array_equal(piece.y, whole[2 * sr * k : 2 * sr * (k + 1)])


def test_a_time_becomes_a_sample_by_rounding(tmp_path):
    path = tmp_path / "voice.wav"
    soundfile.write(path, np.tile(speech(16000), 11), 16000)
    whole, _ = vf.load(path, sr=None)
    for k in range(280):
        start, end = k / 10, (k + 10) / 10
        piece = cut(Source("id", str(path), start, end), 0, None, "mean", 600.0)
        assert piece.y.size == 16000
        np.testing.assert_array_equal(piece.y, whole[1600 * k : 1600 * k + 16000])
    assert len(vf.load(path, sr=None, duration=1.001)[0]) == 16016
    np.testing.assert_array_equal(vf.load(path, sr=None, offset=1.001, duration=1.001)[0], whole[16016:32032])


class TestWhatIsNoFile:
    def test_pipes_and_devices_are_refused(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.wav")
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(str(tmp_path / "socket"))
            for path in (tmp_path / "pipe.wav", tmp_path / "socket", "/dev/zero"):
                with pytest.raises(vf.AudioError, match="is a pipe or a device"):
                    vf.load(path)

    def test_names_that_are_no_text(self, tmp_path):
        name = os.fsencode(tmp_path) + b"/n\xe9\xff.flac"
        with open(name, "wb") as file:
            file.write(encoded(voice(0.5), format="FLAC"))
        for path in (name, os.fsdecode(name)):
            assert len(vf.load(path, sr=None)[0]) == 8000
        with pytest.raises(vf.AudioError, match=r"x\\xff: there is no such file"):
            vf.load(str(tmp_path / "x\udcff"))
        for path in ("half\ud800", "null\0byte"):
            with pytest.raises(vf.ParameterError, match="cannot be the name of a file"):
                vf.load(path)

    def test_streams_that_cannot_be_gone_back_in(self, tmp_path):
        closed = io.BytesIO(encoded(voice(0.5), format="WAV"))
        closed.close()
        read, write = os.pipe()
        os.close(write)
        with open(read, "rb") as pipe, open(__file__) as text:
            for path in (closed, pipe, text):
                with pytest.raises(vf.ParameterError, match=r"^path=.*io\.BytesIO with its content"):
                    vf.load(path)


class TestOpenFiles:
    @pytest.mark.parametrize("form", ["FLAC", "WAV", "MP3"])
    def test_a_sound_file_goes_on_from_where_it_stands(self, form, tmp_path):
        path = tmp_path / "voice"
        path.write_bytes(encoded(voice(2), format=form))
        whole, _ = vf.load(path, sr=None)
        for given in (path, io.BytesIO(path.read_bytes())):
            with soundfile.SoundFile(given) as file:
                for first in (0, 8000):
                    part, sr = vf.load(file, sr=None, duration=0.5)
                    np.testing.assert_array_equal(part, whole[first : first + 8000])
                assert (sr, file.tell()) == (16000, 16000)
                np.testing.assert_array_equal(vf.load(file, sr=None, offset=0.25)[0], whole[4000:])
            with pytest.raises(vf.ParameterError, match="is closed"):
                vf.load(file)

    @pytest.mark.parametrize(
        "name", ["flac_two_joined.flac", "mp3_vbr_without_xing.mp3", "vorbis_two_links.ogg", "wav"]
    )
    def test_a_sound_file_comes_to_its_end(self, name, data, tmp_path):
        path = data / "faults" / name
        if name == "wav":
            path = tmp_path / name
            path.write_bytes(encoded(voice(2), format="WAV"))
        whole, sr = vf.load(path, sr=None)
        for given in (path, io.BytesIO(path.read_bytes())):
            with soundfile.SoundFile(given) as file:
                taken = 0
                while taken < len(whole):
                    part, _ = vf.load(file, sr=None, duration=1.3)
                    np.testing.assert_array_equal(part, whole[taken : taken + round(1.3 * sr)])
                    taken += len(part)
                for _ in range(2):
                    with pytest.raises(vf.AudioError, match="is at its end"):
                        vf.load(file, sr=None)
                with pytest.raises(vf.AudioError, match=r"offset=.* is after its end"):
                    vf.load(file, sr=None, offset=len(whole) / sr)
                file.seek(0)
                np.testing.assert_array_equal(vf.load(file, sr=None)[0], whole)

    @pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
    def test_a_sound_file_reads_on_by_itself(self, subtype, tmp_path):
        path = tmp_path / "voice.ogg"
        soundfile.write(path, np.tile(speech(16000), 3)[:130000], 16000, format="OGG", subtype=subtype)
        whole, _ = vf.load(path, sr=None)
        for given in (path, io.BytesIO(path.read_bytes())):
            with soundfile.SoundFile(given) as file:
                for first in (1000, 50000, 125000, 129000):
                    file.seek(0)
                    vf.load(file, sr=None, duration=first / 16000)
                    for k in (first, first + 300):
                        np.testing.assert_array_equal(file.read(300, dtype="float32"), whole[k : k + 300])

    def test_a_file_may_stand_anywhere(self, tmp_path):
        content = encoded(voice(1), format="WAV")
        for place in (0, 10, 44, 1000, len(content)):
            file = io.BytesIO(content)
            file.seek(place)
            assert len(vf.load(file, sr=None)[0]) == 16000 and file.tell() == place

    def test_raw_samples(self, tmp_path):
        path = tmp_path / "x.raw"
        np.arange(100, dtype=np.int16).tofile(path)
        with soundfile.SoundFile(path, samplerate=8000, channels=1, subtype="PCM_16", format="RAW") as file:
            y, sr = vf.load(file, sr=None, offset=0.0025)
        assert sr == 8000
        np.testing.assert_array_equal(y, np.arange(20, 100) / 2**15)


@pytest.mark.slow
def test_a_small_file_that_promises_much(tmp_path):
    path = tmp_path / "big.flac"
    with soundfile.SoundFile(path, "w", 655350, 8, "PCM_16", format="FLAC") as file:
        for _ in range(30):
            file.write(np.zeros((655350, 8), np.int16))
    with pytest.raises(vf.AudioError, match=r"would give 600 MiB of samples from .* at most 512 MiB"):
        vf.load(path, sr=None)
    unknown = tmp_path / "unknown.flac"
    unknown.write_bytes(flac_total(bytearray(path.read_bytes()), 0))
    with pytest.raises(vf.AudioError, match="at most 512 MiB"):
        vf.load(unknown, sr=None)
    assert vf.load(path, sr=None, offset=20.0, duration=0.5, mono=False)[0].shape == (8, 327675)
    slow = tmp_path / "slow.wav"
    soundfile.write(slow, voice(1), 1)
    with pytest.raises(
        vf.AudioError, match="its rate, 1 Hz, and sr=22050 differ by more than a factor of 1000"
    ):
        vf.load(slow)
    soundfile.write(slow, np.tile(voice(1), 40), 23)
    with pytest.raises(vf.AudioError, match=r"would give .* MiB"):
        vf.load(slow)


class TestResampling:
    @pytest.mark.parametrize(("orig_sr", "target_sr"), [
        (44100, 48000), (48000, 44100), (16000, 22050), (11025, 16000), (8000, 7999.9), (44100.5, 8000),
    ])  # fmt: skip
    def test_as_many_samples_as_the_rates_say(self, orig_sr, target_sr):
        from fractions import Fraction

        ratio = Fraction(target_sr) / Fraction(orig_sr)
        for n in (1, 147, 441, 4410, 44100, 12345):
            y = np.ones(n, np.float32)
            got = vf.resample(y, orig_sr=orig_sr, target_sr=target_sr, res_type="soxr_qq")
            assert len(got) == -(-n * ratio.numerator // ratio.denominator)

    def test_no_sample_is_appended(self):
        y = vf.resample(np.ones(44100, np.float32), orig_sr=44100, target_sr=48000)
        assert len(y) == 48000 and y[-1] > 0.5

    @pytest.mark.parametrize("res_type", [None, "soxr_vhq", "soxr_hq", "soxr_mq", "soxr_lq", "soxr_qq",
                                          "fft", "scipy", "polyphase"])  # fmt: skip
    @pytest.mark.parametrize("axis", [0, 1, 2, 3, -1, -2])
    def test_more_dimensions(self, res_type, axis):
        y = np.random.default_rng(0).standard_normal((7, 3, 5, 20))
        y = y.astype(np.float32)
        options = {"orig_sr": 16000, "target_sr": 11025, "res_type": res_type}
        got = vf.resample(y, axis=axis, **options)
        assert got.dtype == y.dtype
        lines = np.moveaxis(y, axis, -1)
        for place in ((0, 0, 0), (2, 1, 2), (1, -1, -1)):
            one = vf.resample(np.ascontiguousarray(lines[place]), **options)
            np.testing.assert_array_equal(np.moveaxis(got, axis, -1)[place], one)

    @pytest.mark.parametrize(("options", "message"), [
        ({"orig_sr": 1e9, "target_sr": 1e-3}, r"target_sr=0.001: differs from .*1e\+09 by more than a "
                                              r"factor of 1000"),
        ({"orig_sr": 1e-300, "target_sr": 1e300}, "orig_sr=1e-300: is not a sampling rate"),
        ({"orig_sr": 10**9, "target_sr": 10**9 - 1, "res_type": "polyphase"}, "1,000,000 phases"),
    ])  # fmt: skip
    def test_extreme_rates(self, options, message):
        with pytest.raises(vf.ParameterError, match=message):
            vf.resample(np.ones(1000), **options)
