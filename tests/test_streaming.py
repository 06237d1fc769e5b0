"""Streams: frames of pieces are those of the whole, bit for bit; what they refuse; how long they wait."""

import copy
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import tracemalloc
import zlib
from collections import Counter

import numpy as np
import pytest
from chunks import (
    KINDS,
    NAMES,
    SR,
    WHOLE,
    call,
    feature_cases,
    front_end,
    lengths,
    pushed,
    same,
    sample,
)

import voicefeat as vf
from voicefeat.engine import simd

#: Random divisions of each feature and each front end.
CHUNKINGS = 200


def cuts(name, shortest, hop, count=CHUNKINGS):
    """Signals and their divisions: (kind, samples, sizes of pieces), the same for each run."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    for i in range(count):
        kind = KINDS[i % len(KINDS)]
        y = sample(kind)
        n = min(int(shortest + rng.integers(0, 6 * hop + 2000)), y.shape[-1])
        start = int(rng.integers(0, y.shape[-1] - n + 1))
        part = np.ascontiguousarray(y[..., start : start + n])
        yield kind, part, lengths(n, hop, rng)


FEATURE_CASES = list(feature_cases())
#: How many sets of settings each feature has; they share its divisions.
VARIANTS = Counter(name for name, _ in FEATURE_CASES)


@pytest.mark.parametrize(("name", "settings"), FEATURE_CASES, ids=lambda x: x if isinstance(x, str) else "")
def test_a_feature_in_pieces(name, settings):
    rate = {} if name == "preemphasis" else {"sr": SR}
    stream = vf.stream(name, **rate, **settings)
    grid = stream._parts[0].grid
    count = -(-CHUNKINGS // VARIANTS[name])
    for kind, y, sizes in cuts(f"{name} {settings}", grid.room + 2 * grid.hop, grid.hop, count):
        assert same(pushed(stream, y, sizes), call(name, y, settings)), (kind, y.shape, sizes)


def test_those_that_need_the_whole():
    for name in WHOLE:
        with pytest.raises(vf.ParameterError):
            front_end(name).stream(SR)


@pytest.mark.filterwarnings("ignore:.*filters are empty")
@pytest.mark.parametrize("name", NAMES)
def test_a_front_end_in_pieces(name):
    fe = front_end(name)
    stream = fe.stream(SR)
    grid = stream._parts[0].grid
    for kind, y, sizes in cuts(name, grid.room + 2 * grid.hop, grid.hop):
        assert same(pushed(stream, y, sizes), fe(y, SR)), (kind, y.shape, sizes)


@pytest.mark.parametrize("name", ["asvspoof2019-lfcc", "kaldi-mfcc", "means centred"])
def test_signals_of_every_short_length(name):
    """Ends meet: what the call refuses, finish refuses; what it takes, the stream gives."""
    fe = front_end(name)
    stream, y = fe.stream(SR), sample("speech")[8000:]
    for n in [*range(1, 900, 13), 1600, 16000]:
        try:
            want = fe(y[:n], SR)
        except vf.ParameterError as refused:
            stream.reset()
            stream.push(y[:n])
            with pytest.raises(vf.ParameterError) as error:
                stream.finish()
            assert str(error.value).partition("=")[0] == str(refused).partition("=")[0]
        else:
            assert same(pushed(stream, y[:n], [n // 2, n - n // 2]), want), n


def test_several_features_share_their_spectra():
    names, settings = ["mfcc", "rms", "spectral_centroid"], {"n_fft": 512, "hop_length": 160, "top_db": None}
    stream = vf.stream(names, sr=SR, **settings)
    for _, y, sizes in cuts("several", 4000, 160, 20):
        assert same(pushed(stream, y, sizes), vf.extract(y, SR, names, **settings))
    assert len(stream._progress.groups) == 2, "mfcc and the centroid have one framing"
    assert stream.rows["rms"] == ["rms_0"] and len(stream.rows["mfcc"]) == 20
    assert stream.frames["mfcc"] == stream.frames["rms"]


def test_front_ends_and_features_side_by_side():
    fe = vf.frontend("asvspoof2019-lfcc")
    stream = vf.stream({"baseline": fe, "rms": {"frame_length": 400, "hop_length": 160}}, sr=SR)
    y = sample("speech")
    found = pushed(stream, y, [1000] * 48)
    assert same(found["baseline"], fe(y, SR))
    assert same(found["rms"], vf.rms(y, frame_length=400, hop_length=160))
    assert stream.latency["baseline"].samples == 320


def test_pcen_takes_spectra():
    S = vf.melspectrogram(y=sample("speech"), sr=SR, n_fft=512, hop_length=160) * 2.0**31
    stream = vf.stream("pcen", sr=SR, hop_length=160)
    rng = np.random.default_rng(1)
    for _ in range(50):
        sizes = lengths(S.shape[1], 3, rng)
        assert same(pushed(stream, S, sizes), vf.pcen(S, sr=SR, hop_length=160)), sizes
    assert stream.rows[:2] == ["pcen_0", "pcen_1"]
    with pytest.raises(vf.ParameterError, match=r"piece=.*spectra"):
        stream.reset()
        stream.push(sample("speech"))


@pytest.mark.processes
@pytest.mark.skipif(not simd.HAS_FMA, reason="needs fused multiply-add")
@pytest.mark.parametrize("lanes", [4, 8, 16])
def test_in_every_lane_width(lanes):
    code = (
        "import test_streaming as t\n"
        "for name in ('asvspoof2019-lfcc', 'kaldi-mfcc', 'means behind', 'htk-plp-e-d-a'):\n"
        "    fe = t.front_end(name)\n"
        "    for kind, y, sizes in t.cuts(name, 3000, 160, 14):\n"
        "        assert t.same(t.pushed(fe.stream(t.SR), y, sizes), fe(y, t.SR)), (name, kind)\n"
        "print('equal')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "VOICEFEAT_LANES": str(lanes), "PYTHONPATH": os.path.dirname(__file__)},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "equal\n", done.stderr


class TestLatency:
    @pytest.mark.parametrize(
        ("name", "samples"),
        [("kaldi-fbank-80", 0), ("asvspoof2019-lfcc", 320), ("deltas ahead", 960)],
    )
    def test_known_ones(self, name, samples):
        latency = front_end(name).stream(SR).latency
        assert latency == (samples, samples / SR)

    @pytest.mark.filterwarnings("ignore:.*filters are empty")
    @pytest.mark.parametrize("name", NAMES)
    def test_a_frame_comes_when_it_says(self, name):
        """Sample by sample: a frame far from the beginning arrives with the sample that is stated."""
        fe = front_end(name)
        stream, y = fe.stream(SR), sample("noise")
        grid, waited = stream._parts[0].grid, set()
        skip, most = 2 * SR, max(400, 2 * grid.hop)
        stream.push(y[:skip])
        for n in range(skip + 1, skip + 1 + most):
            before = stream.frames
            stream.push(y[n - 1 : n])
            for t in range(before, stream.frames):
                waited.add(n - grid.end(t))
        if stream.frames:  # a centred window of six seconds gives none within two
            assert max(waited) == stream.latency.samples
            assert grid.per > 1 or len(waited) == 1

    def test_times_are_those_of_the_front_end(self):
        fe = vf.frontend("asvspoof2019-lfcc")
        stream, y, found = fe.stream(SR), sample("speech"), []
        for at in range(0, y.size, 777):
            stream.push(y[at : at + 777])
            found.append(stream.times())
        stream.finish()
        found.append(stream.times())
        assert np.array_equal(np.concatenate(found), fe.times(y.size))
        assert stream.frames == fe.frames(y.size)


class TestRefused:
    @pytest.mark.parametrize(
        ("wanted", "settings", "told"),
        [
            ("mfcc", {}, "top_db=80.0.*give top_db=None"),
            ("chroma_stft", {}, "tuning=None.*give tuning=0.0"),
            ("log_spectrogram", {"top_db": None, "ref": np.max}, "ref=.*give ref=1.0"),
            ("gammatone_spectrogram", {}, "method='filter'.*method='fft'"),
            ("mgd", {"relative": True}, "relative=True.*relative=False"),
            ("cqt", {}, "'cqt': needs the whole recording"),
            ("cqcc", {}, "block=None.*give block=4.0"),
            ("cqcc", {"block": 1e-3}, "block=0.001.*too short"),
            ("pncc", {}, "'pncc': needs the whole recording"),
            ("pyin", {"fmin": 60.0}, "'pyin': needs the whole recording.*give 'yin'"),
            ("stft", {"pad_mode": np.pad}, "pad_mode=.*name of a mode"),
            ("whisper-log-mel", {}, "top_db=.*replace"),
            ("gammatone-gtgram", {}, r"give fe.replace\(method__method='fft'\)"),
            ("kaldi-mfcc-cmvn", {}, "over='utterance'.*sliding"),
            ("aasist-waveform", {}, "samples=64600.*samples=None"),
            ("mfc", {}, "did you mean 'mfcc'"),
            ("mfcc", {"n_mfc": 3}, "did you mean 'n_mfcc'"),
            ("mfcc", {"top_db": None, "n_fft": 0}, "n_fft=0"),
            ("yin", {"fmin": 100.0, "fmax": 50.0}, "fmin=100.0.*below fmax"),
            ("preemphasis", {"zi": 0.0}, "zi=0.0.*not a setting"),
            (["mfcc", "rms"], {"n_mels": 3, "power": "a"}, "power='a'|top_db"),
            ([], {}, "names no feature"),
        ],
    )
    def test_when_it_is_made(self, wanted, settings, told):
        with pytest.raises(vf.ParameterError, match=told):
            vf.stream(wanted, **settings)

    def test_another_rate(self):
        with pytest.raises(vf.ParameterError, match=r"sr=48000.*16000 Hz"):
            vf.frontend("asvspoof2019-lfcc").stream(sr=48000)
        with pytest.raises(vf.ParameterError, match=r"resample=True.*no rate"):
            vf.stream("rms", sr=48000, resample=True)

    @pytest.mark.parametrize(
        ("piece", "told"),
        [
            (np.array([0.0, np.nan], np.float32), "piece=.*NaN|nan"),
            (np.array([0.0, np.inf], np.float32), "piece=.*inf"),
            (np.zeros((2, 100), np.float32), r"the shape \(n,\)"),
            (np.zeros(100, np.float64), "earlier pieces were float32"),
            (np.zeros(100, np.int16), "earlier pieces were float32"),
            (np.zeros(100, np.uint8), "uint8"),
            (np.zeros((1, 2, 3), np.float32), "piece=.*axes"),
            ("samples", "piece='samples'"),
            (None, "piece=None"),
            ([[1.0], [1.0, 2.0]], "piece="),
            (np.float32(1), "piece="),
        ],
    )
    def test_a_piece(self, piece, told):
        """The stream is as before: the rest gives the bits of the whole."""
        fe = vf.frontend("asvspoof2019-lfcc")
        stream, y = fe.stream(SR), sample("speech")
        found = [stream.push(y[:5000])]
        with pytest.raises(vf.ParameterError, match=told):
            stream.push(piece)
        found += [stream.push(y[5000:]), stream.finish()]
        assert same(np.concatenate(found, axis=-1), fe(y, SR))

    def test_after_the_end(self):
        stream = vf.frontend("asvspoof2019-lfcc").stream(SR)
        with pytest.raises(vf.ParameterError, match="no samples"):
            stream.finish()
        stream.push(sample("speech"))
        stream.finish()
        for again in (lambda: stream.push(sample("speech")), stream.finish):
            with pytest.raises(vf.ParameterError, match=r"finished.*reset"):
                again()
        stream.reset()
        assert stream.push(sample("speech")).shape[1] > 0

    def test_small_pieces_of_many_channels(self):
        """A piece of one sample of 8 channels is not taken for eight samples of one."""
        fe = vf.frontend("kaldi-fbank-80")
        y = np.stack([sample("speech")[start : start + 2000] for start in range(8)])
        assert same(pushed(fe.stream(SR), y, [1000, *[1] * 1000]), fe(y, SR))


class TestState:
    def test_it_travels(self):
        """A stream that is pickled or copied goes on where it was."""
        for name in ("asvspoof2019-lfcc", "dither", "means behind"):
            fe = front_end(name)
            y = sample("speech")
            stream = fe.stream(SR)
            before = stream.push(y[:30000])
            for other in (pickle.loads(pickle.dumps(stream)), copy.deepcopy(stream)):
                rest = [other.push(y[30000:50000]), other.push(y[50000:]), other.finish()]
                assert same(np.concatenate([before, *rest], axis=-1), fe(y, SR)), name

    @pytest.mark.processes
    def test_a_forked_process_goes_on(self):
        fe, y = vf.frontend("asvspoof2019-lfcc"), sample("speech")
        stream = fe.stream(SR)
        before = stream.push(y[:30000])
        near, far = multiprocessing.Pipe()

        def child():
            far.send(np.concatenate([stream.push(y[30000:]), stream.finish()], axis=-1))

        process = multiprocessing.get_context("fork").Process(target=child)
        process.start()
        theirs = near.recv()
        process.join()
        ours = np.concatenate([stream.push(y[30000:]), stream.finish()], axis=-1)
        assert same(theirs, ours) and same(np.concatenate([before, ours], axis=-1), fe(y, SR))

    def test_two_threads_at_once(self):
        stream = vf.frontend("asvspoof2019-lfcc").stream(SR)
        stream.push(sample("speech")[:100])
        errors = []
        with stream._turn:  # as another thread does during a push

            def push():
                try:
                    stream.push(sample("speech"))
                except vf.ParameterError as error:
                    errors.append(str(error))

            thread = threading.Thread(target=push)
            thread.start()
            thread.join()
        assert errors == ["stream: another thread is using it; give each thread a stream of its own"]
        assert stream.push(sample("speech")).shape[1] > 0

    def test_streams_of_different_threads_do_not_meet(self):
        fe, wrong = vf.frontend("asvspoof2019-lfcc"), []
        jobs = list(cuts("threads", 3000, 160, 40))
        wanted = [fe(y, SR) for _, y, _ in jobs]

        def listen(k):
            stream = fe.stream(SR)
            for (_, y, sizes), want in list(zip(jobs, wanted, strict=True))[k::4]:
                if not same(pushed(stream, y, sizes), want):
                    wrong.append(k)

        threads = [threading.Thread(target=listen, args=(k,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong

    def test_an_interrupted_push_is_told(self, monkeypatch):
        stream = vf.frontend("asvspoof2019-lfcc").stream(SR)
        stream.push(sample("speech")[:1000])

        def stop(*given):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(stream._progress, "take", stop)
            with pytest.raises(KeyboardInterrupt):
                stream.push(sample("speech")[1000:2000])
        with pytest.raises(vf.ParameterError, match="an error stopped it; call reset"):
            stream.push(sample("speech")[1000:2000])

    @pytest.mark.parametrize("name", ["asvspoof2019-lfcc", "means behind"])
    def test_memory_does_not_grow(self, name):
        """An hour in pieces of 20 ms: what is held after ten seconds is held at the end."""
        stream, piece = front_end(name).stream(SR), sample("noise")[:320]
        for _ in range(500):
            stream.push(piece)
        tracemalloc.start()
        try:
            for _ in range(100):
                stream.push(piece)
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(179_400 if name == "asvspoof2019-lfcc" else 20_000):
                stream.push(piece)
            assert tracemalloc.get_traced_memory()[0] - before < 1 << 20
        finally:
            tracemalloc.stop()


class TestResampling:
    def test_as_long_as_the_whole(self):
        fe = vf.frontend("asvspoof2019-lfcc")
        y = vf.resample(sample("speech"), orig_sr=SR, target_sr=48000)
        whole = fe(vf.resample(y, orig_sr=48000, target_sr=SR), SR)
        got = pushed(fe.stream(sr=48000, resample=True), y, lengths(y.size, 480, np.random.default_rng(2)))
        assert got.shape == whole.shape
        assert np.abs(got - whole).max() < 1e-3 * np.abs(whole).max()

    def test_pieces_do_not_matter(self):
        fe = vf.frontend("kaldi-fbank-80")
        for kind in ("speech", "channels", "int16"):
            y = sample(kind)
            stream, rng = fe.stream(sr=44100, resample=True), np.random.default_rng(3)
            first = pushed(stream, y, lengths(y.shape[-1], 441, rng))
            assert same(pushed(stream, y, lengths(y.shape[-1], 441, rng)), first), kind

    def test_its_state_does_not_travel(self):
        stream = vf.frontend("kaldi-fbank-80").stream(sr=44100, resample=True)
        pickle.loads(pickle.dumps(stream))  # nothing was pushed yet
        stream.push(sample("speech"))
        with pytest.raises(vf.ParameterError, match=r"resamples.*cannot be pickled"):
            pickle.dumps(stream)


def test_repr():
    stream = vf.frontend("asvspoof2019-lfcc").stream(SR)
    stream.push(sample("speech"))
    assert repr(stream) == "Stream(lfcc; 16000 Hz; latency 20 ms; 297 frames so far)"
    stream.finish()
    assert repr(stream).endswith("299 frames so far; finished)")
