# Written by `python tests/name_types.py --write`.
from .constantq.chroma import (
    chroma_cens as chroma_cens,
    chroma_cqt as chroma_cqt,
    chroma_vqt as chroma_vqt,
    tonnetz as tonnetz,
)
from .constantq.cqcc import (
    cqcc as cqcc,
    cqcc_frequencies as cqcc_frequencies,
    cqcc_spectrum as cqcc_spectrum,
)
from .constantq.cqt import (
    cqt as cqt,
    vqt as vqt,
)
from .constantq.hybrid import (
    hybrid_cqt as hybrid_cqt,
    pseudo_cqt as pseudo_cqt,
)
from .constantq.icqt import (
    icqt as icqt,
)
from .constantq.nsgcqt import (
    insgcqt as insgcqt,
    nsgcqt as nsgcqt,
    nsgcqt_frequencies as nsgcqt_frequencies,
    nsgcqt_times as nsgcqt_times,
)
from .deltas import (
    delta as delta,
    stack_memory as stack_memory,
)
from .inverse.griffinlim import (
    griffinlim as griffinlim,
)
from .inverse.hpss import (
    harmonic as harmonic,
    hpss as hpss,
    percussive as percussive,
    softmask as softmask,
)
from .inverse.istft import (
    istft as istft,
)
from .inverse.mel import (
    mel_to_audio as mel_to_audio,
    mel_to_stft as mel_to_stft,
    mfcc_to_audio as mfcc_to_audio,
    mfcc_to_mel as mfcc_to_mel,
)
from .pitch.detect import (
    detect_pitch_frequency as detect_pitch_frequency,
)
from .pitch.srh import (
    srh_pitch as srh_pitch,
)
from .pitch.yin import (
    pyin as pyin,
    yin as yin,
)
from .spectral.cepstral import (
    lfcc as lfcc,
    mfcc as mfcc,
)
from .spectral.chroma_stft import (
    chroma_stft as chroma_stft,
)
from .spectral.descriptors import (
    poly_features as poly_features,
    spectral_bandwidth as spectral_bandwidth,
    spectral_centroid as spectral_centroid,
    spectral_contrast as spectral_contrast,
    spectral_flatness as spectral_flatness,
    spectral_rolloff as spectral_rolloff,
)
from .spectral.log_spectrogram import (
    log_spectrogram as log_spectrogram,
)
from .spectral.mel import (
    linear_spectrogram as linear_spectrogram,
    melspectrogram as melspectrogram,
)
from .spectral.peaks import (
    estimate_tuning as estimate_tuning,
    piptrack as piptrack,
    pitch_tuning as pitch_tuning,
)
from .spectral.reassigned import (
    reassigned_spectrogram as reassigned_spectrogram,
)
from .spectral.stft import (
    magphase as magphase,
    spectrogram as spectrogram,
    stft as stft,
)
from .speech.allpole import (
    apgdf as apgdf,
    lpcc as lpcc,
)
from .speech.gammatone import (
    gammatone_spectrogram as gammatone_spectrogram,
)
from .speech.groupdelay import (
    mgd as mgd,
    modified_group_delay as modified_group_delay,
)
from .speech.phase import (
    cosine_phase as cosine_phase,
    instantaneous_frequency as instantaneous_frequency,
)
from .speech.plp import (
    bark_spectrogram as bark_spectrogram,
    plp as plp,
    rasta_plp as rasta_plp,
)
from .speech.pncc import (
    pncc as pncc,
)
from .speech.rps import (
    rps as rps,
)
from .speech.subbands import (
    scfc as scfc,
    scmc as scmc,
    ssc as ssc,
    ssfc as ssfc,
)
from .temporal.energy import (
    rms as rms,
    zero_crossing_rate as zero_crossing_rate,
    zero_crossings as zero_crossings,
)
from .temporal.lpc import (
    autocorrelate as autocorrelate,
    lpc as lpc,
    lpc_to_lsf as lpc_to_lsf,
    lsf_to_lpc as lsf_to_lpc,
)
from .temporal.pcen import (
    pcen as pcen,
)
from .temporal.preemphasis import (
    deemphasis as deemphasis,
    preemphasis as preemphasis,
)
from .temporal.trim import (
    split as split,
    trim as trim,
)
