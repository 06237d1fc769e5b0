"""The settings of features on the command line: --set NAME=VALUE, and an option for each of a few."""

from __future__ import annotations

import argparse
from typing import Any

from ..errors import ParameterError

__all__ = ["add_settings", "check_front_end", "given_settings", "parsed_settings"]

#: Settings that have an option of their own, and what each means.
SHORTHANDS = {
    "n_fft": "FFT length in samples",
    "hop_length": "hop in samples",
    "win_length": "window length in samples",
    "n_mfcc": "number of coefficients of mfcc",
    "n_mels": "number of mel bands",
}


def add_settings(command: argparse.ArgumentParser) -> None:
    """Add the options."""
    add = command.add_argument
    # fmt: off
    add(
        "--set", action="append", default=[], dest="settings", metavar="NAME=VALUE",
        help="a setting of the feature, e.g. --set top_db=None --set fmin=20; may be repeated",
    )
    for name, meaning in SHORTHANDS.items():
        add(
            f"--{name.replace('_', '-')}", type=int, dest=name, metavar="N",
            help=f"{meaning} (--set {name}=N)",
        )
    # fmt: on


def given_settings(options: argparse.Namespace) -> list[str]:
    """The settings that were given, each as NAME=VALUE."""
    short = [f"{name}={value}" for name in SHORTHANDS if (value := getattr(options, name)) is not None]
    return short + options.settings


def check_front_end(given: list[str]) -> None:
    """Refuse settings beside a front end."""
    if given:
        raise ParameterError(
            f"--set {given[0]}: a front end has its own settings; print it with 'voicefeat presets NAME', "
            "change the text, and give the file: --frontend FILE.toml"
        )


def parsed_settings(features: list[str], given: list[str]) -> dict[str, Any]:
    """The settings, which every one of the features must know."""
    from ..corpus.run.settings import parse
    from ..feature.registry import find

    first, *_ = [parse(find(feature), given) for feature in features]
    return first
