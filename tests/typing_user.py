"""A user's script: it runs, and type checkers find nothing wrong in it but what it marks.

`mypy --strict tests/typing_user.py` and pyright read it; `test_typing.py` runs mypy. A checker must know what
`assert_type` says, and must refuse what `type: ignore` marks: an ignore that is not needed is an error.
"""

from typing import TYPE_CHECKING, Any, assert_type

import numpy as np
from numpy.typing import NDArray

import voicefeat as vf

FloatArray = NDArray[np.floating[Any]]
ComplexArray = NDArray[np.complexfloating[Any, Any]]


def features(y: NDArray[np.float32], sr: int) -> FloatArray:
    """Features of a signal, and features of those."""
    spectra = vf.stft(y, n_fft=512, hop_length=128, window=("kaiser", 4.0), pad_mode="reflect")
    assert_type(spectra, ComplexArray)
    coefficients = vf.mfcc(y, sr=sr, n_mfcc=13, dct_type=2, norm="ortho", mel_norm="slaney")
    assert_type(coefficients, FloatArray)
    assert_type(vf.feature.mfcc(y, sr=sr), FloatArray)
    assert_type(vf.mfcc(S=vf.power_to_db(vf.melspectrogram(y, sr=sr), ref=np.max), n_mfcc=13), FloatArray)
    assert_type(vf.lfcc(y, sr, log="ln", top_db=None), FloatArray)
    assert_type(vf.rms(S=np.abs(spectra), frame_length=512), FloatArray)
    assert_type(vf.zero_crossings(y), NDArray[np.bool_])
    assert_type(vf.delta(coefficients, mode="nearest"), FloatArray)
    magnitude, phase = vf.magphase(spectra)
    assert_type(magnitude, FloatArray)
    assert_type(phase, ComplexArray)
    assert_type(vf.istft(spectra, hop_length=128, length=y.size), FloatArray)
    return vf.stack_memory(coefficients)


def several(y: NDArray[np.float32]) -> None:
    """What is returned follows from a flag."""
    made = vf.extract(y, 16000, ["mfcc", "rms"], hop_length=256)
    assert_type(made, dict[str, NDArray[Any]])
    values, rows = vf.extract(y, 16000, {"mfcc": {"n_mfcc": 2}}, stack=True)
    assert_type(rows, list[str])
    assert_type(vf.preemphasis(y), FloatArray)
    filtered, state = vf.preemphasis(y, return_zf=True)
    assert_type(state, FloatArray)
    assert_type(vf.pcen(np.abs(vf.stft(filtered))), FloatArray)
    assert values.shape[0] == len(rows)


def units() -> None:
    """A number for a number, an array for an array."""
    assert_type(vf.hz_to_mel(440.0), np.float64)
    assert_type(vf.hz_to_mel([440.0, 880.0]), FloatArray)
    assert_type(vf.frames_to_samples(3), np.int64)
    assert_type(vf.note_to_midi("A4"), float)
    assert_type(vf.midi_to_note(69), str)
    assert_type(vf.midi_to_note(np.arange(60, 72)), NDArray[np.str_])
    lowest: float = vf.note_to_hz("C1")
    assert_type(vf.cqt_frequencies(12, fmin=lowest), NDArray[np.float64])
    window = vf.filters.get_window(np.hanning, 400)
    assert_type(vf.filters.mel(sr=16000, n_fft=512, norm=None), FloatArray)
    assert window.size == 400


def front_ends(y: NDArray[np.float32]) -> None:
    """Front ends, detectors and augmentation."""
    front_end = vf.frontend(vf.frontends()[0])
    assert_type(front_end, vf.FrontEnd)
    assert_type(vf.frontend("asvspoof2019-lfcc"), vf.FrontEnd)
    assert_type(vf.augment.codec(y, 16000, name=("alaw", "gsm"), rng=vf.augment.generator(7)), FloatArray)
    assert_type(front_end.replace(normalisation=None).rows, list[str])
    rng = vf.augment.generator(7, "clip")
    assert_type(vf.augment.noise(y, 16000, snr=(5, 20), source="pink", rng=rng), FloatArray)
    result = vf.metrics.eer([2.0, 1.0], [0.0, 1.5], method="hull")
    assert_type(result.rate, float)
    interval = vf.metrics.interval([2.0, 1.0], [0.0, 1.5], "min_dcf", prior=0.05, draws=10)
    assert_type(interval.draws, np.ndarray)


if TYPE_CHECKING:

    def datasets(folder: str, names: list[str]) -> None:
        """What is read of a dataset."""
        done = vf.extract_corpus(folder, "out", names, format="npy", summary=["mean", "q0.05"])
        assert_type(done, vf.Extraction)
        dataset = vf.open_dataset("out", frontend=names[0])
        assert_type(dataset, vf.Dataset)
        assert_type(dataset[0].id, str)
        assert_type(dataset[0].values, NDArray[Any])
        assert_type(dataset["clip"][0].sr, int)
        assert_type(next(dataset.batches(8)).ids, list[str])

    class Embedding:
        """A callable in place of a front end."""

        name, rows, version = "embedding", 2, "1"

        def __call__(self, y: NDArray[np.float32], sr: int) -> NDArray[np.float32]:
            return np.zeros((2, 1), np.float32)

    def in_memory(folder: str) -> None:
        """Features of a list, by a front end and by a callable."""
        made = vf.features(folder, Embedding(), sr=16000)
        assert_type(made, vf.FeatureList)
        assert_type(made[0].id, str)
        assert_type(made["clip"][0].sr, int)
        assert_type(made.values, list[NDArray[Any]])
        assert_type(made.stacked(), NDArray[Any])
        vf.extract_corpus(folder, "out", frontend=["asvspoof2019-lfcc", Embedding()])

    def refused(y: NDArray[np.float32]) -> None:
        """What does not run, and what a checker says before it is run."""
        vf.stft(y, pad_mode="refelct")  # type: ignore[arg-type]
        vf.mfcc(y, dct_type=5)  # type: ignore[arg-type]
        vf.mfcc(y, n_mfcc="13")  # type: ignore[arg-type]
        vf.mfcc(y, n_mels_=13)  # type: ignore[call-arg]
        vf.lfcc(y, log="db10")  # type: ignore[arg-type]
        vf.resample(y, orig_sr=8000, target_sr=16000, res_type="best")  # type: ignore[arg-type]
        vf.metrics.eer([1.0], [0.0], method="steps")  # type: ignore[arg-type]
        vf.augment.codec(y, name="mp4")  # type: ignore[arg-type]
        vf.extract_corpus("in", "out", format="feather")  # type: ignore[arg-type]
        vf.features("in", frontend=lambda y, sr: y)  # type: ignore[arg-type]
        vf.metrics.interval([1.0], [0.0], "err")  # type: ignore[arg-type]
        vf.mfc(y)  # type: ignore[attr-defined]
        vf.feature.mfc(y)  # type: ignore[attr-defined]


def main() -> None:
    y = np.sin(2 * np.pi * 440 * np.arange(8000) / 16000).astype(np.float32)
    assert features(y, 16000).shape[0] == 26
    several(y)
    units()
    front_ends(y)


if __name__ == "__main__":
    main()
