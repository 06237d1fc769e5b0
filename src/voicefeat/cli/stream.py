"""``voicefeat stream``: the features of a file or of standard input, frame by frame."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ..errors import AudioError, ParameterError, escape
from .exit_status import DONE, SOME_FAILED
from .frame_lines import WRITERS, FrameWriter
from .settings import add_settings, check_front_end, given_settings, parsed_settings

if TYPE_CHECKING:
    import numpy as np

    from ..streaming.stream import Stream

__all__ = ["add_parser", "run"]

#: The rate of raw samples, where none is given.
RAW_RATE = 16000
#: Seconds of a file that are read at a time.
BLOCK = 1.0
Item = TypeVar("Item")

READING = """\
formats:
  csv         a header line 'time,ROW,ROW,...', then one line per frame; time is its centre in seconds
  json-lines  {"time": 0.0125, "values": [...]} for each frame; null for values that are not finite
  npy         arrays (frames, rows) in the .npy format, one after another; read a file of them with
                with open("frames.npy", "rb") as file:
                    frames = []
                    while file.peek(1):
                        frames.append(numpy.load(file))
                frames = numpy.concatenate(frames)

Ctrl-C ends the input: the last frames are written, and the exit status is 0.

exit status: 0 all frames were written, or the reader of the output has closed it; 1 the input could not be
read to its end; 2 nothing was done
"""


def add_parser(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its options."""
    command = commands.add_parser(
        "stream",
        help="print the features of a file or of standard input, frame by frame",
        description="Compute a front end or a feature of a recording of any length, or of live audio.\n"
        "Each frame is written as soon as it is complete. The frames equal those of one call on the "
        "whole signal.",
        epilog=READING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = command.add_argument
    # fmt: off
    add("source", metavar="SOURCE",
        help="an audio file, or - for standard input: WAV, or raw 16-bit PCM, little-endian, mono")
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--frontend", metavar="NAME",
        help="one of 'voicefeat presets', or a file FRONTEND.toml")
    what.add_argument("--feature", metavar="NAME", help="in place of --frontend: one of 'voicefeat features'")
    add("--rate", type=int, metavar="HZ", help=f"rate of raw samples (default: {RAW_RATE})")
    add("--resample", action="store_true",
        help="resample to the rate of the front end (default: refuse another rate)")
    add("--channels", default="mean", choices=("mean", "first"), metavar="WHICH",
        help="channels to use: mean (default) or first")
    add("--format", default="csv", choices=list(WRITERS), metavar="NAME",
        help=f"{', '.join(WRITERS)} (default: csv)")
    # fmt: on
    add_settings(command)
    command.set_defaults(run=run, when_stopped="all frames written so far are complete")


def run(options: argparse.Namespace) -> int:
    """Write frames until the source ends, Ctrl-C is pressed, or nobody reads them."""
    wanted, settings = _wanted(options)
    writer = WRITERS[options.format](sys.stdout.buffer)
    try:
        with Stopping() as stopping:
            return _written(options, wanted, settings, writer, stopping)
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _wanted(options: argparse.Namespace) -> tuple[Any, dict[str, Any]]:
    """The front end, or the name of the feature, and its settings."""
    from ..presets.named import named

    given = given_settings(options)
    if options.frontend is not None:
        check_front_end(given)
        return named(options.frontend)[1], {}
    return options.feature, parsed_settings([options.feature], given)


def _written(
    options: argparse.Namespace,
    wanted: Any,
    settings: dict[str, Any],
    writer: FrameWriter,
    stopping: Stopping,
) -> int:
    """Write all frames and return the exit status."""
    from ..presets.stream_file import finished, mixed, stream_of

    name, rate, blocks = _opened(options)
    stream = stream_of(wanted, rate, options.resample, settings, name, "add --resample")
    heard = False
    try:
        for block in stopping.until_asked(blocks):
            heard = True
            _write(writer, stream, stream.push(mixed(block, options.channels)))
        if not heard:
            raise AudioError(f"{name}: holds no samples; check what is piped into it")
        _write(writer, stream, finished(stream, name))
    except AudioError as problem:
        if not stream.frames:
            raise
        print(f"voicefeat stream: error: {escape(str(problem))}", file=sys.stderr)
        return SOME_FAILED
    return DONE


def _write(writer: FrameWriter, stream: Stream, frames: np.ndarray) -> None:
    writer.write(stream.rows, stream.times(), frames.reshape(len(stream.rows), -1).T)


class _Source(NamedTuple):
    """A name for messages, the rate, and blocks of samples, (n, channels)."""

    name: str
    rate: int
    blocks: Iterator[np.ndarray]


def _opened(options: argparse.Namespace) -> _Source:
    """The source, of which as much was read as is needed to know its rate."""
    import numpy as np

    from ..audio import decoding
    from ..audio.live import live

    if options.source == "-":
        name = "standard input"
        if sys.stdin is None or sys.stdin.isatty():
            raise ParameterError(
                f"-: {name} is neither a pipe nor a file; pipe audio into it, or give the path of a file"
            )
        coming = live(sys.stdin.buffer, RAW_RATE if options.rate is None else options.rate, name)
        source = _Source(name, coming.rate, coming.blocks)
    else:
        found = decoding.blocks(options.source, BLOCK, np.dtype(np.float32))
        first, rate = next(found)
        blocks = chain([first], (block for block, _ in found))
        source = _Source(decoding.printable_name(options.source), rate, blocks)
    if options.rate is not None and options.rate != source.rate:
        problem = f"{source.name} has a header that states {source.rate} Hz"
        raise ParameterError(f"--rate {options.rate}: {problem}; leave it out")
    return source


class Stopping:
    """While it is entered, Ctrl-C ends the source in place of the command; a second one stops the command."""

    def __init__(self) -> None:
        self.asked: bool = False
        #: Whether nothing is lost if the command stops here; so it is before the first item.
        self.waiting: bool = True
        self._before: Any = None

    def __enter__(self) -> Stopping:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # it is ignored in the background
            with suppress(ValueError):  # not in the main thread, where signals do not arrive
                self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *exception: Any) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _ask(self, number: int, frame: Any) -> None:
        if self.waiting or self.asked:
            self.asked = True
            raise KeyboardInterrupt
        self.asked = True

    def until_asked(self, items: Iterator[Item]) -> Iterator[Item]:
        """The items until Ctrl-C: a wait for the next one is cut short, work on one is completed."""
        while True:
            try:
                self.waiting = True
                if self.asked:
                    return
                item = next(items)
            except (KeyboardInterrupt, StopIteration):
                return
            finally:
                self.waiting = False
            yield item
