"""The numbered scripts of examples/: what they print and draw of the toy corpus, and what bad input gets."""

import io
import re
import runpy
import subprocess
import sys
import wave

import numpy as np
import pytest
from detecting import EXAMPLES, need

need("sklearn", "matplotlib")

from detect.guard import Guard, alarms  # noqa: E402
from detect.listening import pieces  # noqa: E402

import voicefeat as vf  # noqa: E402

SCRIPTS = {path.name[:2]: path for path in sorted(EXAMPLES.glob("0*.py"))}
#: Of every script: words that make it quick, and what has to stand in its output.
RUNS = {
    "01": ([], [r"MFCC +13 x 99 +13 x 99", r"chroma +12 x 99", r"bands\.scale.*'slaney' in a, 'hz' in b"]),
    "02": ([], [r"asvspoof2019-lfcc +60 x 316 +10 +20 +hz +8 +lfcc_0", r"project-lfcc-mel +13 x 99"]),
    "03": ([], [r"EER +[\d.]+ % +[\d.]+ to", r"minCllr", r"pooled +6 ", r"T01 +3 ", r"T02 +3 "]),
    "04": (
        ["--data", "toy", "--window", "0.5"],
        [r"random windows +recordings +122 ", r"recordings +speakers +48 ", r"speakers +corpora +12 .*%"],
    ),
    "05": (["--data", "toy"], [r"duration +[\d.]+ %", r"all of these", r"trimmed when scored +[\d.]+ %"]),
    "06": ([], [r"nothing +24 +[\d.]+ %", r"RawBoost +48 ", r"all of these +168( +[\d.]+ %){4}\n"]),
    "07": (
        ["--data", "toy", "--window", "2"],
        [r"-0\.64 +\d+ +\d+ +[\d.]+ %", r"forged from 5 to 14 s", r" 18 s ", r"[\d.]+ ms \(median of 17;"],
    ),
    "08": (
        ["--data", "toy"],
        [
            r"3 speakers enrolled",
            r"target +3 ",
            r"nontarget +6 ",
            r"spoof +6 ",
            r"no gate +[\d.]+ +[\d.]+",
            r"t-EER.*: [\d.]+",
        ],
    ),
}


@pytest.fixture
def run(monkeypatch, capsys):
    """A function of a script's number and words to its exit status, output and errors."""

    def call(number, *words, stdin=b""):
        monkeypatch.setattr(sys, "argv", [str(SCRIPTS[number]), *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = 0
        try:
            runpy.run_path(str(SCRIPTS[number]), run_name="__main__")
        except SystemExit as ended:
            status = ended.code or 0
        return status, *capsys.readouterr()

    return call


def write(path, y, rate=16000):
    """A WAV of 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.asarray(y) * 32767).astype("<i2").tobytes())
    return path


def buzz(seconds, pitch=120.0, rate=16000):
    """Harmonics and a little noise: something to be heard."""
    t = np.arange(round(seconds * rate)) / rate
    rng = np.random.default_rng(round(pitch))
    tones = sum(np.sin(2 * np.pi * k * pitch * t) / k for k in range(1, 15))
    return 0.2 * tones + 0.01 * rng.standard_normal(len(t))


def manifest(folder, rows):
    """A folder with a manifest and a clip for each row: path, label, speaker, system, split, corpus."""
    lines = ["path,label,speaker,system,split,corpus"]
    for k, (label, speaker, split, corpus) in enumerate(rows):
        write(folder / f"c{k}.wav", buzz(1.1, 90 + 7 * k))
        lines.append(f"c{k}.wav,{label},{speaker},{'-' if label == 'bonafide' else 'X'},{split},{corpus}")
    (folder / "manifest.csv").write_text("\n".join(lines))
    return folder


def test_scripts_are_numbered_short_and_say_what_they_are():
    assert list(SCRIPTS) == [f"{k:02}" for k in range(1, len(RUNS) + 1)] == list(RUNS)
    for path in SCRIPTS.values():
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 60, f"{path.name} has {len(lines)} lines"
        head = path.read_text(encoding="utf-8").split('"""')[1]
        assert f"python examples/{path.name}" in head
        assert len(head.splitlines()) > 5


@pytest.mark.slow
@pytest.mark.parametrize("number", RUNS)
def test_on_the_toy(run, tmp_path, number):
    words, wanted = RUNS[number]
    status, out, err = run(number, *words, "--plot", tmp_path / "out.png")
    assert status == 0, err
    for pattern in wanted:
        assert re.search(pattern, out), f"{pattern}\n{out}"
    assert ("TOY DATA" in out) == (number not in ("01", "02"))
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def rates(out, *names):
    """The rates in per cent of the rows that begin with these names, one after the other."""
    lines = {name: next(line for line in out.splitlines() if line.startswith(name)) for name in names}
    return {name: [float(x) for x in re.findall(r"([\d.]+) %", line)] for name, line in lines.items()}


@pytest.mark.slow
def test_the_teaching_corpus_leaks_rung_by_rung(run):
    """The less the two sides of a split share, the higher the EER."""
    status, out, err = run("04")
    assert status == 0, err
    assert "MADE-UP DATA" in out
    found = rates(out, "random windows", "recordings", "speakers", "corpora")
    windows, recordings, speakers, corpora = (values[0] for values in found.values())
    assert 0 < windows <= recordings < speakers < corpora


@pytest.mark.slow
def test_the_teaching_corpus_has_a_shortcut_and_unseen_systems(run):
    """Silence tells the classes of dev and not those of eval; the detector had learnt it."""
    status, out, err = run("05")
    assert status == 0, err
    found = rates(out, "duration", "silence", "detector", "trimmed when scored")
    assert found["silence"][0] < 25 < found["duration"][0]
    assert found["silence"][0] < found["silence"][1]
    assert found["detector"][0] < found["detector"][1], "eval has systems that were not heard before"
    assert found["detector"][0] < found["trimmed when scored"][0]


@pytest.mark.slow
def test_the_guard_raises_alarms_in_the_forged_part(run, tmp_path, monkeypatch, capsys):
    """The call that it makes up, and the same call from a file, with the corpus from a folder."""
    monkeypatch.setattr(sys, "argv", ["teaching.py", str(tmp_path / "made")])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(EXAMPLES / "teaching.py"), run_name="__main__")
    assert ended.value.code == 0
    capsys.readouterr()
    call = tmp_path / "made" / "call.wav"
    told = []
    for words in ([], [call, "--data", tmp_path / "made"]):
        status, out, err = run("07", *words)
        assert status == 0, err
        told.append(next(line for line in out.splitlines() if line.startswith("alarms:")))
        seconds = [int(s) for s in re.findall(r"(\d+) s", told[-1])]
        assert seconds
        assert all(20 < s <= 44 for s in seconds), "a window is of four seconds"
    assert told[0] == told[1]


def test_a_report_from_a_file(run, tmp_path):
    rng = np.random.default_rng(3)
    keys = ["bonafide"] * 60 + ["spoof"] * 90
    names = [f"u{k}" for k in range(150)]
    values = np.concatenate([rng.normal(2, 1, 60), rng.normal(0, 1, 90)])
    made = vf.metrics.Scores(names, values)
    vf.metrics.write_scores(tmp_path / "s.txt", made, form="2021")
    lines = [f"s{k % 9} u{k} - {'-' if k < 60 else f'A{k % 3}'} {keys[k]}" for k in range(150)]
    (tmp_path / "p.txt").write_text("\n".join(lines))
    tried = [("bonafide", "target", 3), ("bonafide", "nontarget", 0)]
    tried += [(f"A{k}", "spoof", 2) for k in range(3)]
    asv = [f"{what} {kind} {rng.normal(mean)}" for what, kind, mean in 40 * tried]
    (tmp_path / "asv.txt").write_text("\n".join(asv))
    words = ["--protocol", tmp_path / "p.txt", "--asv", tmp_path / "asv.txt"]
    status, out, err = run("03", tmp_path / "s.txt", *words)
    assert status == 0, err
    found = vf.metrics.eer(values[:60], values[60:]).rate
    assert re.search(rf"^EER +{100 * found:.3f} %", out, re.MULTILINE)
    assert len(re.findall(r"^A\d +30 .* 0\.\d{4}$", out, re.MULTILINE)) == 3
    rates = re.findall(r"^(?:inf|-?[\d.]+) +([\d.]+) % +([\d.]+) %$", out, re.MULTILINE)
    assert rates[0] == ("0.0", "0.0") and rates[-1] == ("100.0", "100.0")
    assert re.search(r"min t-DCF, revised +0\.\d{4}", out)
    assert re.search(r"t-EER +0\.\d{4}", out) and "codec" not in out
    status, out, err = run("03", tmp_path / "s.txt")
    assert (status, err.count("\n")) == (2, 1)
    assert "keys" in err
    coded = [
        f"s{k % 9} u{k} F C0{k % 2} - - - {'-' if k < 60 else f'A{k % 3}'} {keys[k]} -" for k in range(150)
    ]
    (tmp_path / "p.txt").write_text("\n".join(coded))
    status, out, err = run("03", tmp_path / "s.txt", "--protocol", tmp_path / "p.txt")
    assert re.search(r"^eer +pooled +C00 +C01$", out, re.MULTILINE), err
    assert len(re.findall(r"^A\d +0\.\d{4} 0\.\d{4} 0\.\d{4}$", out, re.MULTILINE)) == 3


def test_the_ladder_keeps_corpora_apart_where_they_are_named(run, tmp_path):
    rows = [(label, f"s{k}", "", f"c{k % 3}") for k in range(6) for label in ("bonafide", "spoof")]
    status, out, err = run("04", "--data", manifest(tmp_path, rows), "--window", "0.5")
    assert status == 0, err
    assert re.search(r"corpora +synthesizers +3 +[\d.]+ %", out)
    assert re.search(r"random windows +recordings +24 ", out)


@pytest.mark.filterwarnings("ignore:the AUC")  # what was not learnt may as well be inverted
def test_groups_are_never_on_both_sides():
    from detect import ladder

    rng = np.random.default_rng(0)
    number = np.arange(200) // 10
    y = (number % 2).astype(float)
    # A row tells its group, and nothing else.
    x = rng.normal(0, 1, (20, 30))[number] + rng.normal(0, 0.1, (200, 30))
    rates = []
    for groups in (np.arange(200), number):
        scores = ladder.divided(x, y, [str(g) for g in groups])
        rates.append(vf.metrics.eer(scores[y == 1], scores[y == 0]).rate)
    assert rates[0] == 0
    assert rates[1] > 0.2
    with pytest.raises(vf.ParameterError, match="one group holds all of a class"):
        ladder.divided(x, y, ["a" if v else f"b{k}" for k, v in enumerate(y)])


@pytest.mark.parametrize("number", ["03", "04", "05", "06", "07", "08"])
def test_a_folder_that_is_not_there(run, tmp_path, number):
    status, _, err = run(number, "--data", tmp_path / "none")
    assert (status, err.count("\n")) == (2, 1)
    assert "is not there" in err


@pytest.mark.parametrize("number", ["03", "04", "05", "06", "07", "08"])
def test_one_class_only(run, tmp_path, number):
    rows = [("bonafide", f"s{k}", split, "") for k, split in enumerate(("train", "dev", "eval"))]
    status, _, err = run(number, "--data", manifest(tmp_path, rows))
    assert (status, err.count("\n")) == (2, 1)
    assert "class" in err


@pytest.mark.parametrize("number", ["01", "02"])
def test_a_silent_or_missing_clip(run, tmp_path, number):
    silent = write(tmp_path / "silent.wav", np.zeros(16000))
    for path, told in ((silent, "silence"), (tmp_path / "none.wav", "none.wav")):
        status, _, err = run(number, path)
        assert (status, err.count("\n")) == (2, 1)
        assert told in err


@pytest.mark.parametrize("number", ["03", "04", "05", "06", "07", "08"])
def test_silence_in_a_corpus(run, tmp_path, number):
    splits = ("train", "dev", "eval")
    labels = ("bonafide", "bonafide", "spoof")
    manifest(tmp_path, [(label, f"{s}{k}", s, "") for s in splits for k in range(2) for label in labels])
    write(tmp_path / "c1.wav", np.zeros(16000))
    status, _, err = run(number, "--data", tmp_path, *(["--window", "1"] if number in ("04", "07") else []))
    assert (status, err.count("\n")) == (2, 1)
    assert "c1.wav: holds nothing but silence" in err


def test_options_are_checked_before_anything_is_computed(run, tmp_path):
    for words, told in (
        (["--plot", tmp_path / "none" / "x.png"], "--plot"),
        (["--plot", tmp_path / "x.txt"], "--plot"),
        (["--window", "0"], "--window=0.0: must be above 0"),
    ):
        status, out, err = run("07", *words)
        assert (status, out) == (2, "")
        assert told in err


def test_speakers_without_a_second_clip_cannot_be_enrolled(run, tmp_path):
    splits = ("train", "dev", "eval")
    rows = [(label, f"{s}{k}", s, "") for s in splits for k in range(2) for label in ("bonafide", "spoof")]
    status, _, err = run("08", "--data", manifest(tmp_path, rows))
    assert (status, err.count("\n")) == (2, 1)
    assert "0 speakers of eval have two bona fide clips" in err


@pytest.mark.processes
def test_the_guard_hears_a_pipe_while_it_is_open(tmp_path):
    """A live call: lines come before the stream ends, and the rate is that of the option."""
    command = [sys.executable, str(SCRIPTS["07"]), "-", "--rate", "8000", "--window", "2", "--smooth", "2"]
    command += ["--data", "toy"]
    sound = (buzz(5.5, rate=8000) * 32767).astype("<i2").tobytes()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(sound[: 2 * 8000 * 3 + 4000])
        process.stdin.flush()
        lines = iter(process.stdout.readline, b"")
        first = next(line for line in lines if re.match(rb" +\d+ s ", line))
        assert re.match(rb" +2 s +-?[\d.]+ +mean +-?[\d.]+", first)
        process.stdin.write(sound[2 * 8000 * 3 + 4000 :])
        process.stdin.close()
        rest = process.stdout.read().decode()
    assert process.returncode == 0
    assert re.search(r"a hop takes [\d.]+ ms \(median of 4;", rest), rest


@pytest.mark.slow
def test_the_guard_on_short_and_silent_calls(run, tmp_path):
    for seconds, level, told in (
        (1.5, 1, "is shorter than a window of 2 s; give a longer call"),
        (4, 0, "nothing but silence"),
    ):
        path = write(tmp_path / "call.wav", level * buzz(seconds))
        status, _, err = run("07", path, "--window", "2", "--data", "toy")
        assert (status, err.count("\n")) == (2, 1)
        assert told in err
    status, _, err = run("07", tmp_path / "none.wav", "--window", "2", "--data", "toy")
    assert (status, err.count("\n")) == (2, 1)


@pytest.mark.parametrize("rate", [16000, 8000, 44100])
def test_a_stream_is_what_its_file_is(monkeypatch, tmp_path, rate):
    path = write(tmp_path / "call.wav", buzz(2.5, rate=rate), rate)
    data = path.read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data[:4] + b"\xff" * 4 + data[8:])))
    piped = list(pieces("-", 16000, 0.5, 1))
    assert [len(p) for p in piped] == [8000] * len(piped)
    assert len(piped) >= 4
    whole = list(pieces(str(path), 16000, 0.5, 1))
    np.testing.assert_array_equal(np.concatenate(piped), np.concatenate(whole))
    y, _ = vf.load(path, sr=16000)
    held = np.concatenate(piped)
    np.testing.assert_allclose(held, y[: len(held)], atol=2e-4)


def test_a_stream_of_what_cannot_be_read(monkeypatch):
    header = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x11\0\x01\0\x80\x3e\0\0\x80\x3e\0\0\x01\0\x04\0data\0\0\0\0"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(header)))
    with pytest.raises(vf.AudioError, match=r"unsupported format \(format 17, 4 bits"):
        list(pieces("-", 16000, 1.0, 16000))


def test_alarms_by_hand():
    """Means of two: 1, 0, -1, -1, 0, 1, 0, -1; below -0.5 twice, three seconds of eight."""
    ratios = np.array([1, 1, -1, -1, -1, 1, 1, -1, -1.0])
    assert alarms(ratios, -0.5, 2) == (2 * 3600 / 8, 3 / 8)
    script = iter(ratios)
    guard = Guard(lambda y: next(script), -0.5, window=1.0, smooth=2)
    heard = [guard.hear(np.full(16000, 0.1, np.float32)) for _ in ratios]
    assert [h.alarm for h in heard] == [False, False, False, True, False, False, False, False, True]
    assert [h.mean for h in heard[1:]] == [1, 0, -1, -1, 0, 1, 0, -1]


def test_silence_is_not_judged():
    def refuse(y):
        raise AssertionError("silence was scored")

    guard = Guard(refuse, 0.0, window=2.0)
    assert guard.hear(np.zeros(16000, np.float32)) is None
    heard = guard.hear(np.zeros(16000, np.float32))
    assert np.isnan(heard.score)
    assert not heard.alarm
