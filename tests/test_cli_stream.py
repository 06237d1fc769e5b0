"""voicefeat stream: frames on standard output while the sound goes on, and how it ends."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from signals import speech

import voicefeat as vf
from voicefeat.cli.frame_lines import WRITERS
from voicefeat.cli.main import main

CLIP = Path(__file__).resolve().parents[1] / "examples" / "audio" / "it_chiave.wav"
SR = 16000
NAME = "asvspoof2019-lfcc"
FE = vf.frontend(NAME)


def pcm(seconds=2.0):
    y = speech(SR)[: int(seconds * SR)]
    return np.round(30000 * y / np.abs(y).max()).astype("<i2")


class Pipe(io.TextIOWrapper):
    """Standard input of a test."""

    def __init__(self, data):
        super().__init__(io.BytesIO(data))


@pytest.fixture
def run(monkeypatch, capfdbinary):
    """A function of words and the bytes of standard input to exit status, output and errors."""

    def call(*words, stdin=b""):
        monkeypatch.setattr(sys, "stdin", Pipe(stdin))
        status = main(["stream", *map(str, words)])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return status, out, err.decode()

    return call


def read_csv(out):
    """The names, times and frames (rows, frames) of CSV."""
    head, *lines = csv.reader(io.StringIO(out.decode()))
    table = np.array(lines, np.float64)
    return head, table[:, 0], table[:, 1:].T.astype(np.float32)


def test_csv_of_a_file(run):
    status, out, err = run(CLIP, "--frontend", NAME)
    head, times, frames = read_csv(out)
    y, _ = vf.load(CLIP, sr=None)
    assert (status, err, head) == (0, "", ["time", *FE.rows])
    np.testing.assert_array_equal(frames, FE(y, SR))
    np.testing.assert_array_equal(times, FE.times(y.size))


def test_json_lines_of_raw_samples(run):
    status, out, _ = run("-", "--frontend", NAME, "--format", "json-lines", stdin=pcm().tobytes())
    found = [json.loads(line) for line in out.decode().splitlines()]
    assert status == 0 and list(found[0]) == ["time", "values"]
    np.testing.assert_array_equal(np.array([each["values"] for each in found], np.float32).T, FE(pcm(), SR))
    assert [each["time"] for each in found] == FE.times(pcm().size).tolist()


def test_what_is_not_finite():
    frames = np.array([[np.nan, 1.5], [-np.inf, 1e-7]], np.float32)
    for name, want in (
        ("json-lines", b'{"time": 0.5, "values": [null, 1.5]}\n{"time": 1.0, "values": [null, 1e-07]}\n'),
        ("csv", b"time,a,b\n0.5,nan,1.5\n1.0,-inf,1e-07\n"),
    ):
        out = io.BytesIO()
        WRITERS[name](out).write(["a", "b"], np.array([0.5, 1.0]), frames)
        assert out.getvalue() == want


def test_npy_is_read_as_the_help_says(run, tmp_path):
    _, out, _ = run(CLIP, "--frontend", NAME, "--format", "npy")
    (tmp_path / "frames.npy").write_bytes(out)
    frames = []
    with open(tmp_path / "frames.npy", "rb") as file:
        while file.peek(1):
            frames.append(np.load(file))
    y, _ = vf.load(CLIP, sr=None)
    assert len(frames) > 2
    np.testing.assert_array_equal(np.concatenate(frames).T, FE(y, SR))


def test_wav_in_a_pipe(run):
    _, piped, _ = run("-", "--frontend", NAME, stdin=CLIP.read_bytes())
    _, named, _ = run(CLIP, "--frontend", NAME)
    assert piped == named


def test_settings_of_a_feature(run):
    words = ["--n-fft", 512, "--hop-length", 160, "--n-mfcc", 13, "--set", "top_db=None"]
    _, out, _ = run("-", "--rate", 8000, "--feature", "mfcc", *words, stdin=pcm().tobytes())
    want = vf.mfcc(pcm(), sr=8000, n_fft=512, hop_length=160, n_mfcc=13, top_db=None)
    head, _, frames = read_csv(out)
    assert head[:2] == ["time", "mfcc_0"]
    np.testing.assert_array_equal(frames, want)


def test_a_file_of_toml(run, tmp_path):
    (tmp_path / "mine.toml").write_text(FE.replace(hop_length=320).to_toml())
    _, out, _ = run(CLIP, "--frontend", tmp_path / "mine.toml")
    y, _ = vf.load(CLIP, sr=None)
    np.testing.assert_array_equal(read_csv(out)[2], FE.replace(hop_length=320)(y, SR))


def test_channels_and_resampling(run, tmp_path):
    y = np.stack([speech(48000)[:96000], speech(48000)[:96000][::-1]], axis=1)
    soundfile.write(tmp_path / "a.wav", y, 48000, "FLOAT")
    left = vf.load(tmp_path / "a.wav", sr=None, mono=False)[0][0]
    for source, stdin in ((tmp_path / "a.wav", b""), ("-", (tmp_path / "a.wav").read_bytes())):
        _, out, _ = run(source, "--frontend", NAME, "--resample", stdin=stdin)
        np.testing.assert_array_equal(read_csv(out)[2], FE(vf.load(tmp_path / "a.wav", sr=SR)[0], SR))
        _, out, _ = run(source, "--frontend", NAME, "--resample", "--channels", "first", stdin=stdin)
        np.testing.assert_array_equal(
            read_csv(out)[2], FE(vf.resample(left, orig_sr=48000, target_sr=SR), SR)
        )


@pytest.mark.parametrize(
    ("words", "stdin", "told"),
    [
        (["-", "--frontend", "kaldi-fbank-80"], bytes(100), "standard input: .*50 samples"),
        (["-", "--frontend", NAME], b"", "standard input: holds no samples"),
        (["-", "--frontend", NAME], b"fLaC" + bytes(100), "standard input: is FLAC"),
        (["-", "--frontend", NAME, "--rate", "8000"], bytes(9999), "8000 Hz, but 16000 Hz.*add --resample"),
        (["-", "--frontend", NAME, "--rate", "0"], bytes(9999), "rate=0"),
        (["-", "--frontend", NAME, "--rate", "8000"], CLIP.read_bytes(), "--rate 8000: .*16000 Hz"),
        ([CLIP, "--frontend", NAME, "--rate", "8000"], b"", "--rate 8000: .*16000 Hz"),
        ([CLIP, "--frontend", "asvspoof2019-lfc"], b"", "did you mean"),
        ([CLIP, "--frontend", NAME, "--set", "n_fft=3"], b"", "a front end has its own settings"),
        ([CLIP, "--frontend", "kaldi-mfcc-cmvn"], b"", "over='utterance'"),
        ([CLIP, "--feature", "mfcc"], b"", "top_db=80.0"),
        ([CLIP, "--feature", "rms", "--resample"], b"", "no rate to resample to"),
        ([CLIP, "--feature", "stft"], b"", "complex"),
        (["none.wav", "--feature", "rms"], b"", "none.wav: there is no such file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_input_is_told_in_a_line(run, words, stdin, told):
    status, out, err = run(*words, stdin=stdin)
    assert (status, out, err.count("\n")) == (2, b"", 1)
    assert re.search(told, err), err


def test_sound_that_ends_early_has_its_frames_and_status_1(run):
    data = CLIP.read_bytes()
    status, out, err = run("-", "--frontend", NAME, stdin=data[: len(data) // 2])
    assert status == 1 and "that its header states" in err and err.count("\n") == 1
    y, _ = vf.load(CLIP, sr=None)
    frames = read_csv(out)[2]
    assert frames.shape[1] > 50
    np.testing.assert_array_equal(frames, FE(y, SR)[:, : frames.shape[1]])


@contextmanager
def process(*words, **how):
    """`voicefeat stream -` with pipes; it is killed if the test fails."""
    command = [sys.executable, "-m", "voicefeat", "stream", "-", *words]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, bufsize=0, **{**pipes, **how}) as running:
        try:
            yield running
        finally:
            running.kill()


def lines_of(running, count):
    """The next lines of a process, without waiting for more."""
    found = b""
    while found.count(b"\n") < count:
        data = os.read(running.stdout.fileno(), 1 << 16)
        assert data, running.stderr.read()
        found += data
    return found


posix = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")


@posix
@pytest.mark.processes
def test_frames_come_while_the_pipe_is_open():
    """200 samples more give one frame more, though nobody sends a tenth of a second."""
    with process("--frontend", "kaldi-fbank-80") as running:
        running.stdin.write(pcm()[:400].tobytes())
        assert lines_of(running, 2).count(b"\n") == 2  # the names and one frame
        for end in (560, 720):
            running.stdin.write(pcm()[end - 160 : end].tobytes())
            assert lines_of(running, 1).count(b"\n") == 1
        running.stdin.close()
        assert running.wait() == 0


@posix
@pytest.mark.processes
def test_ctrl_c_ends_the_sound():
    """The frames that waited for the end of the signal come, as if the pipe had been closed."""
    with process("--frontend", NAME) as running:
        running.stdin.write(pcm().tobytes())
        want = FE(pcm(), SR)
        due = vf.stream(NAME).push(pcm()).shape[1]
        found = lines_of(running, 1 + due)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate()
        assert (running.returncode, err) == (0, b"")
        np.testing.assert_array_equal(read_csv(found + out)[2], want)
        assert due < want.shape[1]


@posix
@pytest.mark.processes
def test_sigterm_stops_it():
    with process("--frontend", NAME) as running:
        running.stdin.write(pcm().tobytes())
        lines_of(running, 2)
        running.terminate()
        assert running.wait() == -signal.SIGTERM


@posix
@pytest.mark.processes
def test_a_reader_that_has_seen_enough():
    with process("--frontend", NAME) as running:
        running.stdin.write(pcm().tobytes())
        lines_of(running, 3)
        running.stdout.close()
        running.stdin.write(pcm().tobytes())
        running.stdin.close()
        assert running.wait() == 0
        assert running.stderr.read() == b""
