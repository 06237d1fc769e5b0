"""audioflux's side of the rows: objects are made once, outside the timing."""

from __future__ import annotations

from typing import Any

from . import Call

# Its objects crash when they are destroyed beside some other libraries, so all are kept.
_KEPT: list[Any] = []


def _flux_exponent(n_fft: int = 2048, win_length: int | None = None, **_: Any) -> int | None:
    """log2 of n_fft, or None: windows are as long as the transform, which is a power of two."""
    if win_length not in (None, n_fft) or n_fft & (n_fft - 1):
        return None
    return n_fft.bit_length() - 1


def _flux_bands(sr: int, num: int, scale: str, settings: dict[str, Any], data: str = "POWER") -> Any:
    import audioflux as af
    from audioflux.type import SpectralDataType, SpectralFilterBankNormalType, SpectralFilterBankScaleType

    exponent = _flux_exponent(**settings)
    if exponent is None:
        return None
    area = SpectralFilterBankNormalType.BAND_WIDTH if scale == "MEL" else SpectralFilterBankNormalType.NONE
    bands = af.BFT(
        num=num,
        radix2_exp=exponent,
        samplate=sr,
        slide_length=settings.get("hop_length", 512),
        scale_type=SpectralFilterBankScaleType[scale],
        data_type=SpectralDataType[data],
        normal_type=area,
    )
    _KEPT.append(bands)
    return bands


def audioflux_bands(scale: str, sr: int, **settings: Any) -> Call | None:
    n_bins = 1 + settings.get("n_fft", 2048) // 2
    bands = _flux_bands(sr, settings.get("n_mels", 128) if scale == "MEL" else n_bins, scale, settings)
    return bands and (lambda y: bands.bft(y, result_type=1))


def audioflux_mfcc(sr: int, *, n_mfcc: int = 20, n_mels: int = 128, **settings: Any) -> Call | None:
    import audioflux as af

    bands = _flux_bands(sr, n_mels, "MEL", settings)
    if bands is None:
        return None
    cepstrum = af.XXCC(n_mels)
    _KEPT.append(cepstrum)

    def call(y):
        powers = bands.bft(y, result_type=1)
        cepstrum.set_time_length(powers.shape[-1])
        return cepstrum.xxcc(powers, cc_num=n_mfcc)

    return call


def audioflux_stft(sr: int, **settings: Any) -> Call | None:
    import audioflux as af
    from audioflux.type import WindowType

    exponent = _flux_exponent(**settings)
    if exponent is None:
        return None
    transform = af.STFT(exponent, WindowType.HANN, settings.get("hop_length", 512))
    _KEPT.append(transform)
    return transform.stft


def audioflux_chroma(sr: int, *, tuning: float, **settings: Any) -> Call | None:
    from audioflux.spectrogram import Spectrogram
    from audioflux.type import SpectralDataType, SpectralFilterBankType

    exponent = _flux_exponent(**settings)
    if exponent is None:
        return None
    bands = Spectrogram(
        num=12,
        radix2_exp=exponent,
        samplate=sr,
        low_fre=0.0,
        high_fre=sr / 2,
        slide_length=settings.get("hop_length", 512),
        data_type=SpectralDataType.POWER,
        filter_bank_type=SpectralFilterBankType.CHROMA,
    )
    _KEPT.append(bands)
    return bands.spectrogram


def audioflux_descriptor(name: str, sr: int, *, data: str = "MAG", **settings: Any) -> Call | None:
    """A number a frame, of magnitudes that are computed anew each time."""
    import audioflux as af

    bands = _flux_bands(sr, 1 + settings.get("n_fft", 2048) // 2, "LINEAR", settings, data)
    if bands is None:
        return None
    spectral = af.Spectral(num=bands.num, fre_band_arr=bands.get_fre_band_arr())
    _KEPT.append(spectral)
    describe = getattr(spectral, name)

    def call(y):
        spectra = bands.bft(y, result_type=1)
        spectral.set_time_length(spectra.shape[-1])
        return describe(spectra)

    return call


def audioflux_temporal(name: str, sr: int, *, frame_length: int = 2048, hop_length: int = 512) -> Call:
    import audioflux as af

    temporal = af.Temporal(frame_length=frame_length, slide_length=hop_length)
    _KEPT.append(temporal)
    return lambda y: temporal.temporal(y, **{f"has_{name}": True})


def audioflux_cqt(
    sr: int, *, n_bins: int = 84, bins_per_octave: int = 12, hop_length: int = 512, chroma: bool = False
) -> Call:
    import audioflux as af

    transform = af.CQT(num=n_bins, samplate=sr, bin_per_octave=bins_per_octave, slide_length=hop_length)
    _KEPT.append(transform)
    return (lambda y: transform.chroma(transform.cqt(y))) if chroma else transform.cqt


def audioflux_yin(sr: int, *, fmin: float, fmax: float, frame_length: int = 2048) -> Call:
    import audioflux as af

    estimator = af.PitchYIN(
        samplate=sr,
        low_fre=fmin,
        high_fre=fmax,
        radix2_exp=frame_length.bit_length() - 1,
        slide_length=frame_length // 4,
        auto_length=frame_length // 2,
    )
    _KEPT.append(estimator)
    return estimator.pitch
