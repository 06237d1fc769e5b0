"""Reading recordings, against librosa; what becomes of bad and odd files."""

import csv
import io
import pickle
import warnings

import librosa
import numpy as np
import pytest
import soundfile
from closeness import near
from signals import speech

import voicefeat as vf


def wav(y, sr=16000, **options):
    """A recording in memory, as bytes; `y` is (n,) or (n, channels)."""
    file = io.BytesIO()
    soundfile.write(file, y, sr, **{"format": "WAV", **options})
    return file.getvalue()


@pytest.mark.parametrize("channels", [1, 2, 9])
@pytest.mark.parametrize("mono", [True, False])
@pytest.mark.parametrize("sr", [None, 22050, 8000, 16000])
def test_librosa(tmp_path, channels, mono, sr):
    y = np.stack([np.roll(speech(16000, 0.5), 99 * c) for c in range(channels)], axis=-1)
    path = tmp_path / "speech.wav"
    path.write_bytes(wav(y))
    for dtype in (np.float32, np.float64):
        for part in ({}, {"offset": 0.1}, {"duration": 0.2}, {"offset": 0.3, "duration": 9.0}):
            options = {"sr": sr, "mono": mono, "dtype": dtype, **part}
            theirs, their_rate = librosa.load(path, **options)
            for source in (path, str(path), io.BytesIO(path.read_bytes())):
                ours, rate = vf.load(source, **options)
                assert (rate, ours.dtype, ours.flags.c_contiguous) == (their_rate, theirs.dtype, True)
                near(ours, theirs)


def test_defaults_and_res_type(tmp_path):
    path = tmp_path / "speech.flac"
    path.write_bytes(wav(speech(16000, 0.5), format="FLAC"))
    near(vf.load(path)[0], librosa.load(path)[0])
    assert vf.load(path)[1] == 22050
    ours, _ = vf.load(path, sr=8000, res_type="polyphase")
    near(ours, librosa.load(path, sr=8000, res_type="polyphase")[0])


def test_a_stream_without_a_length():
    # FLAC with an unknown total, as encoders write it to a pipe: 36 bits of zero in its first block.
    content = bytearray(wav(speech(16000), format="FLAC"))
    expected, _ = vf.load(io.BytesIO(content), sr=None)
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    y, _ = vf.load(io.BytesIO(content), sr=None)
    np.testing.assert_array_equal(y, expected)
    y, _ = vf.load(io.BytesIO(content), sr=None, offset=0.5, duration=1.0)
    np.testing.assert_array_equal(y, expected[8000:24000])
    # WAV with the greatest size, as they write it there.
    content = bytearray(wav(speech(16000)))
    expected, _ = vf.load(io.BytesIO(content), sr=None)
    content[40:44] = b"\xff" * 4
    np.testing.assert_array_equal(vf.load(io.BytesIO(content), sr=None)[0], expected)


def test_formats_that_cannot_seek(tmp_path):
    path = tmp_path / "gsm.wav"
    path.write_bytes(wav(speech(8000), 8000, subtype="GSM610"))
    y, _ = vf.load(path, sr=None)
    assert len(y) >= 24000
    part, _ = vf.load(path, sr=None, offset=1.0, duration=0.5)
    np.testing.assert_array_equal(part, y[8000:12000])


@pytest.mark.parametrize(("container", "subtype"), [
    ("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "FLOAT"), ("WAV", "ULAW"), ("WAVEX", "PCM_32"),
    ("AIFF", "PCM_16"), ("AU", "PCM_16"), ("W64", "PCM_16"), ("RF64", "PCM_16"), ("RF64", "FLOAT"),
])  # fmt: skip
@pytest.mark.parametrize("channels", [1, 3])
def test_a_recording_that_ends_early(container, subtype, channels):
    y = np.stack([speech(16000, 0.5)] * channels, axis=-1)
    content = wav(y, format=container, subtype=subtype)
    whole, _ = vf.load(io.BytesIO(content), sr=None, mono=False)
    assert whole.shape[-1] == 8000
    cut = content[: len(content) // 2]
    with soundfile.SoundFile(io.BytesIO(cut)) as file:
        there = file.frames
    assert 3000 < there < 4000
    message = (
        rf"<BytesIO>: ends early, after {there} of the 8000 samples .*; pass duration=0\.\d+ to "
        r"use those"
    )
    with pytest.raises(vf.AudioError, match=message) as problem:
        vf.load(io.BytesIO(cut), sr=None)
    duration = float(str(problem.value).split("duration=")[1].split(" ")[0])
    usable, _ = vf.load(io.BytesIO(cut), sr=None, mono=False, duration=duration)
    assert there - 16 <= usable.shape[-1] <= there
    np.testing.assert_array_equal(usable, whole[..., : usable.shape[-1]])
    with pytest.raises(vf.AudioError, match="ends early"):
        vf.load(io.BytesIO(cut), sr=None, offset=0.1, duration=0.3)


def test_an_mp3_that_ends_early(tmp_path):
    path = tmp_path / "speech.mp3"
    content = wav(speech(16000), format="MP3", subtype="MPEG_LAYER_III")
    path.write_bytes(content)
    assert len(vf.load(path, sr=None)[0]) == 48000
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(vf.AudioError, match=r"ends early, after \d+ of the 48000 samples"):
        vf.load(path, sr=None)


def test_an_mp3_that_makes_no_promise(tmp_path):
    # Without its first block, which counts the others, the length is a guess.
    constant = {"bitrate_mode": "CONSTANT", "compression_level": 0.5}
    content = wav(speech(16000), format="MP3", subtype="MPEG_LAYER_III", **constant)
    path = tmp_path / "speech.mp3"
    path.write_bytes(content[content.index(content[:3], 100) : -100])
    with soundfile.SoundFile(path) as file:
        guess = file.frames
    y, _ = vf.load(path, sr=None)
    assert 48000 - 3 * 1152 < len(y) < guess


BAD = [
    ("empty.wav", b"", "is empty, 0 bytes"),
    ("text.wav", b"no audio, but long enough to be read" * 9, r"cannot be decoded \(Format not recog"),
    ("short.mp3", b"\xff\xfb\x90", "cannot be decoded"),
    ("head.wav", wav(speech(16000))[:44], "ends early, after 0 of the 48000 samples .*; create it again"),
    ("none.wav", wav(np.zeros(0)), "holds no samples"),
    ("cut.flac", wav(speech(16000), format="FLAC")[:9000], "cannot be decoded"),
    ("nan.wav", wav(np.float32([0, np.nan, 0]), subtype="FLOAT"), "sample 1 of channel 0 is nan"),
    ("inf.wav", wav(np.array([[0, 0], [0, -np.inf]]), subtype="DOUBLE"), "sample 1 of channel 1 is -inf"),
    ("x.raw", b"\0" * 99, "raw samples have no header"),
]


@pytest.mark.parametrize(("name", "content", "message"), BAD, ids=[name for name, _, _ in BAD])
def test_bad_files(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    for given in (path, str(path)):
        with pytest.raises(vf.AudioError, match=message) as problem:
            vf.load(given, sr=None)
        assert str(problem.value).startswith(f"{path}: ")
        assert ";" in str(problem.value)
    if content:
        with pytest.raises(vf.AudioError):
            vf.load(io.BytesIO(content), sr=None)


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(vf.AudioError, match=r"nothing\.wav: there is no such file") as problem:
        vf.load(tmp_path / "nothing.wav")
    assert isinstance(problem.value, FileNotFoundError)
    again = pickle.loads(pickle.dumps(problem.value))
    assert str(again) == str(problem.value)
    with pytest.raises(vf.AudioError, match="is a folder"):
        vf.load(tmp_path)


@pytest.mark.parametrize(("options", "message"), [
    ({"offset": 0.5}, "offset=0.5 is after its end, it lasts 0.5 s"),
    ({"offset": 100.0}, "offset=100 is after its end"),
    ({"duration": 1e-6}, "duration=1e-06 is less than one sample at 16000 Hz"),
])  # fmt: skip
def test_parts_that_are_not_there(options, message):
    with pytest.raises(vf.AudioError, match=message):
        vf.load(io.BytesIO(wav(speech(16000, 0.5))), **options)


@pytest.mark.parametrize(("options", "message"), [
    ({"path": None}, "path=None: is neither a path nor a binary file"),
    ({"path": np.zeros(3)}, "path=<array.*: is neither"),
    ({"sr": 0}, "sr=0: .*None"),
    ({"sr": "native"}, "sr='native': "),
    ({"offset": -1}, "offset=-1: .*seconds"),
    ({"duration": 0}, "duration=0: .*None"),
    ({"duration": np.inf}, "duration=inf: "),
    ({"dtype": np.int16}, "dtype=.*numpy.float32"),
    ({"dtype": "float128x"}, "dtype='float128x'"),
    ({"res_type": "best"}, "res_type='best'"),
])  # fmt: skip
def test_errors(options, message):
    options = {"path": "there-is-no-such-file.wav", **options}
    with pytest.raises(vf.ParameterError, match=message):
        vf.load(options.pop("path"), **options)


#: Files that libsndfile reads in part: what is said of them.
IN_PART = {
    "float_nan_inf.wav": "sample 1000 of channel 0 is nan",
    "mp3_truncated_half.mp3": "12719 of the 30393 samples",
    "ogg_truncated_half.ogg": "0 of the 11648 samples",
    "scipy_test-44100Hz-le-1ch-4bytes-early-eof.wav": "236 of the 4410 samples",
    "wav_header_only.wav": "0 of the 30393 samples",
    "wav_odd_byte.wav": "30392 of the 30393 samples",
    "wav_truncated_half.wav": "15185 of the 30393 samples",
}


#: Files that hold more than their headers say: samples of a channel, as FFmpeg decodes them.
MORE = {
    "flactest_faulty_05_wrong-total-number-of-samples.flac": 109487,
    "mutagen_vbri.mp3": 19584,
    "wav_data_size_zero.wav": 30393,
}


@pytest.mark.parametrize("form", ["AIFF", "AU", "CAF", "FLAC", "RF64", "SDS", "SVX", "W64", "WAV", "WAVEX"])
def test_half_a_file_of_every_format_that_says_how_long_it_is(form, tmp_path):
    whole, half = tmp_path / "whole", tmp_path / "half"
    y = np.random.default_rng(0).uniform(-0.5, 0.5, 16000).astype(np.float32)
    soundfile.write(whole, y, 16000, format=form, subtype="PCM_16")
    np.testing.assert_allclose(vf.load(whole, sr=None)[0], y, atol=2**-15)
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(vf.AudioError, match=r"of the 16000 samples|cannot be decoded"):
        vf.load(half, sr=None)


def test_all_the_odd_files(data):
    folder = data / "formats"
    with open(folder / "manifest.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 111
    read = 0
    for row in rows:
        path = folder / row["path"]
        if row["readable"] == "yes" and path.name not in IN_PART:
            y, sr = vf.load(path, sr=None, mono=False)
            read += 1
            channels = y.shape[0] if y.ndim == 2 else 1
            known = [int(row[column]) for column in ("sr", "frames", "channels")]
            if path.name in MORE:
                known[1] = MORE[path.name]
            assert [sr, y.shape[-1], channels] == known, path
            if path.name in MORE:
                continue
            np.testing.assert_allclose(np.abs(y).max(), float(row["peak"]), atol=1e-5, err_msg=path.name)
            if "gsm610" not in path.name:  # librosa cannot read it
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    near(y, librosa.load(path, sr=None, mono=False)[0])
        else:
            message = IN_PART.get(path.name, "cannot be decoded|is empty|ends early, after 0 of")
            with pytest.raises(vf.AudioError, match=message) as problem:
                vf.load(path, sr=None)
            assert str(problem.value).startswith(f"{path}: ")
    assert read == sum(row["readable"] == "yes" for row in rows) - len(IN_PART)
