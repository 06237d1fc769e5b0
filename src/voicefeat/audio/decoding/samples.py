"""The samples of a recording from first to last, through all links of its file."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...errors import AudioError, is_transient
from . import flac, headers, mp3, ogg
from .checks import MP3_SLACK, UNKNOWN_FRAMES, check_room, check_whole, most_bytes, promised
from .files import Place
from .known import Memory
from .seek import anchor, go, known, without_seeking
from .views import Link

__all__ = ["Stream"]

_BLOCK_FRAMES = 1 << 18
#: Formats for which reading reports every error. For others, soundfile's seek after it may report more.
_READ_TO_THE_END = {"FLAC", "WAV", "WAVEX", "MP3", "OGG"}
#: The links found in files, so that each file is examined only once.
_found: Memory[list[Link | None]] = Memory(1024)


class Stream:
    """A recording that is read from its beginning, or from a position, to its end.

    Rate and channels are those of the first link; a link that differs is an error when it is reached.
    """

    def __init__(self, place: Place) -> None:
        import soundfile

        self.place = place
        #: The links in order; None is the unchanged file.
        self._links: list[Link | None] = [None]
        try:
            self.file: Any = place.open()
        except (soundfile.SoundFileError, OSError, TypeError) as problem:
            self._open_plain(problem)
        self.rate: int = self.file.samplerate
        self.channels: int = self.file.channels
        #: Whether a header states the length.
        self.stated: bool = True
        #: Whether the end is marked, for formats with such a mark.
        self.ended: bool = True
        #: Whether reading begins at the position of an open file, not at an offset.
        self.stands = False
        self._at = 0
        #: Samples of this link that were read or skipped.
        self._done = 0

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.file.close()

    def _open_plain(self, problem: Exception) -> None:
        """Open a file that libsndfile refuses but that may be an MP3 or a CAF."""
        import soundfile

        link = None
        if self.place.size and isinstance(problem, soundfile.SoundFileError) and self.place.readable:
            caf = self.place.fetch(0, 4) == b"caff"
            link = headers.caf(self.place) if caf else mp3.plain(self.place)
        if link is None:
            self.place.explain(problem)
        try:
            self.file = self.place.open(link)
        except (soundfile.SoundFileError, OSError):
            self.place.explain(problem)
        self._links = [link]

    def look(self, itemsize: int = 4) -> None:
        """Find the real length and links, which may differ from the header."""
        key = (self.place.identity, itemsize)
        found = _found.get(key) if self.place.identity else None
        if found is None:
            found = self._find(itemsize)
            if self.place.identity:
                _found.put(key, found)
        if found != [None]:
            self.stated = not any(link is not None and link.unstated for link in found)
            self.ended = not any(link is not None and link.unended for link in found)
            self._links = found
            if found[0] is None or not found[0].is_file(self.place.size):
                self._open(0)

    def _find(self, itemsize: int) -> list[Link | None]:
        form = self.file.format
        if form == "FLAC":
            most = most_bytes(self.place.size) // (self.channels * itemsize)
            found = flac.links(self.place, most)
        elif form == "OGG":
            found = ogg.links(self.place)
        elif form == "MP3":
            found = mp3.links(self.place)
        else:
            found = headers.links(self.place, self.file)
        return [None] if found is None else [*found]

    def remark(self, level: int) -> None:
        """Warn of a missing length and of bytes left out, at the line `level` calls above."""
        links = [link for link in self._links if link is not None]
        left, lost = sum(link.left for link in links), [link for link in links if link.lost]
        messages = []
        if not self.stated:
            messages.append("its header does not state its length; all samples up to its end were read")
        if not self.ended:
            messages.append(
                "has no end-of-stream mark, so it may have been cut off; all samples up to its end were read"
            )
        if left:
            problem = f"{left:,} bytes after the samples that its header states were left out"
            messages.append(f"{problem}; if they are samples, correct the header")
        if lost:
            count, at = sum(link.lost for link in lost), lost[0].start - lost[0].lost
            messages.append(f"{count:,} bytes among its blocks, from byte {at:,} on, could not be decoded")
        for message in messages:
            warnings.warn(f"{self.place.name}: {message}", stacklevel=level)

    def _open(self, number: int) -> None:
        self.file.close()
        self._at = number
        self._done = 0
        self.file = self.place.open(self._links[number])

    @property
    def _last(self) -> bool:
        return self._at == len(self._links) - 1

    @property
    def _cut(self) -> bool:
        link = self._links[self._at]
        return link is not None and link.missing > 0

    def total(self) -> int | None:
        """Samples per channel in all links; None if that is not known, or if links differ."""
        if len(self._links) == 1:
            return known(self.file, self._links[0])
        count = 0
        for link in self._links:
            with self.place.open(link) as file:
                frames = known(file, link)
                if frames is None or (file.samplerate, file.channels) != (self.rate, self.channels):
                    return None
            count += frames
        return count

    def take(self, first: int, wanted: int | None, dtype: np.dtype, room: np.ndarray | None) -> np.ndarray:
        """The `wanted` samples from `first` on, or all, shape (n, channels); too few are an error."""
        claimed = known(self.file, None)
        reaches = wanted is None or claimed is None or first + wanted > claimed
        # Seeking may lead a decoder into another link.
        if reaches or self.file.format == "MP3" or (first and self.file.format in ("FLAC", "OGG")):
            self.look(dtype.itemsize)
        total = self.total()
        if total is not None and 0 < total <= first and self.stands:
            raise AudioError(
                f"{self.place.name}: is at its end, after all {total} samples; "
                "go back with its seek(0) to read them"
            )
        if total is not None and 0 < total <= first:
            raise AudioError(
                f"{self.place.name}: offset={first / self.rate:g} is after its end, it lasts "
                f"{total / self.rate:.6g} s; give an offset (start in a manifest) below that"
            )
        count = UNKNOWN_FRAMES if wanted is None else wanted
        if total is None or not self._last:
            self.skip(first)
            y = self.read(count, dtype)
        else:
            y = self._at_once(first, min(count, total - first), dtype, room)
        self.check(first, len(y), count, total)
        return y

    def _at_once(self, first: int, count: int, dtype: np.dtype, room: np.ndarray | None) -> np.ndarray:
        check_room(self.place.name, self.place.size, count * self.channels * dtype.itemsize)
        self._go(first)
        if self.file.format in _READ_TO_THE_END:
            without_seeking(self.file)
        size = count * self.channels
        if room is None or room.size < size:
            room = np.empty(size, dtype)
        return self.file.read(out=room[:size].reshape(count, self.channels))

    def skip(self, frames: int) -> None:
        """Skip the next `frames` samples."""
        while frames > 0:
            here = known(self.file, self._links[self._at])
            if not self._last and here is not None and frames >= here:
                frames -= here
            else:
                frames -= self._go(frames)
                if not frames or self._last:
                    return
            self._next()

    def read(self, frames: int, dtype: np.dtype) -> np.ndarray:
        """The next samples, shape (n, channels); fewer than `frames` only at the end."""
        parts = [np.empty((0, self.channels), dtype)]
        taken = 0
        without_seeking(self.file)
        while frames > 0:
            size = min(frames, _BLOCK_FRAMES)
            part = self._some(size, dtype)
            parts.append(part)
            frames -= len(part)
            taken += part.nbytes
            check_room(self.place.name, self.place.size, taken)
            if len(part) < size:
                if self._last or self._cut:
                    break
                self._next()
                without_seeking(self.file)
        return parts[1] if len(parts) == 2 else np.concatenate(parts)

    def _some(self, frames: int, dtype: np.dtype) -> np.ndarray:
        """The next samples of this link; some decoders fail if asked for more than exist."""
        there = self.file.frames if self._cut else known(self.file, self._links[self._at])
        if there is not None:
            frames = max(0, min(frames, there - self._done))
        part = self.file.read(frames, dtype=dtype.name, always_2d=True)
        self._done += len(part)
        return part

    def _next(self) -> None:
        """Go to the beginning of the next link."""
        import soundfile

        try:
            self._open(self._at + 1)
        except (soundfile.SoundFileError, OSError) as problem:
            if is_transient(problem):
                raise
            self._refuse_link("cannot be decoded")
        if (self.file.samplerate, self.file.channels) != (self.rate, self.channels):
            what = f"has {self.file.channels} channels at {self.file.samplerate} Hz"
            self._refuse_link(f"{what}, the first {self.channels} at {self.rate} Hz")

    def _refuse_link(self, why: str) -> None:
        links = [link for link in self._links if link is not None]
        here, count = links[self._at], len(links)
        left = links[-1].stop - here.start
        frames = "" if self.file.closed else f", {self.file.frames / self.file.samplerate:.6g} s of it"
        raise AudioError(
            f"{self.place.name}: holds {count} recordings one after another, and number {self._at + 1} "
            f"{why}: the last {left:,} of {self.place.size:,} bytes{frames} would be left out; cut the file "
            f"there, at byte {here.start}, or give a duration (end in a manifest) that ends before"
        )

    def _go(self, frames: int) -> int:
        """Skip `frames` samples from the beginning of this link; fewer at its end."""
        import soundfile

        if not frames:
            return 0
        link = self._links[self._at]
        start = anchor(self.place, self.file, link, frames)
        try:
            done = go(self.file, start, frames)
        except soundfile.SoundFileError:
            if not start:
                raise
            self.file.close()  # some formats claim that they can seek, but cannot
            self.file = self.place.open(link)
            done = go(self.file, 0, frames)
        self._done = done
        return done

    def leave(self, file: Any, frames: int) -> None:
        """Move the caller's open `file` to the position after `frames` samples, as if it had been read."""
        frames = min(frames, file.frames)
        file.seek(0)
        go(file, anchor(self.place, file, self._links[0], frames), frames)

    def check(self, first: int, got: int, wanted: int, total: int | None) -> None:
        """Refuse a recording that ends before the wanted samples or the stated length."""
        there = first + got + self._cut if total is None else total
        if self._links == [None] and total is not None:
            there, stated = promised(self.file, headers.claimed(self.place, self.file))
            self.stated = self.stated and stated
        if self.file.format == "MP3" and there - first - got <= MP3_SLACK:
            there = first + got
        check_whole(self.place.name, self.rate, got, wanted, first, there)
