"""Random numbers that belong to an utterance, not to the worker that happens to have it."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from ..errors import check_int, fail

__all__ = ["Random", "check", "generator"]

#: numpy's generators, new and old: both have uniform, normal, random and permutation.
Random = np.random.Generator | np.random.RandomState


def generator(seed: int = 0, utterance: str = "", epoch: int = 0) -> np.random.Generator:
    """A generator for one utterance in one epoch.

    Parameters
    ----------
    seed : int, 0 or more
        Of the whole experiment.
    utterance : str
        The utterance's id.
    epoch : int, 0 or more
        Of the training; another epoch, other numbers.

    Returns
    -------
    numpy.random.Generator
        The same for the same three, on every machine and in any order of calls.

    Raises
    ------
    ParameterError
        If a number is negative or the id no text.

    Examples
    --------
    >>> import voicefeat as vf
    >>> one = vf.augment.generator(7, "LA_T_1272637", epoch=3)
    >>> one.uniform() == vf.augment.generator(7, "LA_T_1272637", epoch=3).uniform()
    True
    """
    seed, epoch = check_int("seed", seed, least=0, most=None), check_int("epoch", epoch, least=0, most=None)
    if not isinstance(utterance, str):
        fail("utterance", utterance, "must be the id as text", "give str(id)")
    try:
        text = utterance.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        fail("utterance", utterance, "holds half a character", "give the id as the protocol writes it")
    words = hashlib.sha256(text).digest()
    return np.random.default_rng([seed, epoch, *np.frombuffer(words, np.uint32).tolist()])


def check(rng: Any) -> Random:
    """Refuse what draws no numbers."""
    if not isinstance(rng, Random):
        fail("rng", rng, "is no generator of random numbers", "give vf.augment.generator(seed, id, epoch)")
    return rng
