"""voicefeat: the features that voice-forgery detectors are trained on.

>>> import numpy as np
>>> import voicefeat as vf
>>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050).astype(np.float32)
>>> vf.mfcc(y, sr=22050).shape
(20, 44)

Names are loaded when they are first used: importing the package loads neither numba nor scipy.
"""

from importlib import import_module

__version__ = "0.1.0"

#: The public names, one list a room; `__init__.pyi` says the same to type checkers.
_ROOMS = {
    "errors": ["AudioError", "ParameterError"],
    "units.hertz": [
        "hz_to_mel",
        "mel_to_hz",
        "hz_to_octs",
        "octs_to_hz",
        "fft_frequencies",
        "mel_frequencies",
    ],
    "units.time": [
        "frames_to_samples",
        "samples_to_frames",
        "frames_to_time",
        "time_to_frames",
        "times_like",
    ],
    "units.decibels": ["power_to_db", "db_to_power", "amplitude_to_db", "db_to_amplitude"],
    "units.notes": ["note_to_hz", "note_to_midi", "midi_to_hz", "midi_to_note", "hz_to_midi", "hz_to_note"],
    "units.pitches": ["A4_to_tuning", "cqt_frequencies", "tuning_to_A4"],
    "audio.load": ["load", "to_mono"],
    "audio.resample": ["resample"],
    "chain.threads": ["get_num_threads", "set_num_threads"],
    "feature.spectral.stft": ["stft", "spectrogram", "magphase"],
    "feature.inverse.istft": ["istft"],
    "feature.inverse.griffinlim": ["griffinlim"],
    "feature.inverse.mel": ["mel_to_stft", "mel_to_audio", "mfcc_to_mel", "mfcc_to_audio"],
    "feature.spectral.reassigned": ["reassigned_spectrogram"],
    "feature.spectral.mel": ["melspectrogram", "linear_spectrogram"],
    "feature.spectral.cepstral": ["mfcc", "lfcc"],
    "feature.spectral.chroma_stft": ["chroma_stft"],
    "feature.spectral.descriptors": [
        "spectral_centroid",
        "spectral_bandwidth",
        "spectral_rolloff",
        "spectral_flatness",
        "spectral_contrast",
        "poly_features",
    ],
    "feature.spectral.peaks": ["estimate_tuning", "pitch_tuning", "piptrack"],
    "feature.pitch.yin": ["yin", "pyin"],
    "feature.temporal.lpc": ["autocorrelate", "lpc", "lpc_to_lsf", "lsf_to_lpc"],
    "feature.temporal.energy": ["rms", "zero_crossing_rate", "zero_crossings"],
    "feature.temporal.preemphasis": ["deemphasis", "preemphasis"],
    "feature.temporal.trim": ["split", "trim"],
    "feature.temporal.pcen": ["pcen"],
    "feature.constantq.cqt": ["cqt", "vqt"],
    "feature.constantq.hybrid": ["hybrid_cqt", "pseudo_cqt"],
    "feature.constantq.icqt": ["icqt"],
    "feature.constantq.chroma": ["chroma_cqt", "chroma_vqt", "chroma_cens", "tonnetz"],
    "feature.constantq.nsgcqt": ["nsgcqt", "insgcqt", "nsgcqt_frequencies", "nsgcqt_times"],
    "feature.constantq.cqcc": ["cqcc", "cqcc_spectrum", "cqcc_frequencies"],
    "feature.speech.allpole": ["apgdf", "lpcc"],
    "feature.speech.plp": ["bark_spectrogram", "plp", "rasta_plp"],
    "feature.speech.gammatone": ["gammatone_spectrogram"],
    "feature.speech.subbands": ["ssc", "scfc", "scmc", "ssfc"],
    "feature.speech.groupdelay": ["mgd", "modified_group_delay"],
    "feature.speech.phase": ["cosine_phase", "instantaneous_frequency"],
    "feature.deltas": ["delta", "stack_memory"],
    "feature.speech.pncc": ["pncc"],
    "feature.inverse.hpss": ["harmonic", "hpss", "percussive", "softmask"],
    "feature.speech.rps": ["rps"],
    "feature.pitch.srh": ["srh_pitch"],
    "feature.pitch.detect": ["detect_pitch_frequency"],
    "feature.extract": ["Stacked", "extract"],
    "feature.summarize": ["summarize"],
    "feature.corpus_statistics": ["CorpusStatistics"],
    "presets.front_end": ["FrontEnd"],
    "presets.catalogue": ["frontend", "frontends"],
    "presets.compare.explain": ["Explanation", "explain"],
    "corpus.run.run": ["Extraction"],
    "corpus.run.extract": ["extract_corpus"],
    "corpus.dataset.dataset": ["Dataset"],
    "corpus.dataset.open": ["open_dataset"],
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [*_HOME, "augment", "filters", "metrics", "plot", "__version__"]


def __getattr__(name):
    if name in _HOME:
        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    elif name in ("augment", "filters", "metrics", "plot"):
        value = import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
