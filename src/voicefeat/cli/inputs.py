"""The recordings of a command: PATH, or one of the lists in its place."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..errors import ParameterError

if TYPE_CHECKING:
    from ..corpus.inputs.sources import Listing

__all__ = ["add_inputs", "listing"]

#: Options in place of PATH, and what each takes.
LISTS = {"manifest": "FILE", "protocol": "FILE", "scp": "FILE", "classes": "DIR"}


def add_inputs(command: argparse.ArgumentParser) -> None:
    """Add the options that say which recordings a command reads."""
    add = command.add_argument
    # fmt: off
    add("paths", nargs="*", metavar="PATH",
        help="audio files, folders that are searched to any depth, and quoted patterns ('data/**/*.flac')")
    add("--manifest", metavar="FILE",
        help="in place of PATH: a table of recordings, .csv, .tsv, .jsonl or .parquet")
    add("--protocol", metavar="FILE", help="in place of PATH: the recordings of an ASVspoof protocol; "
                                           "needs --root")
    add("--scp", metavar="FILE", help="in place of PATH: a Kaldi wav.scp, with the file segments in "
                                      "its folder if there is one")
    add("--classes", metavar="DIR", help="in place of PATH: a folder with one folder per class, such "
                                         "as REAL and FAKE")
    add("--root", metavar="DIR",
        help="folder of the relative paths in a list (default: the manifest's folder), or of a "
             "protocol's audio")
    # fmt: on


def listing(options: argparse.Namespace) -> Listing:
    """The recordings, from the one place that was given."""
    from ..corpus import inputs

    given = [name for name in ("paths", *LISTS) if getattr(options, name)]
    if len(given) != 1:
        names = " and ".join("PATH" if name == "paths" else f"--{name}" for name in given)
        problem = f"{names} exclude each other" if given else "no recordings were given"
        choice = ", ".join(f"--{name} {value}" for name, value in LISTS.items())
        raise ParameterError(f"{problem}; give one of PATH ..., {choice}")
    [kind] = given
    if options.root is not None and kind in ("paths", "classes"):
        raise ParameterError(f"--root {options.root}: applies only to a list of recordings; leave it out")
    if kind == "paths":
        return inputs.find_sources(options.paths)
    if kind == "classes":
        return inputs.read_class_folders(options.classes)
    if kind == "manifest":
        return inputs.read_manifest(options.manifest, options.root)
    if kind == "scp":
        return inputs.read_wav_scp(options.scp, options.root)
    if options.root is None:
        raise ParameterError(
            f"--protocol {options.protocol}: does not contain the folder of its audio; give --root DIR, "
            "which is searched to any depth"
        )
    return inputs.read_protocol(options.protocol, options.root)
