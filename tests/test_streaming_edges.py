"""Streams at their edges: whose the results are, copies, empty signals, few frames, odd calls."""

import copy
import threading

import numpy as np
import pytest
from chunks import SR, pushed, same, sample

import voicefeat as vf
from voicefeat.chain.frames import Frames
from voicefeat.chain.signal import Signal
from voicefeat.chain.stages import Bands, Cepstrum, Compression, Spectrum
from voicefeat.presets.method import Method


def raw():
    return vf.frontend("aasist-waveform").replace(samples=None)


@pytest.mark.parametrize("wanted", [raw(), "preemphasis", "rms", vf.frontend("kaldi-fbank-80")])
def test_results_are_the_callers_own(wanted):
    """Later pieces do not change a result; writing into a result or a pushed piece changes no later one."""
    y, buffer = sample("speech"), np.empty(1111, np.float32)
    stream = vf.stream(wanted, sr=SR)
    kept = [stream.push(y[at : at + 1111]) for at in range(0, y.size, 1111)]
    kept.append(stream.finish())
    stream.reset()
    copied = []
    for at in range(0, y.size, 1111):
        part = buffer[: y[at : at + 1111].size]
        part[:] = y[at : at + 1111]
        result = stream.push(part)
        copied.append(result.copy())
        result[...] = 99.0
        buffer[:] = 7.0
    copied.append(stream.finish())
    whole = wanted(y, SR) if isinstance(wanted, vf.FrontEnd) else getattr(vf, wanted)(y)
    assert same(np.concatenate(kept, axis=-1), whole)
    assert same(np.concatenate(copied, axis=-1), whole)


def test_names_of_rows_are_the_callers_own():
    stream = vf.frontend("kaldi-fbank-80").stream(SR)
    stream.rows.append("mine")
    assert len(stream.rows) == 80


@pytest.mark.parametrize("name", ["asvspoof2019-lfcc", "kaldi-mfcc-deltas"])
def test_a_shallow_copy_is_apart(name):
    fe, y = vf.frontend(name), sample("speech")
    stream = fe.stream(SR)
    before = stream.push(y[:5000])
    other = copy.copy(stream)
    theirs = [other.push(y[5000:9000] * 0), other.finish()]
    ours = [before, stream.push(y[5000:]), stream.finish()]
    assert same(np.concatenate(ours, axis=-1), fe(y, SR))
    other = np.concatenate([y[:5000], y[5000:9000] * 0])
    assert same(np.concatenate([before, *theirs], axis=-1), fe(other, SR))


def test_reset_and_copies_wait_for_no_other_thread():
    stream, errors = vf.frontend("kaldi-fbank-80").stream(SR), []
    stream.push(sample("speech")[:1000])

    def use():
        for call in (stream.reset, lambda: copy.copy(stream)):
            try:
                call()
            except vf.ParameterError as error:
                errors.append(str(error))

    with stream._turn:  # as another thread does during a push
        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
    assert errors == ["stream: another thread is using it; give each thread a stream of its own"] * 2
    stream.reset()
    y = sample("speech")
    assert same(pushed(stream, y, [y.size]), vf.frontend("kaldi-fbank-80")(y, SR))


@pytest.mark.parametrize("wanted", ["linear_spectrogram", "instantaneous_frequency", "rms", "kaldi-fbank-80"])
@pytest.mark.parametrize("piece", [np.zeros(0, np.float32), np.zeros((2, 0), np.int16)])
def test_pieces_without_samples_are_no_signal(wanted, piece):
    """As the call refuses an empty signal, so does finish; the stream still takes pieces."""
    stream = vf.stream(wanted, sr=16000)
    stream.push(piece)
    for _ in range(2):
        with pytest.raises(vf.ParameterError, match="holds no samples; call push"):
            stream.finish()
    stream.push(np.zeros((*piece.shape[:-1], 4000), piece.dtype))
    stream.finish()


@pytest.mark.parametrize("trim", [1, 2, 5])
@pytest.mark.parametrize("framing", [{}, {"center": False}, {"center": False, "partial": "pad"}])
def test_frames_left_out_at_the_end_of_long_hops(trim, framing):
    """A hop longer than the frame: a crop has the frames that are left out as well."""
    frames = Frames(n_fft=97, win_length=97, hop_length=300, trim=trim, **framing)
    fe = vf.FrontEnd(framing=frames, spectrum=Spectrum(), compression=Compression())
    stream, y = fe.stream(SR), sample("noise")[:4000]
    for sizes in ([4000], [333] * 12 + [4], [1] * 2000 + [2000]):
        assert same(pushed(stream, y, sizes), fe(y))


def test_one_value_a_row_of_several_channels():
    """Rows of one frame that are views are checked as others are."""
    bands = Bands("linear", (("n_filters", 5), ("sr", SR), ("n_fft", 600)))
    fe = vf.FrontEnd(
        framing=Frames(n_fft=600, win_length=600, hop_length=700, center=False, partial="pad", trim=2),
        spectrum=Spectrum(power=0.5),
        bands=bands,
        compression=Compression(),
        cepstrum=Cepstrum(n=1, type=3, first=1),
    )
    y = np.stack([sample("speech")[at : at + 2000] for at in (8000, 12000, 20000)])
    whole = fe(y, SR)
    assert whole.shape == (3, 1, 1)
    assert all(same(each, fe(one, SR)) for each, one in zip(whole, y, strict=True))
    assert same(pushed(fe.stream(SR), y, [777, 777, 446]), whole)


def test_a_bad_piece_of_spectra_changes_nothing():
    S = vf.melspectrogram(y=sample("speech"), sr=SR, n_fft=512, hop_length=160) * 2.0**31
    stream = vf.stream("pcen", sr=SR, hop_length=160)
    found = [stream.push(S[:, :50])]
    for bad, told in ((-S[:, :3], "piece=.*below 0"), (S[:, :3] * np.nan, "piece=.*NaN")):
        with pytest.raises(vf.ParameterError, match=told):
            stream.push(bad)
    found += [stream.push(S[:, 50:]), stream.finish()]
    assert same(np.concatenate(found, axis=-1), vf.pcen(S, sr=SR, hop_length=160))
    assert same(pushed(stream, S[:, :0], [0]), vf.pcen(S[:, :0], sr=SR, hop_length=160))


@pytest.mark.parametrize("sr", [0.5, 15, 2e7])
def test_rates_too_far_apart(sr):
    with pytest.raises(vf.ParameterError, match=r"sr=.*more than a factor of 1000"):
        vf.frontend("kaldi-fbank-80").stream(sr, resample=True)


@pytest.mark.parametrize(
    ("wanted", "settings", "told"),
    [
        ({"a": vf.frontend("kaldi-fbank-80")}, {"n_fft": 512}, r"n_fft=512.*fe\.replace"),
        ({"a": vf.frontend("kaldi-fbank-80"), "rms": {}}, {"n_fft": 512}, "n_fft=512.*not a setting of rms"),
        ("yin", {}, "fmin: yin has no default"),
        ("yin", {"fmin": 65.0}, "fmax: yin has no default"),
        (None, {}, "wanted=None"),
        (["rms", "x"], {}, "wanted='x'"),
    ],
)
def test_odd_calls(wanted, settings, told):
    with pytest.raises(vf.ParameterError, match=told):
        vf.stream(wanted, SR, **settings)


def test_another_rate_is_resampled_by_the_stream():
    with pytest.raises(vf.ParameterError, match=r"sr=8000.*16000 Hz.*resample=True"):
        vf.frontend("kaldi-fbank-80").stream(8000)


def test_a_signal_too_short_for_a_frame_is_finished():
    stream = vf.frontend("kaldi-fbank-80").stream(SR)
    stream.push(sample("speech")[:10])
    with pytest.raises(vf.ParameterError, match="fewer than one frame"):
        stream.finish()
    with pytest.raises(vf.ParameterError, match="it is finished; call reset"):
        stream.push(sample("speech"))


@pytest.mark.parametrize(
    ("name", "settings"),
    [("gammatone_spectrogram", {"method": "fft"}), ("stft", {}), ("lpcc", {}), ("rms", {"center": False})],
)
def test_times_of_a_method(name, settings):
    """The centre of the samples of a frame, for the front end as for its stream."""
    fe = vf.FrontEnd(signal=Signal(rate=SR), method=Method(name, tuple(settings.items())))
    stream, y = fe.stream(), sample("speech")[:9000]
    stream.push(y)
    found = [stream.times()]
    stream.finish()
    found.append(stream.times())
    assert np.array_equal(np.concatenate(found), fe.times(y.size))
    assert fe.times(y.size).size == fe.frames(y.size)
