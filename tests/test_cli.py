"""The command line: what it does, what it says, and what it returns."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import voicefeat as vf
from voicefeat.cli.main import COMMANDS, main
from voicefeat.feature.registry import FEATURES
from voicefeat.presets.catalogue import preset

parquet = pytest.importorskip("pyarrow.parquet", reason='needs pip install ".[corpus]"')

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples" / "audio"


def run(*arguments, cwd=None):
    """`python -m voicefeat` in a process of its own."""
    command = [sys.executable, "-m", "voicefeat", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd)


@pytest.mark.processes
def test_extract_in_a_process_of_its_own(tmp_path):
    done = run("extract", EXAMPLES, "--out", tmp_path / "out", "--n-mfcc", 13)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # no bar where there is no terminal
    first, second, *rest = done.stdout.splitlines()
    assert re.fullmatch(r"8 recordings, 21\.0 s of audio in [\d.]+ s \(\d+ times real time\)", first)
    assert re.fullmatch(re.escape(str(tmp_path / "out")) + r": 1 shard, [\d.]+ kB", second)
    assert rest == ["left out, not audio by name: 1 .md, 1 .py (give the path of such a file to try it)"]
    table = parquet.read_table(tmp_path / "out")
    assert table.num_rows == 8 and set(table.column("n_rows").to_pylist()) == {13}


@pytest.mark.processes
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "line", ["--help", "features", "presets", "show lfcc", "verify lfcc audio", "extract audio --out new"]
)
def test_a_reader_that_has_ended_is_no_error(line, unbuffered, tmp_path):
    (tmp_path / "audio").mkdir()
    shutil.copy(EXAMPLES / "it_chiave.wav", tmp_path / "audio")
    vf.extract_corpus(tmp_path / "audio", tmp_path / "lfcc", "lfcc")
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "voicefeat", *line.split()]
    how = {"env": {**os.environ, "PYTHONUNBUFFERED": unbuffered}, "cwd": tmp_path, "text": True}
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, **how)
    assert (done.returncode, done.stderr) == (0, "")
    if line.startswith("extract"):
        assert len(vf.open_dataset(tmp_path / "new")) == 1
        # Nor is it one where messages go to the same pipe; but what went wrong still has its status.
        assert subprocess.run(command, stdout=write, stderr=write, **how).returncode == 0
        assert subprocess.run([*command, "--sr", "0"], stdout=write, stderr=write, **how).returncode == 2
    os.close(write)


def test_another_pipe_that_broke_is_an_error(tmp_path, capsys, monkeypatch):
    def broken(*arguments):
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("voicefeat.corpus.inputs.find_sources", broken)
    assert main(["extract", str(EXAMPLES), "--out", str(tmp_path / "out")]) == 2
    assert "stopped: Broken pipe" in capsys.readouterr().err


@pytest.mark.processes
def test_extract_loads_neither_pandas_nor_librosa(tmp_path):
    code = f"""
import sys
import warnings
from voicefeat.cli.main import main
assert main(["extract", {str(EXAMPLES)!r}, "--out", {str(tmp_path / "out")!r}]) == 0
assert not {{"pandas", "librosa", "scipy.signal"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_options_reach_the_feature(tmp_path, capsys):
    clip = EXAMPLES / "it_chiave.wav"
    options = (
        "--feature melspectrogram --sr 8000 --workers 2 --n-fft 512 --hop-length 80 --win-length 200 "
        "--n-mels 40 --set fmax=3800 --set window=hamming"
    )
    assert main(["extract", str(clip), "--out", str(tmp_path / "out"), *options.split()]) == 0
    [row] = parquet.read_table(tmp_path / "out").to_pylist()
    y, sr = vf.load(clip, sr=8000)
    want = vf.melspectrogram(
        y, sr=sr, n_fft=512, hop_length=80, win_length=200, n_mels=40, fmax=3800, window="hamming"
    )
    assert (row["n_rows"], row["n_frames"]) == want.shape
    np.testing.assert_array_equal(np.array(row["values"], np.float32).reshape(want.shape), want)


def test_status_1_when_some_failed(tmp_path, capsys):
    shutil.copy(EXAMPLES / "it_chiave.wav", tmp_path)
    (tmp_path / "text.wav").write_text("no audio")
    assert main(["extract", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    output = capsys.readouterr().out
    assert f"1 recording failed, each with its reason in {tmp_path / 'out' / '_failures.csv'}" in output


def test_status_2_when_all_failed(tmp_path, capsys):
    (tmp_path / "text.wav").write_text("no audio")
    assert main(["extract", str(tmp_path / "text.wav"), "--out", str(tmp_path / "out")]) == 2
    assert "0 recordings" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "no such file or folder"),
        (["--feature", "mfc"], "did you mean 'mfcc'"),
        (["--feature", "stft"], "use feature='spectrogram'"),
        (["--feature", "lfcc", "--n-mfcc", "13"], "did you mean 'n_lfcc'"),
        (["--n-fft", "512", "--set", "n_fft=1024"], "given twice"),
        (["--set", "n_fft"], "no '='"),
        (["--sr", "-1"], "sr=-1"),
    ],
)
def test_status_2_and_one_line_for_wrong_arguments(arguments, message, tmp_path, capsys):
    path = EXAMPLES if arguments else tmp_path / "nowhere"
    assert main(["extract", str(path), "--out", str(tmp_path / "out"), *arguments]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("voicefeat extract: error: ") and message in errors and errors.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "line", ["", "extrac", "extract", "extract x", "extract x --out", "extract x --workers two"]
)
def test_status_2_for_a_wrong_line(line, capsys):
    with pytest.raises(SystemExit) as stop:
        main(line.split())
    errors = capsys.readouterr().err
    assert stop.value.code == 2 and "error: " in errors and "--help" in errors and errors.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_named(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["extract", str(EXAMPLES), "--out", str(tmp_path / "file" / "out")]) == 2
    errors = capsys.readouterr().err
    assert str(tmp_path / "file") in errors and "Not a directory" in errors and "Traceback" not in errors


def test_a_missing_extra_is_named(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["extract", str(EXAMPLES), "--out", str(tmp_path / "out")]) == 2
    assert "pip install pyarrow (it is in voicefeat's extra corpus)" in capsys.readouterr().err


def test_ctrl_c_is_said_plainly(tmp_path, capsys, monkeypatch):
    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("voicefeat.corpus.inputs.find_sources", stop)
    assert main(["extract", str(EXAMPLES), "--out", str(tmp_path / "out")]) == 130
    assert "stopped by you" in capsys.readouterr().err


def test_the_bar_tells_rate_time_and_failures(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    (tmp_path / "text.wav").write_text("no audio")
    assert main(["extract", str(EXAMPLES), str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    last = capsys.readouterr().err.split("\r")[-1]
    assert "9/9" in last and "h of audio" in last and "× real time" in last and "1 failed" in last
    assert re.search(r"\d+:\d+<\d+:\d+", last) and "recordings/s" in last


def test_features_lists_the_registry(capsys):
    assert main(["features"]) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(FEATURES)
    told = {line.split()[0]: line for line in lines}
    assert "whole clip" in told["mfcc"] and "own samples" in told["melspectrogram"]
    assert told["ssfc"].endswith("its own samples and 2 frames before")


class TestPresets:
    def test_the_table(self, capsys):
        assert main(["presets"]) == 0
        head, *lines = capsys.readouterr().out.splitlines()
        assert head.split() == ["name", "rows", "rate", "hop", "source"]
        assert [line.split()[0] for line in lines] == vf.frontends()
        told = {line.split()[0]: line for line in lines}
        assert told["asvspoof2019-lfcc"].split()[1:4] == ["60", "16000", "160"]
        assert told["asvspoof2019-lfcc"].endswith(preset("asvspoof2019-lfcc").source)
        place = head.index("source")
        assert all(line[place - 1] == " " != line[place] for line in lines)

    @pytest.mark.parametrize("name", vf.frontends())
    def test_one_is_read_back(self, name, capsys):
        assert main(["presets", name]) == 0
        output, told = capsys.readouterr().out, preset(name)
        assert vf.FrontEnd.from_toml(output) == told.front_end
        above = output.split("\n\n")[0]
        assert all(line.startswith("# ") for line in above.splitlines())
        for what in (told.name, told.source, told.version, told.licence, f"{told.error:.0e}", told.note):
            assert what in above

    def test_an_unknown_one(self, capsys):
        assert main(["presets", "asvspoof2019-lfc"]) == 2
        errors = capsys.readouterr().err
        assert (
            errors.startswith("voicefeat presets: error: name='asvspoof2019-lfc'") and errors.count("\n") == 1
        )
        assert "did you mean 'asvspoof2019-lfcc'" in errors
        assert main(["presets", "cqcc"]) == 2
        first, *shown, last = capsys.readouterr().err.splitlines()
        assert first == "voicefeat presets: error: name='cqcc': no such front end; did you mean one of these?"
        assert [line.split()[0] for line in shown] == [name for name in vf.frontends() if "cqcc" in name]
        assert last == f"voicefeat.frontends() and 'voicefeat presets' list all {len(vf.frontends())}"


def test_every_command_is_in_the_list():
    folder = Path(vf.__file__).parent / "cli"
    here = {
        path.stem for path in folder.glob("*.py") if "def add_parser(" in path.read_text(encoding="utf-8")
    }
    assert here == {command.__name__.rpartition(".")[2] for command in COMMANDS} >= {"extract", "warmup"}


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0 and capsys.readouterr().out == f"voicefeat {vf.__version__}\n"


@pytest.mark.slow
def test_warmup_says_what_took_how_long(capsys, recwarn):
    assert main(["warmup"]) == 0
    lines = capsys.readouterr().out.splitlines()
    told = [line.split()[:2] for line in lines[:-2]]
    assert ["mfcc", "float32"] in told and ["mfcc", "float64"] in told and len(recwarn) == 0
    assert all(re.fullmatch(r"\w+ +float\d\d +\d+\.\d\d s", line) for line in lines[:-2])
    assert re.fullmatch(r"ready in \d+\.\d\d s", lines[-2]) and "kernels-" in lines[-1]


@pytest.mark.processes
def test_warmup_leaves_common_calls_nothing_to_compile(tmp_path):
    def kernels_after(code):
        cached = {**os.environ, "VOICEFEAT_CACHE_DIR": str(tmp_path)}
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code], check=True, env=cached, capture_output=True
        )
        return sorted(path.name for path in tmp_path.rglob("*.nbc"))

    # One precision of the two: they go through the same code, and each takes ten seconds to compile.
    warmed = kernels_after("""
from voicefeat.cli import main, warmup
warmup.PRECISIONS = ["float32"]
main.main(["warmup"])
""")
    assert len(warmed) > 10
    calls = """
import numpy as np, voicefeat as vf
y = np.random.default_rng(0).standard_normal(40000).astype(np.float32)
c = vf.mfcc(y, sr=16000, n_mfcc=13, n_fft=512, hop_length=160, win_length=400, n_mels=40)
vf.delta(c, order=2)
vf.lfcc(y, sr=16000, n_lfcc=20, n_filters=20, n_fft=512, hop_length=160, top_db=None)
vf.melspectrogram(y, sr=16000, n_fft=1024, hop_length=256, n_mels=80)
vf.chroma_stft(y, sr=16000)
vf.spectrogram(y, n_fft=512, power=2.0), vf.stft(y)
vf.rms(y, frame_length=512, hop_length=160), vf.zero_crossing_rate(y)
vf.spectral_centroid(y, sr=16000), vf.spectral_bandwidth(y, sr=16000), vf.spectral_contrast(y, sr=16000)
vf.extract(y, 16000, ["mfcc", "chroma_stft", "rms", "spectral_rolloff", "spectral_flatness"])
vf.chroma_cqt(y, sr=16000)
"""
    assert kernels_after(calls) == warmed


def commands(page):
    """The lines of the page's ``sh`` blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.S)
    return [line for block in blocks for line in block.splitlines() if line and not line.startswith("#")]


def test_the_commands_and_the_code_of_the_manual_run(tmp_path, monkeypatch, capsys):
    page = ROOT / "docs" / "extract.md"
    if not page.is_file():
        pytest.skip("the manual is not beside the tests: its commands were not tried")
    pytest.importorskip("pandas")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    lines = [line for line in commands(page) if not line.startswith("pip ")]
    assert len(lines) >= 5
    for line in lines:
        name, *arguments = shlex.split(line)
        assert (name, main(arguments)) == ("voicefeat", 0), f"{line}\n{capsys.readouterr().err}"
    code = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.S)
    assert len(code) >= 3
    session = {}
    for block in code:
        exec(compile(block, str(page), "exec"), session)


def test_warnings_are_lines_like_other_notices(tmp_path, capsys):
    path = tmp_path / "live.wav"
    content = (EXAMPLES / "it_chiave.wav").read_bytes()
    at = content.index(b"data") + 4
    path.write_bytes(content[:at] + b"\xff" * 4 + content[at + 4 :])
    shown = warnings.showwarning
    assert main(["show", str(path)]) == 0
    told = (
        f"voicefeat show: {path}: its header does not state its length; all samples up to its end were read\n"
    )
    assert capsys.readouterr().err == told
    assert warnings.showwarning is shown
