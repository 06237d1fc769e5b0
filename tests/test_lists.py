"""Protocols, wav.scp, folders of classes and patterns, and how the command line takes them."""

import csv
import glob
import os
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

import voicefeat as vf
from voicefeat.cli.main import main
from voicefeat.corpus.inputs import (
    find_sources,
    read_class_folders,
    read_manifest,
    read_protocol,
    read_wav_scp,
)
from voicefeat.corpus.run.pieces import cut

parquet = pytest.importorskip("pyarrow.parquet", reason='needs pip install ".[corpus]"')


def tone(path, seconds=0.25, sr=8000):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.5 * np.sin(np.arange(int(seconds * sr)) / 5), sr)
    return path


def written(file, *lines):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


# --- protocols ----------------------------------------------------------------------------------------

PA = ["asv_room", "asv_mic", "asv_distance", "attacker_room", "attacker_mic", "replay_device"]
DF = ["codec", "source", "attack", "label", "trim", "subset", "vocoder", "task", "team", "gender_pair"]


@pytest.mark.parametrize(
    "line, columns, values",
    [
        ("LA_0079 LA_T_1138215 - A01 spoof", ["speaker", "attack", "label"], "LA_0079 A01 spoof"),
        (
            "PA_0079 PA_T_0005731 aaa AA spoof",
            ["speaker", "environment", "attack", "label"],
            "PA_0079 aaa AA spoof",
        ),
        (
            "LA_0009 LA_E_9332881 alaw ita_tx A07 spoof notrim eval",
            ["speaker", "codec", "transmission", "attack", "label", "trim", "subset"],
            "LA_0009 alaw ita_tx A07 spoof notrim eval",
        ),
        (
            "PA_0010 PA_E_1000001 R3 M3 d4 r1 m1 s4 c4 spoof notrim eval",
            ["speaker", *PA, "attacker_distance", "label", "trim", "subset"],
            "PA_0010 R3 M3 d4 r1 m1 s4 c4 spoof notrim eval",
        ),
        (
            "TEF2 DF_E_2000013 low_m4a vcc2020 Task1-team20 spoof notrim eval neural Task1 team20 FF E",
            ["speaker", *DF, "language"],
            "TEF2 low_m4a vcc2020 Task1-team20 spoof notrim eval neural Task1 team20 FF E",
        ),
        (
            "T_4850 T_0000000000 F - - - AC3 A05 spoof -",
            ["speaker", "gender", "codec", "codec_q", "codec_seed", "attack_tag", "attack", "label"],
            "T_4850 F - - - AC3 A05 spoof",
        ),
        ("DF_E_2000011", [], ""),
    ],
)
def test_the_layouts_of_the_challenges(line, columns, values, tmp_path):
    utterance = line.split()[bool(columns)]
    tone(tmp_path / "flac" / f"{utterance}.flac")
    found = read_protocol(written(tmp_path / "p.txt", line), tmp_path)
    [source] = found.sources
    assert (source.id, source.path) == (utterance, str(tmp_path / "flac" / f"{utterance}.flac"))
    assert found.columns == tuple((name, "string") for name in columns)
    assert source.carried == tuple(values.split())


@pytest.mark.parametrize(
    "part, lines, bonafide, there",
    [("train.trn", 25380, 2580, "LA_T_1272637"), ("dev.trl", 24844, 2548, "LA_D_1003356"),
     ("eval.trl", 71237, 7355, "LA_E_6163791")],
)  # fmt: skip
def test_the_protocols_of_2019(part, lines, bonafide, there, data):
    folder = data / "asvspoof2019_la"
    found = read_protocol(folder / "protocols" / f"ASVspoof2019.LA.cm.{part}.txt", folder)
    assert (len(found.sources), found.missing) == (lines, lines - 1)
    assert [name for name, _ in found.columns] == ["speaker", "attack", "label"]
    labels = Counter(source.carried[2] for source in found.sources)
    assert labels == {"bonafide": bonafide, "spoof": lines - bonafide}
    assert all((s.carried[1] == "-") == (s.carried[2] == "bonafide") for s in found.sources)
    [path] = [source.path for source in found.sources if source.id == there]
    assert Path(path) == folder / "audio" / f"{there}.flac"


def test_the_protocols_of_minifake_say_what_its_manifest_says(data):
    folder = data / "minifake"
    listed = read_manifest(folder / "manifest.csv")
    at = [[name for name, _ in listed.columns].index(name) for name in ("speaker", "system", "label")]
    want = {source.id: tuple(source.carried[k] for k in at) for source in listed.sources}
    got = {}
    for part in ("train.trn", "dev.trl", "eval.trl"):
        found = read_protocol(folder / "protocols" / f"minifake.cm.{part}.txt", folder)
        assert found.missing == 0
        got |= {os.path.relpath(s.path, folder): s.carried for s in found.sources}
    assert got == want and len(got) == 1230


@pytest.mark.parametrize(
    "lines, message",
    [
        ([], "lists no utterance"),
        (["A u - -"], "line 1: has 4 fields, and a protocol has"),
        (["A u - - bonafide", "A v - A01"], "line 2: has 4 fields, and the first has 5"),
        (["A u - - bonafide", "", "A v - A01 nontarget"], "line 3: label='nontarget'"),
        (["A u - - bonafide", "A u - - bonafide"], "line 2: has the same id 'u' as line 1"),
        (["A twice - - bonafide"], r"line 1: twice has two files, '.*x/twice\.flac' and '.*y/twice\.wav'"),
        (["A u - - bonafide", "A ../../v - - spoof"], r"line 2: path='\.\./\.\./v\.flac': lies outside"),
        (["A v - - bonafide", "B w - A01 spoof"], r"none of its 2 .*v\.flac'.*links.*not followed \(.*\)"),
    ],
)
def test_a_wrong_protocol_is_told(lines, message, tmp_path):
    for name in ("u.flac", "x/twice.flac", "y/twice.wav"):
        tone(tmp_path / "in" / name)
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    with pytest.raises(vf.ParameterError, match=message):
        read_protocol(written(tmp_path / "p.txt", *lines), tmp_path / "in")


def test_what_is_missing_is_said_first_and_stands_in_the_ledger(tmp_path, capsys):
    for name in ("u", "w"):
        tone(tmp_path / "in" / f"{name}.flac")
    lines = [f"A {name} - - bonafide" for name in "uvwx"]
    given = ["--protocol", str(written(tmp_path / "p.txt", *lines)), "--root", str(tmp_path / "in")]
    assert main(["extract", *given, "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert "2 of 4 recordings are missing, the first is" in said.err and "v.flac" in said.err
    assert "2 recordings failed" in said.out
    with open(tmp_path / "out" / "_failures.csv", newline="", encoding="utf-8") as file:
        assert [(line["id"], line["error"]) for line in csv.DictReader(file)] == [
            ("v", "there is no such file"), ("x", "there is no such file"),
        ]  # fmt: skip
    rows = parquet.read_table(tmp_path / "out").to_pylist()
    assert [(row["id"], row["speaker"], row["label"]) for row in rows] == [
        ("u", "A", "bonafide"), ("w", "A", "bonafide"),
    ]  # fmt: skip
    assert main(["extract", *given, "--out", str(tmp_path / "strict"), "--strict"]) == 2
    assert "strict: 2 of 4 recordings are missing" in capsys.readouterr().err


# --- Kaldi --------------------------------------------------------------------------------------------


def test_segments_are_the_samples_that_kaldiio_reads(tmp_path, monkeypatch):
    kaldiio = pytest.importorskip("kaldiio")
    monkeypatch.chdir(tmp_path)
    y = np.random.default_rng(0).integers(-9999, 9999, (8000, 2)).astype(np.int16)
    for k in range(2):
        soundfile.write(tmp_path / f"rec {k}.wav", y[:, k], 8000)
    scp = written(tmp_path / "kaldi" / "wav.scp", "r0 rec 0.wav", "r1 rec 1.wav")
    segments = written(tmp_path / "kaldi" / "segments", "s1 r1 0.25 0.5", "s0 r0 0 0.125", "s2 r0 0.5 1")
    written(tmp_path / "kaldi" / "utt2spk", "s0 anna", "s2 ben")
    found = read_wav_scp(scp)
    assert [s.id for s in found.sources] == ["s1", "s0", "s2"] and found.missing == 0
    assert [s.carried for s in found.sources] == [(None,), ("anna",), ("ben",)]
    assert found.columns == (("speaker", "string"),)
    theirs = kaldiio.load_scp(str(scp), segments=str(segments))
    for source, (name, (rate, want)) in zip(found.sources, theirs.items(), strict=True):
        piece = cut(source, 0, None, "mean", 600.0)
        assert (source.id, piece.sr) == (name, rate)
        np.testing.assert_array_equal(piece.y * 32768, want)
    segments.unlink()
    assert [s.id for s in read_wav_scp(scp).sources] == ["r0", "r1"]


@pytest.mark.parametrize(
    "scp, segments, message",
    [
        (["a a.wav", "b sph2pipe -f wav b.sph |"], None, r"wav\.scp, line 2: 'sph2pipe .*\|' is a command"),
        (["a -"], None, "line 1: '-' is a command"),
        (["a"], None, "line 1: 'a' has one field"),
        (["a a.wav", "a a.wav"], None, "line 2: has the same id 'a' as line 1"),
        (["a ../a.wav"], None, r"line 1: path='\.\./a\.wav': lies outside the root"),
        (["a b.wav"], None, "its recording is not below"),
        ([], None, "lists no recording"),
        (["a a.wav"], ["s b 0 1"], r"segments, line 1: recording='b': is not in wav\.scp"),
        (["a a.wav"], ["s a 0 1", "t a 1 0.5"], r"segments, line 2: end=0\.5: is not after start=1"),
        (["a a.wav"], ["s a 0 1", "s a 0 1"], "segments, line 2: has the same id 's' as line 1"),
        (["a a.wav"], ["s a x 1"], "segments, line 1: start='x'"),
        (["a a.wav"], ["s a 0 1 B"], "segments, line 1: channel='B'"),
        (["a a.wav"], ["s a 0"], "segments, line 1: has 3 fields"),
    ],
)
def test_a_wrong_scp_is_told(scp, segments, message, tmp_path):
    tone(tmp_path / "a.wav")
    if segments:
        written(tmp_path / "segments", *segments)
    with pytest.raises(vf.ParameterError, match=message):
        read_wav_scp(written(tmp_path / "wav.scp", *scp), tmp_path)


# --- classes, patterns, the command line --------------------------------------------------------------


def test_classes_and_speakers_of_deep_voice(tmp_path, capsys):
    for name in ("REAL/musk-original.wav", "REAL/linus.wav", "FAKE/linus-to-musk.wav", "FAKE/deep/x.wav"):
        tone(tmp_path / "in" / name)
    found = read_class_folders(tmp_path / "in")
    assert {source.id: source.carried for source in found.sources} == {
        "FAKE/deep/x.wav": ("FAKE", None, None),
        "FAKE/linus-to-musk.wav": ("FAKE", "linus", "musk"),
        "REAL/linus.wav": ("REAL", "linus", "linus"),
        "REAL/musk-original.wav": ("REAL", "musk", "musk"),
    }
    assert main(["extract", "--classes", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 0
    assert parquet.read_table(tmp_path / "out").column("label").to_pylist() == ["FAKE"] * 2 + ["REAL"] * 2
    assert main(["extract", "--classes", str(tmp_path / "in/REAL"), "--out", str(tmp_path / "no")]) == 2
    assert "lies in no class folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    "pattern", ["*.wav", "*/*.wav", "**/*.wav", "a/**/[12].wav", "**/b/?.wav", "a*/b/**", "*"]
)
def test_patterns_match_what_the_standard_library_matches(pattern, tmp_path):
    for name in ("0.wav", "a/1.wav", "a/b/2.wav", "a/b/c/3.flac", "ab/b/4.wav", ".h/5.wav", "a/.6.wav"):
        tone(tmp_path / name)
    (tmp_path / "a" / "notes.txt").touch()
    matched = [Path(p) for p in glob.glob(str(tmp_path / pattern), recursive=True)]
    below = {file for path in matched if path.is_dir() for file in path.rglob("*")} | set(matched)
    ids = {p.relative_to(tmp_path).as_posix() for p in below if p.suffix in (".wav", ".flac")}
    want = {name for name in ids if not any(part.startswith(".") for part in name.split("/"))}
    found = find_sources([tmp_path / pattern])
    assert {Path(source.path).relative_to(tmp_path).as_posix() for source in found.sources} == want and want
    base = tmp_path / ("a" if pattern.startswith("a/") else "")
    assert all(base / source.id == Path(source.path) for source in found.sources)


def test_a_pattern_goes_round_no_loop_and_through_no_link(tmp_path):
    tone(tmp_path / "in" / "a" / "1.wav")
    tone(tmp_path / "far" / "2.wav")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "far")
    links = {str(tmp_path / "in" / name) for name in ("link", "loop")}
    for pattern in ("in/**/*.wav", "in/*", "in/*/*.wav"):
        found = find_sources([tmp_path / pattern])
        assert [source.id for source in found.sources] == ["a/1.wav"] and set(found.links) == links
    assert [source.id for source in find_sources([tmp_path / "in/link/*.wav"]).sources] == ["2.wav"]
    with pytest.raises(vf.ParameterError, match="matches nothing in"):
        find_sources([tmp_path / "in" / "*.flac"])


def test_a_file_may_be_called_like_a_pattern(tmp_path):
    tone(tmp_path / "x[1].wav")
    assert [source.id for source in find_sources([tmp_path / "x[1].wav"]).sources] == ["x[1].wav"]


@pytest.mark.parametrize(
    "given, message",
    [
        ([], "no recordings were given; give one of PATH"),
        (["in", "--scp", "wav.scp"], "PATH and --scp exclude each other"),
        (["--manifest", "l.csv", "--classes", "in"], "--manifest and --classes exclude each other"),
        (["in", "--root", "in"], "--root in: applies only to a list"),
        (["--protocol", "p.txt"], "give --root DIR"),
        (["--manifest", "l.csv"], "there is no such file"),
    ],
)
def test_the_command_line_takes_one_kind(given, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    tone(tmp_path / "in" / "a.wav")
    assert main(["extract", *given, "--out", "out"]) == 2
    assert message in capsys.readouterr().err and not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="links that lead to themselves are Linux's")
def test_links_to_nothing_and_to_themselves_are_called_so(tmp_path, capsys):
    tone(tmp_path / "in" / "a.wav")
    (tmp_path / "in" / "loop.wav").symlink_to("loop.wav")
    (tmp_path / "in" / "gone.wav").symlink_to("nowhere.wav")
    assert main(["extract", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 1
    with open(tmp_path / "out" / "_failures.csv", newline="", encoding="utf-8") as file:
        lines = {line["id"]: (line["error"], line["remedy"]) for line in csv.DictReader(file)}
    told = ("is a broken link", "repair it or leave it out")
    assert lines == {"gone.wav": told, "loop.wav": told}
