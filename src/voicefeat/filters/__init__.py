"""Filter banks and windows as plain arrays: a row is a filter, a column is a bin of a real FFT."""

from .banks import bank, total
from .barks import bark
from .folding import cq_to_chroma, pseudo_response as pseudo_response, tonal_centroids as tonal_centroids
from .gammatones import gammatone
from .matrices import chroma, linear, mel
from .wavelets import constant_q, wavelet, wavelet_lengths
from .windows import get_window, window_bandwidth

__all__ = [
    "bank", "bark", "chroma", "constant_q", "cq_to_chroma", "gammatone", "get_window", "linear", "mel",
    "total", "wavelet", "wavelet_lengths", "window_bandwidth",
]  # fmt: skip
