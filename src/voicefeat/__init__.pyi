from . import augment as augment, feature as feature, filters as filters, metrics as metrics, plot as plot
from .audio.load import (
    load as load,
    to_mono as to_mono,
)
from .audio.resample import (
    resample as resample,
)
from .chain.threads import (
    get_num_threads as get_num_threads,
    set_num_threads as set_num_threads,
)
from .corpus.dataset.dataset import (
    Dataset as Dataset,
)
from .corpus.dataset.feature_list import (
    FeatureList as FeatureList,
)
from .corpus.dataset.features import (
    features as features,
)
from .corpus.dataset.open import (
    open_dataset as open_dataset,
)
from .corpus.run.extract import (
    extract_corpus as extract_corpus,
)
from .corpus.run.run import (
    Extraction as Extraction,
)
from .errors import (
    AudioError as AudioError,
    ParameterError as ParameterError,
)
from .feature.constantq.chroma import (
    chroma_cens as chroma_cens,
    chroma_cqt as chroma_cqt,
    chroma_vqt as chroma_vqt,
    tonnetz as tonnetz,
)
from .feature.constantq.cqcc import (
    cqcc as cqcc,
    cqcc_frequencies as cqcc_frequencies,
    cqcc_spectrum as cqcc_spectrum,
)
from .feature.constantq.cqt import (
    cqt as cqt,
    vqt as vqt,
)
from .feature.constantq.hybrid import (
    hybrid_cqt as hybrid_cqt,
    pseudo_cqt as pseudo_cqt,
)
from .feature.constantq.icqt import (
    icqt as icqt,
)
from .feature.constantq.nsgcqt import (
    insgcqt as insgcqt,
    nsgcqt as nsgcqt,
    nsgcqt_frequencies as nsgcqt_frequencies,
    nsgcqt_times as nsgcqt_times,
)
from .feature.corpus_statistics import (
    CorpusStatistics as CorpusStatistics,
)
from .feature.deltas import (
    delta as delta,
    stack_memory as stack_memory,
)
from .feature.extract import (
    Stacked as Stacked,
    extract as extract,
)
from .feature.inverse.griffinlim import (
    griffinlim as griffinlim,
)
from .feature.inverse.hpss import (
    harmonic as harmonic,
    hpss as hpss,
    percussive as percussive,
    softmask as softmask,
)
from .feature.inverse.istft import (
    istft as istft,
)
from .feature.inverse.mel import (
    mel_to_audio as mel_to_audio,
    mel_to_stft as mel_to_stft,
    mfcc_to_audio as mfcc_to_audio,
    mfcc_to_mel as mfcc_to_mel,
)
from .feature.pitch.detect import (
    detect_pitch_frequency as detect_pitch_frequency,
)
from .feature.pitch.srh import (
    srh_pitch as srh_pitch,
)
from .feature.pitch.yin import (
    pyin as pyin,
    yin as yin,
)
from .feature.spectral.cepstral import (
    lfcc as lfcc,
    mfcc as mfcc,
)
from .feature.spectral.chroma_stft import (
    chroma_stft as chroma_stft,
)
from .feature.spectral.descriptors import (
    poly_features as poly_features,
    spectral_bandwidth as spectral_bandwidth,
    spectral_centroid as spectral_centroid,
    spectral_contrast as spectral_contrast,
    spectral_flatness as spectral_flatness,
    spectral_rolloff as spectral_rolloff,
)
from .feature.spectral.log_spectrogram import (
    log_spectrogram as log_spectrogram,
)
from .feature.spectral.mel import (
    linear_spectrogram as linear_spectrogram,
    melspectrogram as melspectrogram,
)
from .feature.spectral.peaks import (
    estimate_tuning as estimate_tuning,
    piptrack as piptrack,
    pitch_tuning as pitch_tuning,
)
from .feature.spectral.reassigned import (
    reassigned_spectrogram as reassigned_spectrogram,
)
from .feature.spectral.stft import (
    magphase as magphase,
    spectrogram as spectrogram,
    stft as stft,
)
from .feature.speech.allpole import (
    apgdf as apgdf,
    lpcc as lpcc,
)
from .feature.speech.gammatone import (
    gammatone_spectrogram as gammatone_spectrogram,
)
from .feature.speech.groupdelay import (
    mgd as mgd,
    modified_group_delay as modified_group_delay,
)
from .feature.speech.phase import (
    cosine_phase as cosine_phase,
    instantaneous_frequency as instantaneous_frequency,
)
from .feature.speech.plp import (
    bark_spectrogram as bark_spectrogram,
    plp as plp,
    rasta_plp as rasta_plp,
)
from .feature.speech.pncc import (
    pncc as pncc,
)
from .feature.speech.rps import (
    rps as rps,
)
from .feature.speech.subbands import (
    scfc as scfc,
    scmc as scmc,
    ssc as ssc,
    ssfc as ssfc,
)
from .feature.summarize import (
    summarize as summarize,
)
from .feature.temporal.energy import (
    rms as rms,
    zero_crossing_rate as zero_crossing_rate,
    zero_crossings as zero_crossings,
)
from .feature.temporal.lpc import (
    autocorrelate as autocorrelate,
    lpc as lpc,
    lpc_to_lsf as lpc_to_lsf,
    lsf_to_lpc as lsf_to_lpc,
)
from .feature.temporal.pcen import (
    pcen as pcen,
)
from .feature.temporal.preemphasis import (
    deemphasis as deemphasis,
    preemphasis as preemphasis,
)
from .feature.temporal.trim import (
    split as split,
    trim as trim,
)
from .presets.catalogue import (
    frontend as frontend,
    frontends as frontends,
)
from .presets.compare.explain import (
    Explanation as Explanation,
    explain as explain,
)
from .presets.front_end import (
    FrontEnd as FrontEnd,
)
from .presets.stream import (
    stream as stream,
)
from .presets.stream_file import (
    stream_file as stream_file,
)
from .streaming.stream import (
    Latency as Latency,
    Stream as Stream,
)
from .units.decibels import (
    amplitude_to_db as amplitude_to_db,
    db_to_amplitude as db_to_amplitude,
    db_to_power as db_to_power,
    power_to_db as power_to_db,
)
from .units.hertz import (
    fft_frequencies as fft_frequencies,
    hz_to_mel as hz_to_mel,
    hz_to_octs as hz_to_octs,
    mel_frequencies as mel_frequencies,
    mel_to_hz as mel_to_hz,
    octs_to_hz as octs_to_hz,
)
from .units.notes import (
    hz_to_midi as hz_to_midi,
    hz_to_note as hz_to_note,
    midi_to_hz as midi_to_hz,
    midi_to_note as midi_to_note,
    note_to_hz as note_to_hz,
    note_to_midi as note_to_midi,
)
from .units.pitches import (
    A4_to_tuning as A4_to_tuning,
    cqt_frequencies as cqt_frequencies,
    tuning_to_A4 as tuning_to_A4,
)
from .units.time import (
    frames_to_samples as frames_to_samples,
    frames_to_time as frames_to_time,
    samples_to_frames as samples_to_frames,
    time_to_frames as time_to_frames,
    times_like as times_like,
)

__version__: str
