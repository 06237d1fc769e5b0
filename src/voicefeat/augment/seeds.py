"""Random numbers that depend on the utterance, not on the worker that processes it."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from ..errors import check_int, fail

__all__ = ["Random", "check_rng", "generator"]

#: numpy's generators, new and old: both have uniform, normal, random and permutation.
Random = np.random.Generator | np.random.RandomState


def generator(seed: int = 0, utterance: str = "", epoch: int = 0) -> np.random.Generator:
    """A generator for one utterance in one epoch.

    Parameters
    ----------
    seed : int, 0 or more
        Seed of the whole experiment.
    utterance : str
        Id of the utterance.
    epoch : int, 0 or more
        Epoch of the training; each epoch has its own random numbers.

    Returns
    -------
    numpy.random.Generator
        The generator. It depends only on these three values, not on the machine or the order of calls.

    Raises
    ------
    ParameterError
        If a number is negative or the id is not a string.

    Examples
    --------
    >>> import voicefeat as vf
    >>> one = vf.augment.generator(7, "LA_T_1272637", epoch=3)
    >>> one.uniform() == vf.augment.generator(7, "LA_T_1272637", epoch=3).uniform()
    True
    """
    seed, epoch = check_int("seed", seed, least=0, most=None), check_int("epoch", epoch, least=0, most=None)
    if not isinstance(utterance, str):
        fail("utterance", utterance, "must be a string", "give str(id)")
    try:
        text = utterance.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        fail("utterance", utterance, "holds an unpaired surrogate", "give the id as the protocol writes it")
    digest = hashlib.sha256(text).digest()
    return np.random.default_rng([seed, epoch, *np.frombuffer(digest, np.uint32).tolist()])


def check_rng(rng: Any) -> Random:
    """Refuse what is not a random generator of numpy."""
    if not isinstance(rng, Random):
        fail("rng", rng, "is not a random generator", "give vf.augment.generator(seed, id, epoch)")
    return rng
