from . import filters as filters
from .errors import (
    AudioError as AudioError,
    ParameterError as ParameterError,
)
from .convert import (
    hz_to_mel as hz_to_mel,
    mel_to_hz as mel_to_hz,
    hz_to_octs as hz_to_octs,
    octs_to_hz as octs_to_hz,
    fft_frequencies as fft_frequencies,
    mel_frequencies as mel_frequencies,
    frames_to_samples as frames_to_samples,
    samples_to_frames as samples_to_frames,
    frames_to_time as frames_to_time,
    time_to_frames as time_to_frames,
    times_like as times_like,
    power_to_db as power_to_db,
    db_to_power as db_to_power,
    amplitude_to_db as amplitude_to_db,
    db_to_amplitude as db_to_amplitude,
)
from .audio import (
    load as load,
    resample as resample,
    to_mono as to_mono,
)
from .chain.threads import (
    get_num_threads as get_num_threads,
    set_num_threads as set_num_threads,
)
from .feature.spectrum import (
    stft as stft,
    spectrogram as spectrogram,
    magphase as magphase,
)
from .feature.inverse import (
    istft as istft,
)
from .feature.bands import (
    melspectrogram as melspectrogram,
    linear_spectrogram as linear_spectrogram,
)
from .feature.cepstral import (
    mfcc as mfcc,
    lfcc as lfcc,
)
from .feature.harmony import (
    chroma_stft as chroma_stft,
)
from .feature.tuning import (
    estimate_tuning as estimate_tuning,
    pitch_tuning as pitch_tuning,
    piptrack as piptrack,
)
from .feature.dynamics import (
    delta as delta,
    stack_memory as stack_memory,
)

__version__: str
