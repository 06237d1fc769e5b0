"""Recordings in folders with the names of their classes, like ``REAL`` and ``FAKE`` of DEEP-VOICE."""

from __future__ import annotations

import os

from ...errors import check_path, fail
from .sources import Listing, find_sources
from .speakers import read_speakers

__all__ = ["class_folders", "class_of", "read_class_folders"]


def read_class_folders(folder: str | os.PathLike[str]) -> Listing:
    """The recordings in folders of classes, with labels and, if known from their names, speakers.

    Parameters
    ----------
    folder : path-like
        A folder with one folder per class, for example ``REAL`` and ``FAKE``, and recordings at any depth.

    Returns
    -------
    Listing
        The sources, sorted by id, and the columns ``label``, ``source_speaker`` and ``target_speaker``:
        ``linus-to-musk`` is Linus's speech in Musk's voice, ``musk-original`` Musk's own.

    Raises
    ------
    ParameterError
        If there are fewer than two classes, or a recording is in no class folder.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for name in ("REAL/musk-original.wav", "FAKE/linus-to-musk.wav", "FAKE/x.wav"):
    ...     (folder / name).parent.mkdir(exist_ok=True)
    ...     (folder / name).touch()
    >>> [source.carried for source in read_class_folders(folder).sources]
    [('FAKE', 'linus', 'musk'), ('FAKE', None, None), ('REAL', 'musk', 'musk')]
    """
    found = class_folders(folder)
    speakers = read_speakers(source.id for source in found.sources)
    sources = [
        source._replace(carried=(class_of(source.id), *(who or None for who in speakers[source.id])))
        for source in found.sources
    ]
    names = ("label", "source_speaker", "target_speaker")
    return found._replace(sources=sources, columns=tuple((name, "string") for name in names))


def class_of(identity: str) -> str:
    """The class of a recording: the first folder of its id."""
    return identity.partition("/")[0]


def class_folders(folder: str | os.PathLike[str]) -> Listing:
    """The recordings below `folder`, in two classes or more."""
    root = check_path("folder", folder)
    if not os.path.isdir(root):
        problem = "is a file" if os.path.lexists(root) else "there is no such folder"
        fail("folder", root, problem, "give the folder that holds the folders of the classes")
    found = find_sources([root])
    loose = [source.id for source in found.sources if "/" not in source.id]
    if loose:
        more = f" and {len(loose) - 1} more" if len(loose) > 1 else ""
        fail("folder", root, f"{loose[0]!r}{more} lies in no class folder", "move it into one, or elsewhere")
    classes = sorted({class_of(source.id) for source in found.sources})
    if len(classes) < 2:
        has = f"holds recordings of one class only, {classes[0]!r}" if classes else "holds no recordings"
        links = f", and links, which are not followed ({', '.join(found.links)})" if found.links else ""
        inside = sorted({source.id.split("/")[1] for source in found.sources if source.id.count("/") > 1})
        remedy = "give the folder that holds two class folders or more"
        if len(inside) > 1:
            remedy += f", is it {os.path.join(root, classes[0])!r}?"
        fail("folder", root, has + links, remedy)
    return found
