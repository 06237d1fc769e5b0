from . import augment as augment, filters as filters, metrics as metrics, plot as plot
from .audio import (
    load as load,
    to_mono as to_mono,
)
from .chain.threads import (
    get_num_threads as get_num_threads,
    set_num_threads as set_num_threads,
)
from .convert import (
    amplitude_to_db as amplitude_to_db,
    db_to_amplitude as db_to_amplitude,
    db_to_power as db_to_power,
    fft_frequencies as fft_frequencies,
    frames_to_samples as frames_to_samples,
    frames_to_time as frames_to_time,
    hz_to_mel as hz_to_mel,
    hz_to_octs as hz_to_octs,
    mel_frequencies as mel_frequencies,
    mel_to_hz as mel_to_hz,
    octs_to_hz as octs_to_hz,
    power_to_db as power_to_db,
    samples_to_frames as samples_to_frames,
    time_to_frames as time_to_frames,
    times_like as times_like,
)
from .corpus.extraction import (
    Extraction as Extraction,
    extract_corpus as extract_corpus,
)
from .errors import (
    AudioError as AudioError,
    ParameterError as ParameterError,
)
from .feature.allpole import (
    apgdf as apgdf,
    lpcc as lpcc,
)
from .feature.auditory import (
    bark_spectrogram as bark_spectrogram,
    plp as plp,
    rasta_plp as rasta_plp,
)
from .feature.bands import (
    linear_spectrogram as linear_spectrogram,
    melspectrogram as melspectrogram,
)
from .feature.centres import (
    ssc as ssc,
)
from .feature.centroids import (
    scfc as scfc,
    scmc as scmc,
    ssfc as ssfc,
)
from .feature.cepstral import (
    lfcc as lfcc,
    mfcc as mfcc,
)
from .feature.chroma import (
    chroma_cqt as chroma_cqt,
    chroma_vqt as chroma_vqt,
)
from .feature.constantq import (
    cqt as cqt,
    vqt as vqt,
)
from .feature.descriptors import (
    spectral_bandwidth as spectral_bandwidth,
    spectral_centroid as spectral_centroid,
    spectral_rolloff as spectral_rolloff,
)
from .feature.dynamics import (
    delta as delta,
    stack_memory as stack_memory,
)
from .feature.emphasis import (
    deemphasis as deemphasis,
    preemphasis as preemphasis,
)
from .feature.gabor import (
    insgcqt as insgcqt,
    nsgcqt as nsgcqt,
    nsgcqt_frequencies as nsgcqt_frequencies,
    nsgcqt_times as nsgcqt_times,
)
from .feature.gain import (
    pcen as pcen,
)
from .feature.gammatone import (
    gammatone_spectrogram as gammatone_spectrogram,
)
from .feature.gathering import (
    CorpusStatistics as CorpusStatistics,
)
from .feature.griffin import (
    griffinlim as griffinlim,
)
from .feature.groupdelay import (
    mgd as mgd,
    modified_group_delay as modified_group_delay,
)
from .feature.harmony import (
    chroma_stft as chroma_stft,
)
from .feature.hybrid import (
    hybrid_cqt as hybrid_cqt,
    pseudo_cqt as pseudo_cqt,
)
from .feature.inverse import (
    istft as istft,
)
from .feature.inverse_cqt import (
    icqt as icqt,
)
from .feature.linespectra import (
    lpc_to_lsf as lpc_to_lsf,
    lsf_to_lpc as lsf_to_lpc,
)
from .feature.phasing import (
    cosine_phase as cosine_phase,
    instantaneous_frequency as instantaneous_frequency,
)
from .feature.pitch import (
    pyin as pyin,
    yin as yin,
)
from .feature.powernormalised import (
    pncc as pncc,
)
from .feature.prediction import (
    autocorrelate as autocorrelate,
    lpc as lpc,
)
from .feature.reassigned import (
    reassigned_spectrogram as reassigned_spectrogram,
)
from .feature.reconstruct import (
    mel_to_audio as mel_to_audio,
    mel_to_stft as mel_to_stft,
    mfcc_to_audio as mfcc_to_audio,
    mfcc_to_mel as mfcc_to_mel,
)
from .feature.relative import (
    rps as rps,
)
from .feature.separation import (
    harmonic as harmonic,
    hpss as hpss,
    percussive as percussive,
    softmask as softmask,
)
from .feature.shape import (
    poly_features as poly_features,
    spectral_contrast as spectral_contrast,
    spectral_flatness as spectral_flatness,
)
from .feature.spectrum import (
    magphase as magphase,
    spectrogram as spectrogram,
    stft as stft,
)
from .feature.srh import (
    srh_pitch as srh_pitch,
)
from .feature.statistics import (
    summarize as summarize,
)
from .feature.subband import (
    cqcc as cqcc,
    cqcc_frequencies as cqcc_frequencies,
    cqcc_spectrum as cqcc_spectrum,
)
from .feature.temporal import (
    rms as rms,
    zero_crossing_rate as zero_crossing_rate,
    zero_crossings as zero_crossings,
)
from .feature.together import (
    Stacked as Stacked,
    extract as extract,
)
from .feature.tonal import (
    chroma_cens as chroma_cens,
    tonnetz as tonnetz,
)
from .feature.tracking import (
    detect_pitch_frequency as detect_pitch_frequency,
)
from .feature.trimming import (
    split as split,
    trim as trim,
)
from .feature.tuning import (
    estimate_tuning as estimate_tuning,
    piptrack as piptrack,
    pitch_tuning as pitch_tuning,
)
from .notes import (
    hz_to_midi as hz_to_midi,
    hz_to_note as hz_to_note,
    midi_to_hz as midi_to_hz,
    midi_to_note as midi_to_note,
    note_to_hz as note_to_hz,
    note_to_midi as note_to_midi,
)
from .pitches import (
    A4_to_tuning as A4_to_tuning,
    cqt_frequencies as cqt_frequencies,
    tuning_to_A4 as tuning_to_A4,
)

__version__: str
from .corpus.dataset import (
    Dataset as Dataset,
)
from .corpus.opening import (
    open_dataset as open_dataset,
)
from .presets.catalogue import (
    frontend as frontend,
    frontends as frontends,
)
from .presets.explaining import (
    Explanation as Explanation,
    explain as explain,
)
from .presets.front_end import (
    FrontEnd as FrontEnd,
)
from .resampling import (
    resample as resample,
)
