"""Front ends that no golden file has: each computed from its definition, frame by frame, in plain numpy."""

import numpy as np
from tables.auditory import pncc
from tables.relative import rps


def frames(y, length, hop):
    """From the first sample on; a last one that is not full is filled with zeros."""
    count = max(1, -(-(len(y) - length) // hop) + 1)
    y = np.append(
        y, np.zeros((count - 1) * hop + length - len(y)) if (count - 1) * hop + length > len(y) else []
    )
    return np.stack([y[t * hop : t * hop + length] for t in range(count)])


def triangles(edges, hertz):
    return np.array(
        [
            np.interp(hertz, [low, top, high], [0, 1, 0])
            for low, top, high in zip(edges, edges[1:], edges[2:], strict=False)
        ]
    )


def cosine(x, n):
    """The first n values of an orthonormal DCT-II along axis 0."""
    bands = len(x)
    rows = [np.cos(np.pi * i * (np.arange(bands) + 0.5) / bands) * np.sqrt(2 / bands) for i in range(n)]
    rows[0] = rows[0] / np.sqrt(2)
    return np.array(rows) @ x


def half_difference(x):
    padded = np.concatenate([x[:, :1], x, x[:, -1:]], axis=1)
    return (padded[:, 2:] - padded[:, :-2]) / 2


def tak(y):
    n = np.arange(480)
    window = 0.54 - 0.46 * np.cos(2 * np.pi * n / 479)
    power = np.abs(np.fft.rfft(frames(y, 480, 240) * window, 1024)).T ** 2
    bank = triangles(np.linspace(0, 8000, 72), np.arange(513) * 16000 / 1024)
    c = cosine(np.log10(bank @ power + 2.0**-52), 20)
    return np.concatenate([c, half_difference(c), half_difference(half_difference(c))])


def magnitude(y):
    n = np.arange(2048)
    cut = frames(np.pad(y, 1024), 2048, 512)[: 1 + len(y) // 512]
    return np.abs(np.fft.rfft(cut * (0.5 - 0.5 * np.cos(2 * np.pi * n / 2048)))).T


def slaney(n):
    """Edges of n filters from 0 to 8000 Hz: linear to 1000 Hz, and 27 steps to each factor of 6.4 above."""
    top = 15 + 27 * np.log(8) / np.log(6.4)
    mel = np.linspace(0, top, n + 2)
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mel - 15)))


HERTZ = np.arange(1025) * 16000 / 2048


def log_mel(y):
    edges = slaney(128)
    bank = triangles(edges, HERTZ) * (2 / (edges[2:] - edges[:-2]))[:, None]
    return np.log(bank @ magnitude(y) ** 2 + 1e-6)


def peaked(y, edges):
    bank = triangles(edges, HERTZ)
    return cosine(np.log((bank / bank.max(axis=1, keepdims=True)) @ magnitude(y) ** 2 + 1e-6), 13)


def chroma(y):
    import librosa

    made = librosa.filters.chroma(sr=16000, n_fft=2048, dtype=np.float64) @ magnitude(y)
    total = made.sum(axis=0)
    return np.where(total > 0, made / np.where(total > 0, total, 1), 0)


def short_frames(y):
    """25 ms every 10 ms of the pre-emphasised signal, of what is full, (257, frames) magnitudes."""
    y = np.append(y[0], y[1:] - 0.97 * y[:-1])
    count = 1 + (len(y) - 400) // 160
    cut = np.stack([y[t * 160 : t * 160 + 400] for t in range(count)])
    return np.abs(np.fft.rfft(cut * (0.54 - 0.46 * np.cos(2 * np.pi * np.arange(400) / 399)), 512)).T


def gammatone(hertz, bins):
    """Two complex filters of order four, 1 at the centre: what scipy's expanded filter is."""
    pole = np.exp((-2.038 * np.pi * (hertz / 9.26449 + 24.7) + 2j * np.pi * hertz) / 16000)

    def response(at):
        z = np.exp(-2j * np.pi * at / 16000)
        return np.abs((1 - pole * z) ** -4 + (1 - pole.conjugate() * z) ** -4)

    return response(bins) / response(hertz)


def gfcc(y):
    """Gammatone filters equally far apart on Glasberg and Moore's scale of bandwidths."""
    start = 24.7 * 9.26449
    centres = np.exp(np.linspace(np.log(50 + start), np.log(8000 + start), 65))[:-1] - start
    bank = np.array([gammatone(hz, np.arange(257) * 16000 / 512) for hz in centres])
    return cosine(np.log(np.maximum(bank @ short_frames(y), 1e-10)), 13)


def bfcc(y):
    """Critical bands: flat for a Bark, 10 dB a Bark below and 25 dB a Bark above."""
    bark = 6 * np.arcsinh(np.arange(257) * 16000 / 512 / 600)
    bank = []
    for centre in np.linspace(0, 6 * np.arcsinh(8000 / 600), 22):
        below, above = np.maximum(centre - 0.5 - bark, 0), np.maximum(bark - centre - 0.5, 0)
        bank.append(10.0 ** -(below + 2.5 * above))
    return cosine(np.log(np.maximum(np.array(bank) @ short_frames(y) ** 2, 1e-10)), 13)


#: By the name of the front end, the run of the original that its reference stands for, as in
#: `parity.ORIGINALS`. A "definition" is a paper's or this library's own: no program of it can be run.
ORIGINALS = {
    "rawnet2-waveform": "definition",  # AASIST's rule, whose run is a golden array, at another length
    "tak2020-lfcc": "definition",
    "gfcc": "definition",
    "bfcc": "definition",
    "pncc": "definition",
    "sahidullah2015-rps": "sahidullah2015_matlab__rps",
    "project-mfcc": "test_levels.py",  # librosa 0.11
    "project-mel": "test_levels.py",  # librosa 0.11
    "project-lfcc": "definition",
    "project-lfcc-mel": "definition",
    "project-chroma": "definition",
}
#: By the name of the front end.
REFERENCES = {
    "rawnet2-waveform": lambda y: np.concatenate([y] * (64000 // len(y) + 1))[np.newaxis, :64000],
    "tak2020-lfcc": tak,
    "gfcc": gfcc,
    "bfcc": bfcc,
    "pncc": lambda y: pncc(y, 16000),
    "sahidullah2015-rps": lambda y: rps(y, 16000, differences=2),
    "project-mfcc": lambda y: cosine(log_mel(y), 13),
    "project-mel": log_mel,
    "project-lfcc": lambda y: peaked(y, np.linspace(0, 8000, 42)),
    "project-lfcc-mel": lambda y: peaked(y, slaney(40)),
    "project-chroma": chroma,
}
