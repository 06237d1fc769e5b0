"""Folders of recordings that are made for tests, and what a folder holds."""

import errno
import os
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voicefeat.chain.program import Program
from voicefeat.chain.spectra import FramedSpectra
from voicefeat.corpus.formats import FORMATS, find_format
from voicefeat.engine.driver import FIRST

#: A module that each format needs, and the formats that voicefeat itself reads.
LIBRARIES = {name: find_format(name).library or "numpy" for name in FORMATS}
READABLE = [name for name in FORMATS if not find_format(name).read_with]

#: Before a program whose last argument is a number: it ends by SIGKILL where the disk is asked the n-th time
#: to keep or rename a file. A killer from outside alone comes too late where it has to wait for a processor.
DYING = """
import os, signal, sys
left = [int(sys.argv.pop())]
def counted(real):
    def call(*given, **named):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)
    return call
os.replace, os.fsync = counted(os.replace), counted(os.fsync)
"""


def noises(folder, count, every, shortest, longer):
    """`count` noises at 16 kHz, each `longer` samples longer than the last; one of `every` is not audio."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for k in range(count):
        if k % every == 7:
            (folder / f"{k:03d}.wav").write_text("no audio")
        else:
            y = 0.1 * rng.standard_normal(shortest + longer * k)
            soundfile.write(folder / f"{k:03d}.wav", y, 16000)
    return folder


def contents(folder):
    """The bytes of every file at any depth, by its path."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@contextmanager
def stopped_at_rename(monkeypatch, out, stop):
    """A run in the block is stopped where it renames a file of `out`: before that, or after it (`stop` odd).

    The first rename is that of the state which says what is to be made; 0 and 1 mean the second.
    """
    replace, calls = os.replace, []

    def killed(source, place):
        if Path(place).parent == out:
            calls.append(place)
            if len(calls) == stop // 2 + 2:
                if stop % 2:
                    replace(source, place)
                raise KeyboardInterrupt
        replace(source, place)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", killed)
        yield


def fill_disk(monkeypatch, form, number):
    """Have the disk be full when shard `number`, counted from 1, is closed."""
    written = type(find_format(form)).write
    count = []

    def write(self, place, about):
        writer = written(self, place, about)
        count.append(None)
        if len(count) == number:
            writer.close = full
        return writer

    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(find_format(form)), "write", write)


def frames_computed(monkeypatch, run):
    """How many frames of spectra `run` computes."""
    count, fill, drive = [0], FramedSpectra.fill, Program.run

    def counting(self, bins, work, signal, first, frames):
        count[0] += frames
        return fill(self, bins, work, signal, first, frames)

    def counting_run(self, *args):
        *_, first, end, todo = args
        if self.fills and todo & FIRST:
            count[0] += end - first
        return drive(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(FramedSpectra, "fill", counting)
        patch.setattr(Program, "run", counting_run)
        run()
    return count[0]
