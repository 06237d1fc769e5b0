"""What type checkers and editors are told: precise signatures, which are true and can be read at run time."""

import ast
import dataclasses
import inspect
import re
import typing
from pathlib import Path

import name_types
import numpy as np
import pytest
from public_names import functions

import voicefeat as vf
from voicefeat import _typing
from voicefeat.augment import codecs
from voicefeat.chain import frames
from voicefeat.corpus import formats
from voicefeat.feature import registry
from voicefeat.feature.names import FeatureName
from voicefeat.feature.summarize import _STATISTICS as STATISTICS
from voicefeat.metrics import statistics as metric_statistics
from voicefeat.metrics.cross_table import _SASV, SasvMetricName
from voicefeat.presets.names import FrontEndName
from voicefeat.presets.stages import STAGES, Normalisation

#: Parameters that are `Any` because nothing narrower is true, and why.
ANYTHING = {
    "settings": "the settings of whatever the call names",
    "shared": "the settings of whichever features are asked for",
    "kwargs": "the arguments of another library's function",
    "to_audio": "the arguments of `mel_to_audio`",
    "style": "what matplotlib takes for a line",
}
#: Methods that return Any: of several features one result for each, by name, and otherwise the result itself.
EITHER = {f"vf.Stream.{name}" for name in ("push", "finish", "times", "latency", "rows", "frames")}
#: Types of other libraries, which are imported for type checkers alone.
#: Public classes are called, too, and so are their public methods.
CLASSES = {
    f"{room}.{name}": getattr(module, name)
    for room, module in {"vf": vf, "augment": vf.augment, "metrics": vf.metrics}.items()
    for name in module.__all__
    if inspect.isclass(getattr(module, name))
}


def methods(path, kind):
    for name, member in vars(kind).items():
        function = getattr(member, "fget", None) or getattr(member, "__func__", None) or member
        if inspect.isfunction(function) and (not name.startswith("_") or name in ("__init__", "__call__")):
            yield f"{path}.{name}", function


CALLED = functions() | {path: f for owner in CLASSES.items() for path, f in methods(*owner)}


@pytest.mark.parametrize("path", CALLED)
def test_every_parameter_and_result_has_a_type(path):
    function = CALLED[path]
    signature = inspect.signature(function)
    for name, parameter in signature.parameters.items():
        if name in ("self", "cls"):
            continue
        assert parameter.annotation is not parameter.empty, f"{path}: {name} has no type"
        if name not in ANYTHING:
            assert parameter.annotation != "Any", f"{path}: {name} is Any; say what it takes"
    if function.__name__ != "<lambda>" and "<locals>" not in function.__qualname__:
        told = signature.return_annotation
        assert told is not signature.empty and (told == "Any") == (path in EITHER), f"{path} returns {told}"


@pytest.mark.parametrize("path", [path for path in CALLED if not path.endswith("__init__")])
def test_types_can_be_read_at_run_time(path):
    """Documentation and validation tools ask for the types themselves, not for their text."""
    typing.get_type_hints(CALLED[path])


def test_the_exceptions_are_needed():
    taken = {name for function in CALLED.values() for name in inspect.signature(function).parameters}
    assert set(ANYTHING) <= taken


@pytest.mark.parametrize(
    ("function", "parameter", "allowed"),
    [(vf.stft, "pad_mode", str), (vf.mfcc, "dct_type", int), (vf.resample, "res_type", str)],
)
def test_every_choice_of_a_literal_is_accepted(function, parameter, allowed):
    """What a signature lists is what the function takes: all of it, and nothing else of that type."""
    choices = re.findall(r"Literal\[(.*?)\]", str(typing.get_type_hints(function)[parameter]))
    listed = ast.literal_eval(f"[{choices[0]}]")
    given = {"sr": 8000} if "sr" in inspect.signature(function).parameters else {}
    given |= {"orig_sr": 8000, "target_sr": 4000} if function is vf.resample else {}
    y = np.sin(np.arange(4096.0))
    assert listed and all(isinstance(choice, allowed) for choice in listed)
    for choice in listed:
        assert np.isfinite(function(y, **given, **{parameter: choice})).all()
    with pytest.raises(vf.ParameterError) as refusal:
        function(y, **given, **{parameter: allowed(99)})
    assert all(repr(choice) in str(refusal.value) for choice in listed)


@pytest.mark.parametrize("path", name_types.files(), ids=lambda path: "/".join(path.parts[-2:]))
def test_names_are_those_of_the_lists(path):
    made = name_types.files()[path]
    assert path.read_text(encoding="utf-8") == made, "run python tests/name_types.py --write"


def listed(alias):
    """The texts of a type that is a Literal, or has one in it."""
    return list(typing.get_args(alias))


def test_names_of_windows_are_accepted():
    for name in listed(_typing.WindowName):
        assert vf.filters.get_window(name, 16).shape == (16,), name
    assert _typing.WindowName in typing.get_args(_typing.Window)


@pytest.mark.parametrize(
    ("alias", "taken"),
    [
        (metric_statistics.MetricName, metric_statistics.STATISTICS),
        (SasvMetricName, _SASV),
        (codecs.CodecName, codecs.CODECS),
        (formats.FormatName, formats.FORMATS),
        (_typing.StatisticName, STATISTICS),
        (_typing.PadMode.__args__[0], frames.PAD_MODES),
        (FrontEndName, vf.frontends()),
        (FeatureName, registry.FEATURES),
    ],
)
def test_a_literal_lists_what_is_taken(alias, taken):
    assert sorted(listed(alias)) == sorted(taken)


@pytest.mark.parametrize("name", [name for name in STAGES if name not in ("bands", "method")])
def test_choices_of_a_stage_are_literals(name):
    """No field takes any text, but for windows: SciPy has more than those that are listed."""
    hints = typing.get_type_hints(STAGES[name])
    fields = {field.name: hints[field.name] for field in dataclasses.fields(STAGES[name])}
    plain = {field for field, type_ in fields.items() if str in (type_, *typing.get_args(type_))}
    assert plain <= {"window"}


def test_an_unlisted_choice_of_a_stage_is_refused():
    whole = vf.frontend("asvspoof2019-lfcc").replace(normalisation=Normalisation(), energy=None)
    tried = 0
    for stage in dataclasses.fields(whole):
        value = getattr(whole, stage.name)
        if not dataclasses.is_dataclass(value) or stage.name in ("bands", "method"):
            continue
        for field, hint in typing.get_type_hints(type(value)).items():
            if typing.get_origin(hint) is typing.Literal:
                tried += 1
                with pytest.raises(vf.ParameterError) as refusal:
                    whole.replace(**{f"{stage.name}__{field}": "neither"})
                assert all(repr(choice) in str(refusal.value) for choice in listed(hint)), field
    assert tried > 6


def test_a_users_script_runs():
    import typing_user

    typing_user.main()


@pytest.mark.slow
def test_a_users_script_is_typed(tmp_path):
    """`mypy --strict` knows every type, and refuses what is marked as wrong."""
    api = pytest.importorskip("mypy.api")
    script = Path(__file__).with_name("typing_user.py")
    options = ["--strict", "--config-file=", f"--cache-dir={tmp_path}"]
    told, wrong, status = api.run([*options, str(script)])
    assert status == 0, told + wrong
