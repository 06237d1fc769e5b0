"""Kaldi data folders: the recordings of ``wav.scp``, or the segments that a file ``segments`` lists."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

from ...errors import ParameterError, check_float, check_int, check_path, fail
from ...files.text import BLANK, words
from .records import read_lines, wrong_line
from .roots import Root, located, once
from .sources import Listing, Source, printable

__all__ = ["read_wav_scp"]

_FROM = "count seconds from the file's beginning, and give an end of -1 for all"


def read_wav_scp(file: str | os.PathLike[str], root: str | os.PathLike[str] | None = None) -> Listing:
    """The recordings of a Kaldi data folder, in its order.

    Parameters
    ----------
    file : path-like
        ``wav.scp``: each line is an id and a file. If its folder has a file ``segments`` (segment, recording,
        start, end, optionally a channel), segments are listed in place of whole recordings; with ``utt2spk``,
        speakers are carried.
    root : path-like, optional
        Folder of relative paths, which must not lead outside. By default paths are relative to the working
        folder, as in Kaldi, and may lead anywhere.

    Returns
    -------
    Listing
        The sources, the column ``speaker`` if it is known, and the number of missing files.

    Raises
    ------
    ParameterError
        If a line has a command in place of a file, a file outside the root, an id that occurs twice, a
        segment of an unknown recording, or impossible times. The error names the line.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> (folder / "a.wav").touch()
    >>> _ = (folder / "wav.scp").write_text("rec1 a.wav\\n")
    >>> _ = (folder / "segments").write_text("utt1 rec1 0.5 2\\nutt2 rec1 2 -1\\n")
    >>> [source[0:1] + source[2:4] for source in read_wav_scp(folder / "wav.scp", folder).sources]
    [('utt1', 0.5, 2.0), ('utt2', 2.0, None)]
    """
    file = check_path("scp", file)
    place = None if root is None else Root(root)
    recordings: dict[str, Source] = {}
    seen: dict[str, tuple[int, str]] = {}
    for line, identity, name in _pairs("scp", file):
        if name.endswith("|") or name == "-":
            problem = (
                f"{name!r} is a command, which is not run; write its output to a file, and list that file"
            )
            raise wrong_line(file, line, problem)
        once(f"{file}, line", line, identity, seen, name)
        try:
            path = name if place is None else place.place(name)[1]
        except ParameterError as error:
            raise wrong_line(file, line, error) from None
        recordings[identity] = Source(printable(identity), path)
    if not recordings:
        fail("scp", file, "lists no recording", "write an id and a file in each line")
    sources = list(recordings.values())
    segments = os.path.join(os.path.dirname(file), "segments")
    if os.path.exists(segments):
        sources = list(_segments(segments, recordings))
        if not sources:
            remedy = "write its segments, or remove the file to use whole recordings"
            fail("segments", segments, "lists no segment", remedy)
    sources, missing, why = located("scp", file, sources, place.folder if place else "")
    speakers = os.path.join(os.path.dirname(file), "utt2spk")
    if not os.path.exists(speakers):
        return Listing(sources, Counter(), [], (), missing, why)
    known = {printable(identity): printable(who) for _, identity, who in _pairs("utt2spk", speakers)}
    sources = [source._replace(carried=(known.get(source.id),)) for source in sources]
    return Listing(sources, Counter(), [], (("speaker", "string"),), missing, why)


def _pairs(name: str, file: str) -> Iterator[tuple[int, str, str]]:
    """The lines of a file: number, first word, and the rest."""
    for line, text in read_lines(name, file):
        identity = words(text)[0]
        rest = text[len(identity) :].strip(BLANK)
        if not rest:
            raise wrong_line(file, line, f"{text!r} has one field; write an id, a space, and the value")
        yield line, identity, rest


def _segments(file: str, recordings: dict[str, Source]) -> Iterator[Source]:
    """The segments of a file; an end of -1 is the end of the recording."""
    seen: dict[str, tuple[int, str]] = {}
    for line, text in read_lines("segments", file):
        fields = words(text)
        if len(fields) not in (4, 5):
            wanted = "segment, recording, start, end, and optionally a channel"
            raise wrong_line(file, line, f"has {len(fields)} fields; write {wanted}")
        identity, recording, *times = fields
        once(f"{file}, line", line, identity, seen)
        try:
            if recording not in recordings:
                fail("recording", recording, "is not in wav.scp", "add it there, or leave the segment out")
            yield _cut(recordings[recording], identity, *times)
        except ParameterError as error:
            raise wrong_line(file, line, error) from None


def _cut(whole_one: Source, identity: str, start: str, end: str, channel: str = "-1") -> Source:
    begin = check_float("start", _number(start), low=0.0, unit="seconds", remedy=_FROM)
    until = check_float("end", _number(end), unit="seconds", remedy=_FROM)
    if until != -1 and until <= begin:
        fail("end", until, f"is not after start={begin:g}", _FROM)
    number = None if channel == "-1" else check_int("channel", _number(channel), least=0)
    return Source(printable(identity), whole_one.path, begin, None if until == -1 else until, number)


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
