"""The command ``voicefeat``: one file per subcommand, in the order of the help.

Exit status: 0 when all went well, 1 when some recordings failed, 2 when nothing was done. It is also 0 when
the reader of the output has ended, as ``head`` does.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from .. import __version__
from ..errors import AudioError, ParameterError, escape
from . import convert, explain, extract, features, presets, show, stream, table, verify, warmup
from .exit_status import DONE, INTERRUPTED, NOTHING_DONE
from .messages import leave, tell
from .warnings import warnings_as_lines

__all__ = ["COMMANDS", "main"]

#: The subcommands: each module has `add_parser`, which adds the command with its options, and `run`.
COMMANDS = (extract, verify, show, convert, table, stream, features, presets, explain, warmup)
#: What an interrupted run leaves behind, unless its command says otherwise.
KEPT = "completed shards are kept"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line `arguments` (by default the process's own) and return the exit status."""
    try:
        try:
            return _run(arguments)
        finally:  # also of what --help prints
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        leave(sys.stdout)
        return DONE


def _run(arguments: Sequence[str] | None) -> int:
    """Run the command line; an error is told on stderr, in a line."""
    parser = _parser()
    options = parser.parse_args(arguments)
    when_stopped = getattr(options, "when_stopped", KEPT)
    try:
        with warnings_as_lines(f"voicefeat {options.command}"):
            return options.run(options)
    except (ParameterError, AudioError, ModuleNotFoundError) as error:
        told = "\n".join(map(escape, str(error).split("\n")))  # what can be used instead, line by line
        tell(f"voicefeat {options.command}: error: {told}")
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            print(flush=True)  # raises it again if the pipe was stdout; otherwise it is an error like others
        where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        message = escape(f"{where}{error.strerror or error}")
        tell(f"voicefeat {options.command}: stopped: {message}; {when_stopped}")
    except KeyboardInterrupt:
        tell(f"voicefeat {options.command}: stopped by you; {when_stopped}")
        return INTERRUPTED
    return NOTHING_DONE


class _Parser(argparse.ArgumentParser):
    """An argument parser that reports an error in one line, with the command that prints the help."""

    def error(self, message: str) -> NoReturn:
        self.exit(NOTHING_DONE, f"{self.prog}: error: {escape(message)} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="voicefeat", description="Speech features for voice-forgery detection.")
    parser.add_argument("--version", action="version", version=f"voicefeat {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(commands)
    return parser
