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
    "convert": [
        "hz_to_mel",
        "mel_to_hz",
        "hz_to_octs",
        "octs_to_hz",
        "fft_frequencies",
        "mel_frequencies",
        "frames_to_samples",
        "samples_to_frames",
        "frames_to_time",
        "time_to_frames",
        "times_like",
        "power_to_db",
        "db_to_power",
        "amplitude_to_db",
        "db_to_amplitude",
    ],
    "notes": ["note_to_hz", "note_to_midi", "midi_to_hz", "midi_to_note", "hz_to_midi", "hz_to_note"],
    "pitches": ["A4_to_tuning", "cqt_frequencies", "tuning_to_A4"],
    "audio": ["load", "to_mono"],
    "resampling": ["resample"],
    "chain.threads": ["get_num_threads", "set_num_threads"],
    "feature.spectrum": ["stft", "spectrogram", "magphase"],
    "feature.inverse": ["istft"],
    "feature.griffin": ["griffinlim"],
    "feature.reconstruct": ["mel_to_stft", "mel_to_audio", "mfcc_to_mel", "mfcc_to_audio"],
    "feature.reassigned": ["reassigned_spectrogram"],
    "feature.bands": ["melspectrogram", "linear_spectrogram"],
    "feature.cepstral": ["mfcc", "lfcc"],
    "feature.harmony": ["chroma_stft"],
    "feature.descriptors": ["spectral_centroid", "spectral_bandwidth", "spectral_rolloff"],
    "feature.shape": ["spectral_flatness", "spectral_contrast", "poly_features"],
    "feature.tuning": ["estimate_tuning", "pitch_tuning", "piptrack"],
    "feature.pitch": ["yin", "pyin"],
    "feature.prediction": ["autocorrelate", "lpc"],
    "feature.temporal": ["rms", "zero_crossing_rate", "zero_crossings"],
    "feature.emphasis": ["deemphasis", "preemphasis"],
    "feature.trimming": ["split", "trim"],
    "feature.gain": ["pcen"],
    "feature.constantq": ["cqt", "vqt"],
    "feature.hybrid": ["hybrid_cqt", "pseudo_cqt"],
    "feature.inverse_cqt": ["icqt"],
    "feature.chroma": ["chroma_cqt", "chroma_vqt"],
    "feature.tonal": ["chroma_cens", "tonnetz"],
    "feature.gabor": ["nsgcqt", "insgcqt", "nsgcqt_frequencies", "nsgcqt_times"],
    "feature.subband": ["cqcc", "cqcc_spectrum", "cqcc_frequencies"],
    "feature.allpole": ["apgdf", "lpcc"],
    "feature.auditory": ["bark_spectrogram", "plp", "rasta_plp"],
    "feature.gammatone": ["gammatone_spectrogram"],
    "feature.centres": ["ssc"],
    "feature.centroids": ["scfc", "scmc", "ssfc"],
    "feature.groupdelay": ["mgd", "modified_group_delay"],
    "feature.phasing": ["cosine_phase", "instantaneous_frequency"],
    "feature.dynamics": ["delta", "stack_memory"],
    "feature.linespectra": ["lpc_to_lsf", "lsf_to_lpc"],
    "feature.powernormalised": ["pncc"],
    "feature.separation": ["harmonic", "hpss", "percussive", "softmask"],
    "feature.relative": ["rps"],
    "feature.srh": ["srh_pitch"],
    "feature.tracking": ["detect_pitch_frequency"],
    "feature.together": ["Stacked", "extract"],
    "feature.statistics": ["summarize"],
    "feature.gathering": ["CorpusStatistics"],
    "presets.front_end": ["FrontEnd"],
    "presets.catalogue": ["frontend", "frontends"],
    "presets.explaining": ["Explanation", "explain"],
    "corpus.extraction": ["Extraction", "extract_corpus"],
    "corpus.dataset": ["Dataset"],
    "corpus.opening": ["open_dataset"],
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
