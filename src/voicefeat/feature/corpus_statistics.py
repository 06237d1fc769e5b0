"""Means and variances over a corpus: computed per recording, merged, saved, loaded, applied."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..chain.normalisation import Normalisation
from ..errors import ParameterError, fail
from ..files.temporary import replacing
from ..files.text import open_text

__all__ = ["CorpusStatistics"]

#: Version of the file format, written into every file.
FORM = "voicefeat corpus statistics 1"


@dataclass(frozen=True)
class CorpusStatistics:
    """Number of frames of a corpus, and the mean and variance of each row over all of them.

    `of` computes the statistics of one recording and ``+`` merges two, so workers can share a corpus.

    Parameters
    ----------
    frames : int
        Number of frames.
    mean : tuple of float
        Mean of each row.
    squares : tuple of float
        Sum of squared distances from the mean, of each row.
    digest : str
        Digest of the front end that computed the features (`FrontEnd.digest`), or empty.

    Notes
    -----
    Two parts are merged as in Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for
    computing sample variances" (1979): no sum of squares is subtracted from another, so the variance of
    rows far from 0 is accurate.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> rng = np.random.default_rng(0)
    >>> fe = vf.frontend("asvspoof2019-lfcc")
    >>> clips = [rng.standard_normal(16000), rng.standard_normal(24000)]
    >>> gathered = vf.CorpusStatistics()
    >>> for y in clips:
    ...     gathered += vf.CorpusStatistics.of(fe(y, 16000), fe.digest)
    >>> gathered.frames == sum(fe.frames(y.size) for y in clips), len(gathered.mean)
    (True, 60)
    >>> normalised = fe.replace(normalisation=gathered.normalisation())
    >>> normalised(clips[0], 16000).shape
    (60, 99)
    """

    frames: int = 0
    mean: tuple[float, ...] = ()
    squares: tuple[float, ...] = ()
    digest: str = ""

    @classmethod
    def of(cls, features: ArrayLike, digest: str = "") -> CorpusStatistics:
        """Compute the statistics of one recording, or of a batch.

        Parameters
        ----------
        features : real array of shape (..., rows, frames)
            Result of a feature or a front end.
        digest : str
            Digest of the front end, so that statistics of another front end are refused.

        Returns
        -------
        CorpusStatistics
            Statistics over all frames of all leading dimensions.

        Raises
        ------
        ParameterError
            If the features are not a finite real array of two dimensions or more.
        """
        x = np.asarray(features)
        if x.ndim < 2 or x.dtype.kind not in "fiu" or x.shape[-2] == 0:
            description = f"array of shape {x.shape} and type {x.dtype}"
            wrong = "is not a real array of shape (..., rows, frames)"
            fail("features", description, wrong, "give the result of a feature")
        wide = np.moveaxis(x, -2, 0).reshape(x.shape[-2], -1).astype(np.float64)
        if not np.isfinite(wide).all():
            raise ParameterError("features: hold NaN or infinity; repair this recording, or leave it out")
        if wide.shape[1] == 0:
            return cls(digest=digest)
        mean = wide.mean(axis=1)
        squares = np.square(wide - mean[:, np.newaxis]).sum(axis=1)
        return cls(wide.shape[1], tuple(mean.tolist()), tuple(squares.tolist()), digest)

    def __add__(self, other: CorpusStatistics) -> CorpusStatistics:
        if not isinstance(other, CorpusStatistics):
            return NotImplemented
        if self.digest and other.digest and self.digest != other.digest:
            clash = f"statistics of front ends {self.digest} and {other.digest}"
            raise ParameterError(f"{clash}: cannot be merged; merge statistics of one front end")
        digest = self.digest or other.digest
        if not self.frames or not other.frames:
            full = self if self.frames else other
            return CorpusStatistics(full.frames, full.mean, full.squares, digest)
        if len(self.mean) != len(other.mean):
            rows = f"statistics of {len(self.mean)} and of {len(other.mean)} rows"
            raise ParameterError(f"{rows}: cannot be merged; merge statistics of one feature")
        frames = self.frames + other.frames
        here, there = np.array(self.mean), np.array(other.mean)
        apart = there - here
        mean = here + apart * (other.frames / frames)
        squares = np.array(self.squares) + np.array(other.squares)
        squares += apart * apart * (self.frames * other.frames / frames)
        return CorpusStatistics(frames, tuple(mean.tolist()), tuple(squares.tolist()), digest)

    @property
    def variance(self) -> np.ndarray:
        """Variance of each row, with the number of frames as divisor: float64 array of shape (rows,)."""
        return np.array(self.squares) / max(self.frames, 1)

    def normalisation(self, variance: bool = True, floor: float = 1e-20) -> Normalisation:
        """Make a stage that subtracts these means and divides by these standard deviations.

        Parameters
        ----------
        variance : bool
            Whether to divide.
        floor : float
            Lower bound of the variances.

        Returns
        -------
        Normalisation
            For ``fe.replace(normalisation=...)``. With it, a frame does not depend on other frames.

        Raises
        ------
        ParameterError
            If there are no frames.
        """
        if not self.frames:
            raise ParameterError("frames=0: there are no statistics; compute some with CorpusStatistics.of")
        spread = np.sqrt(np.maximum(self.variance, floor)).tolist() if variance else ()
        return Normalisation("corpus", variance, means=self.mean, deviations=tuple(spread))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the statistics as JSON, with all digits; an existing file is replaced in one step.

        Parameters
        ----------
        path : path-like
            The file.
        """
        header = {"form": FORM, "digest": self.digest, "frames": self.frames}
        text = json.dumps({**header, "mean": self.mean, "squares": self.squares}, indent=1, allow_nan=False)
        with replacing(path, encoding="utf-8") as file:
            file.write(text + "\n")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> CorpusStatistics:
        """Read a file written by `save`.

        Parameters
        ----------
        path : path-like
            The file.

        Returns
        -------
        CorpusStatistics
            Statistics equal to those saved.

        Raises
        ------
        ParameterError
            If the file holds something else, or is a pipe or a device.
        """
        argument = f"path={os.fspath(path)!r}"
        try:
            with open_text("path", path) as file:
                fields = json.loads(file.read())
        except ParameterError:
            raise
        except ValueError as problem:
            raise ParameterError(
                f"{argument}: is not JSON ({problem}); give a file that save wrote"
            ) from None
        if not isinstance(fields, dict) or fields.get("form") != FORM:
            raise ParameterError(f"{argument}: does not begin with {FORM!r}; give a file that save wrote")
        try:
            frames, digest = fields["frames"], fields["digest"]
            mean, squares = (tuple(float(v) for v in fields[name]) for name in ("mean", "squares"))
            fits = isinstance(frames, int) and isinstance(digest, str) and len(mean) == len(squares)
            fits = fits and bool(np.isfinite([*mean, *squares]).all()) and min(squares, default=0.0) >= 0
            fits = fits and frames >= 0 and bool(frames) == bool(mean)
        except (KeyError, TypeError, ValueError):
            fits = False
        if not fits:
            raise ParameterError(
                f"{argument}: has means and squares that do not match; compute and save them again"
            )
        return cls(frames, mean, squares, digest)
