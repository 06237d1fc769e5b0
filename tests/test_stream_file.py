"""Recordings block by block: the frames of a call on the loaded file, in memory that does not grow."""

import io
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile
from chunks import same
from signals import speech

import voicefeat as vf
from voicefeat.streaming.resampler import StreamResampler

HERE = Path(__file__).parent
CLIPS = sorted((HERE / "data" / "golden" / "inputs").glob("*.*"))
SETTINGS = {"n_fft": 256, "hop_length": 64}
RATES = [8000, 11025, 22050, 32000, 44100, 48000]


def gathered(frames):
    """All frames in one array, or in a mapping of them."""
    found = list(frames)
    if isinstance(found[0], dict):
        return {name: np.concatenate([each[name] for each in found], axis=-1) for name in found[0]}
    return np.concatenate(found, axis=-1)


def told(call):
    """What a call gives, or the kind of its error."""
    try:
        return call()
    except (vf.AudioError, vf.ParameterError) as error:
        return type(error)


def recording(form="FLAC", rate=16000, channels=1, seconds=3.0):
    """A file in memory."""
    rng = np.random.default_rng(1)
    voice = speech(rate)[: int(rate * seconds)]
    file = io.BytesIO()
    mixed = voice[:, np.newaxis] * rng.uniform(0.2, 0.9, channels) + 0.01 * rng.standard_normal(
        (voice.size, channels)
    )
    soundfile.write(file, mixed, rate, format=form)
    file.seek(0)
    return file


@pytest.mark.parametrize("path", CLIPS, ids=lambda path: path.name)
def test_clips_of_the_repository(path):
    for seconds in (0.01, 0.0137, 1.0, 600):
        for name in ("asvspoof2019-lfcc", "kaldi-fbank-80"):
            y, sr = vf.load(path, sr=16000)
            want = vf.frontend(name)(y, sr)
            assert same(gathered(vf.stream_file(path, name, seconds=seconds, resample=True)), want)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_format(data):
    """Also damaged files: what cannot be loaded, or is too short, cannot be streamed to its end."""
    paths = [path for path in (data / "formats").rglob("*") if path.is_file() and path.suffix != ".csv"]
    paths += [path for path in (data / "faults").glob("*") if path.suffix != ".md"]
    good = bad = 0
    for path in sorted(paths):
        for channels, mono in (("mean", True), ("each", False)):

            def whole(path=path, mono=mono):
                return vf.spectrogram(vf.load(path, sr=None, mono=mono)[0], **SETTINGS)

            def streamed(path=path, channels=channels):
                blocks = vf.stream_file(path, "spectrogram", seconds=0.3, channels=channels, **SETTINGS)
                return gathered(blocks)

            want, got = told(whole), told(streamed)
            if isinstance(want, type):
                bad += 1
                assert isinstance(got, type), path.name
            else:
                good += 1
                assert same(got, want), path.name
    assert good > 120 and bad > 30, (good, bad)


def test_a_recording_that_ends_early_says_so_after_its_frames():
    whole = recording("WAV").getvalue()
    file = io.BytesIO(whole[: len(whole) // 2])
    blocks, seen = vf.stream_file(file, "kaldi-fbank-80", seconds=0.5), 0
    with pytest.raises(vf.AudioError, match="ends"):
        for frames in blocks:
            seen += frames.shape[1]
    assert seen > 100


@pytest.mark.parametrize("channels", [2, 3, 6])
def test_channels(channels):
    file = recording("WAV", channels=channels)
    y, sr = vf.load(file, sr=None, mono=False)
    fe = vf.frontend("asvspoof2019-lfcc")
    wanted = {"mean": vf.load(file, sr=None)[0], "first": np.ascontiguousarray(y[0]), "each": y}
    for which, samples in wanted.items():
        got = gathered(vf.stream_file(file, fe, seconds=0.123, channels=which))
        assert same(got, fe(samples, sr)), which


def test_doubles():
    file = recording("WAV")
    y, sr = vf.load(file, sr=None, dtype="float64")
    got = gathered(vf.stream_file(file, "kaldi-fbank-80", dtype="float64"))
    assert same(got, vf.frontend("kaldi-fbank-80")(y, sr))


def test_features_have_the_rate_of_the_recording():
    file = recording(rate=22050)
    y, sr = vf.load(file, sr=None)
    settings = {"n_fft": 512, "hop_length": 160, "top_db": None}
    got = gathered(vf.stream_file(file, ["mfcc", "rms"], seconds=0.2, **settings))
    assert same(got, vf.extract(y, sr, ["mfcc", "rms"], **settings))


def test_times():
    fe, file = vf.frontend("asvspoof2019-lfcc"), recording()
    stream, times = fe.stream(), []
    stream.push(np.ones(1000, np.float32))  # is forgotten
    for frames in vf.stream_file(file, stream, seconds=0.25):
        assert frames.shape[1] == stream.times().size > 0
        times.append(stream.times())
    y, _ = vf.load(file, sr=None)
    assert np.array_equal(np.concatenate(times), fe.times(y.size))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rate", RATES)
def test_pieces_are_resampled_as_the_whole_is(rate, dtype):
    """soxr gives the samples of one call from pieces of any size: frames are those of the resampled file."""
    rng = np.random.default_rng(2)
    for n in (1, 50, 4000, 3 * rate + 17):
        y = (0.1 * rng.standard_normal(n)).astype(dtype)
        want = vf.resample(y, orig_sr=rate, target_sr=16000)
        for size in (1 if n < 4000 else 97, 4410, n):
            each = StreamResampler(rate, 16000, (), y.dtype)
            found = [each.next(y[i : i + size], last=False) for i in range(0, n, size)]
            found.append(each.next(y[:0], last=True))
            assert same(np.concatenate(found), want), (n, size)


@pytest.mark.parametrize("rate", [44100, 48000])
@pytest.mark.parametrize("name", ["asvspoof2019-lfcc", "kaldi-fbank-80", "kaldi-mfcc"])
def test_a_recording_at_another_rate(name, rate):
    file = recording("WAV", rate, channels=2)
    y, _ = vf.load(file, sr=16000)
    for seconds in (0.05, 1.0):
        got = gathered(vf.stream_file(file, name, seconds=seconds, resample=True))
        assert same(got, vf.frontend(name)(y, 16000))


@pytest.mark.parametrize(
    ("wanted", "given", "error", "told"),
    [
        ("kaldi-fbank-80", {}, vf.ParameterError, r"rate of 44100 Hz, but 16000 Hz.*resample=True"),
        ("rms", {"resample": True}, vf.ParameterError, r"resample=True.*no rate"),
        ("mfcc", {}, vf.ParameterError, "top_db=80.0"),
        ("rms", {"seconds": 0}, vf.ParameterError, "seconds=0"),
        ("rms", {"seconds": 1e9}, vf.ParameterError, "seconds="),
        ("rms", {"channels": "left"}, vf.ParameterError, "channels='left'"),
        ("rms", {"dtype": "int16"}, vf.ParameterError, "dtype"),
        ("rms", {"resample": "yes"}, vf.ParameterError, "resample='yes'"),
        ("rms", {"n_fft": 3}, vf.ParameterError, "n_fft"),
    ],
)
def test_refused_before_the_first_frame(wanted, given, error, told):
    with pytest.raises(error, match=told):
        vf.stream_file(recording("WAV", 44100), wanted, **given)


def test_a_stream_of_another_rate_is_refused():
    file = recording("WAV", 44100)
    with pytest.raises(vf.ParameterError, match=r"44100 Hz, but 16000 Hz.*sr=44100"):
        vf.stream_file(file, vf.stream("kaldi-fbank-80"))
    for given in ({"resample": True}, {"n_fft": 512}):
        with pytest.raises(vf.ParameterError, match="a stream has its own settings"):
            vf.stream_file(file, vf.stream("rms", sr=44100), **given)
    stream = vf.stream("kaldi-fbank-80", sr=44100, resample=True)
    assert stream.rate == 44100
    y, _ = vf.load(file, sr=16000)
    assert same(gathered(vf.stream_file(file, stream)), vf.frontend("kaldi-fbank-80")(y, 16000))


def test_no_file_no_samples_and_too_few(tmp_path):
    with pytest.raises(FileNotFoundError):
        vf.stream_file(tmp_path / "none.wav", "rms")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 16000)
    with pytest.raises(vf.AudioError, match=r"empty\.wav: "):
        vf.stream_file(tmp_path / "empty.wav", "rms")
    soundfile.write(tmp_path / "short.wav", np.zeros(100), 16000)
    with pytest.raises(vf.AudioError, match=r"short\.wav: .*100 samples"):
        list(vf.stream_file(tmp_path / "short.wav", "kaldi-fbank-80"))


def test_a_file_is_closed_when_nobody_reads_on(tmp_path):
    soundfile.write(tmp_path / "long.wav", np.zeros(160000), 16000)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        blocks = vf.stream_file(tmp_path / "long.wav", "kaldi-fbank-80")
        next(blocks)
        blocks.close()
        del blocks
    (tmp_path / "long.wav").unlink()


GROWTH = """
import resource, sys, voicefeat as vf
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
for frames in vf.stream_file(sys.argv[1], "asvspoof2019-lfcc"):
    pass
before, count = peak(), 0
for frames in vf.stream_file(sys.argv[2], "asvspoof2019-lfcc"):
    count += frames.shape[1]
print(count, peak() - before)
"""


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="the size of a process in kilobytes")
def test_an_hour_needs_no_more_memory_than_seconds(tmp_path):
    rng = np.random.default_rng(0)
    soundfile.write(tmp_path / "short.flac", 0.1 * rng.standard_normal(80000), 16000)
    with soundfile.SoundFile(tmp_path / "long.flac", "w", 16000, 1, "PCM_16") as file:
        for _ in range(60):
            file.write(0.1 * rng.standard_normal(480000))
            file.write(np.zeros(480000))
    words = [sys.executable, "-c", GROWTH, str(tmp_path / "short.flac"), str(tmp_path / "long.flac")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    count, grown = done.stdout.split()
    assert int(count) == vf.frontend("asvspoof2019-lfcc").frames(60 * 60 * 16000)
    assert float(grown) < 64
