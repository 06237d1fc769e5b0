from . import filters as filters
from . import plot as plot
from .audio import (
    load as load,
)
from .audio import (
    resample as resample,
)
from .audio import (
    to_mono as to_mono,
)
from .chain.threads import (
    get_num_threads as get_num_threads,
)
from .chain.threads import (
    set_num_threads as set_num_threads,
)
from .convert import (
    amplitude_to_db as amplitude_to_db,
)
from .convert import (
    db_to_amplitude as db_to_amplitude,
)
from .convert import (
    db_to_power as db_to_power,
)
from .convert import (
    fft_frequencies as fft_frequencies,
)
from .convert import (
    frames_to_samples as frames_to_samples,
)
from .convert import (
    frames_to_time as frames_to_time,
)
from .convert import (
    hz_to_mel as hz_to_mel,
)
from .convert import (
    hz_to_octs as hz_to_octs,
)
from .convert import (
    mel_frequencies as mel_frequencies,
)
from .convert import (
    mel_to_hz as mel_to_hz,
)
from .convert import (
    octs_to_hz as octs_to_hz,
)
from .convert import (
    power_to_db as power_to_db,
)
from .convert import (
    samples_to_frames as samples_to_frames,
)
from .convert import (
    time_to_frames as time_to_frames,
)
from .convert import (
    times_like as times_like,
)
from .errors import (
    AudioError as AudioError,
)
from .errors import (
    ParameterError as ParameterError,
)
from .feature.allpole import (
    apgdf as apgdf,
)
from .feature.allpole import (
    lpcc as lpcc,
)
from .feature.auditory import (
    bark_spectrogram as bark_spectrogram,
)
from .feature.auditory import (
    plp as plp,
)
from .feature.auditory import (
    rasta_plp as rasta_plp,
)
from .feature.bands import (
    linear_spectrogram as linear_spectrogram,
)
from .feature.bands import (
    melspectrogram as melspectrogram,
)
from .feature.centres import (
    ssc as ssc,
)
from .feature.centroids import (
    scfc as scfc,
)
from .feature.centroids import (
    scmc as scmc,
)
from .feature.centroids import (
    ssfc as ssfc,
)
from .feature.cepstral import (
    lfcc as lfcc,
)
from .feature.cepstral import (
    mfcc as mfcc,
)
from .feature.chroma import (
    chroma_cqt as chroma_cqt,
)
from .feature.chroma import (
    chroma_vqt as chroma_vqt,
)
from .feature.constantq import (
    cqt as cqt,
)
from .feature.constantq import (
    vqt as vqt,
)
from .feature.descriptors import (
    spectral_bandwidth as spectral_bandwidth,
)
from .feature.descriptors import (
    spectral_centroid as spectral_centroid,
)
from .feature.descriptors import (
    spectral_rolloff as spectral_rolloff,
)
from .feature.dynamics import (
    delta as delta,
)
from .feature.dynamics import (
    stack_memory as stack_memory,
)
from .feature.emphasis import (
    deemphasis as deemphasis,
)
from .feature.emphasis import (
    preemphasis as preemphasis,
)
from .feature.gabor import (
    insgcqt as insgcqt,
)
from .feature.gabor import (
    nsgcqt as nsgcqt,
)
from .feature.gabor import (
    nsgcqt_frequencies as nsgcqt_frequencies,
)
from .feature.gabor import (
    nsgcqt_times as nsgcqt_times,
)
from .feature.gain import (
    pcen as pcen,
)
from .feature.gammatone import (
    gammatone_spectrogram as gammatone_spectrogram,
)
from .feature.griffin import (
    griffinlim as griffinlim,
)
from .feature.groupdelay import (
    mgd as mgd,
)
from .feature.groupdelay import (
    modified_group_delay as modified_group_delay,
)
from .feature.harmony import (
    chroma_stft as chroma_stft,
)
from .feature.hybrid import (
    hybrid_cqt as hybrid_cqt,
)
from .feature.hybrid import (
    pseudo_cqt as pseudo_cqt,
)
from .feature.inverse import (
    istft as istft,
)
from .feature.inverse_cqt import (
    icqt as icqt,
)
from .feature.phasing import (
    cosine_phase as cosine_phase,
)
from .feature.phasing import (
    instantaneous_frequency as instantaneous_frequency,
)
from .feature.pitch import (
    pyin as pyin,
)
from .feature.pitch import (
    yin as yin,
)
from .feature.prediction import (
    autocorrelate as autocorrelate,
)
from .feature.prediction import (
    lpc as lpc,
)
from .feature.reassigned import (
    reassigned_spectrogram as reassigned_spectrogram,
)
from .feature.reconstruct import (
    mel_to_audio as mel_to_audio,
)
from .feature.reconstruct import (
    mel_to_stft as mel_to_stft,
)
from .feature.reconstruct import (
    mfcc_to_audio as mfcc_to_audio,
)
from .feature.reconstruct import (
    mfcc_to_mel as mfcc_to_mel,
)
from .feature.shape import (
    poly_features as poly_features,
)
from .feature.shape import (
    spectral_contrast as spectral_contrast,
)
from .feature.shape import (
    spectral_flatness as spectral_flatness,
)
from .feature.spectrum import (
    magphase as magphase,
)
from .feature.spectrum import (
    spectrogram as spectrogram,
)
from .feature.spectrum import (
    stft as stft,
)
from .feature.statistics import (
    summarize as summarize,
)
from .feature.subband import (
    cqcc as cqcc,
)
from .feature.subband import (
    cqcc_frequencies as cqcc_frequencies,
)
from .feature.subband import (
    cqcc_spectrum as cqcc_spectrum,
)
from .feature.temporal import (
    rms as rms,
)
from .feature.temporal import (
    zero_crossing_rate as zero_crossing_rate,
)
from .feature.temporal import (
    zero_crossings as zero_crossings,
)
from .feature.together import (
    Stacked as Stacked,
)
from .feature.together import (
    extract as extract,
)
from .feature.tonal import (
    chroma_cens as chroma_cens,
)
from .feature.tonal import (
    tonnetz as tonnetz,
)
from .feature.trimming import (
    split as split,
)
from .feature.trimming import (
    trim as trim,
)
from .feature.tuning import (
    estimate_tuning as estimate_tuning,
)
from .feature.tuning import (
    piptrack as piptrack,
)
from .feature.tuning import (
    pitch_tuning as pitch_tuning,
)
from .notes import (
    hz_to_midi as hz_to_midi,
)
from .notes import (
    hz_to_note as hz_to_note,
)
from .notes import (
    midi_to_hz as midi_to_hz,
)
from .notes import (
    midi_to_note as midi_to_note,
)
from .notes import (
    note_to_hz as note_to_hz,
)
from .notes import (
    note_to_midi as note_to_midi,
)
from .pitches import (
    A4_to_tuning as A4_to_tuning,
)
from .pitches import (
    cqt_frequencies as cqt_frequencies,
)
from .pitches import (
    tuning_to_A4 as tuning_to_A4,
)

__version__: str
from .presets.catalogue import (
    frontend as frontend,
)
from .presets.catalogue import (
    frontends as frontends,
)
from .presets.explaining import (
    Explanation as Explanation,
)
from .presets.explaining import (
    explain as explain,
)
from .presets.front_end import (
    FrontEnd as FrontEnd,
)
