"""Names in lists of others: endings, backslashes, Unicode forms, control characters; lists that are none."""

import csv
import json
import os
import pickle
import sys
import threading
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import soundfile
from corpora import READABLE

import voicefeat as vf
from voicefeat.cli.main import main
from voicefeat.corpus.inputs import find_sources, read_manifest, read_protocol, read_wav_scp
from voicefeat.files.protocols import read_protocol as read_key

m = vf.metrics

COMPOSED, APART = (unicodedata.normalize(form, "né/Jürgen.wav") for form in ("NFC", "NFD"))


def tone(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        soundfile.write(file, 0.5 * np.sin(np.arange(2000) / 5), 8000, format="WAV")
    return path


def written(file, *lines, **how):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), **{"encoding": "utf-8", **how})
    return file


def paths(found):
    return [source.path for source in found.sources]


def manifest(folder, *names):
    return read_manifest(written(folder / "list.csv", "path", *names), folder)


def protocol(folder, *utterances):
    lines = [f"s {utterance} - - bonafide" for utterance in utterances]
    return read_protocol(written(folder / "list.txt", *lines), folder)


def scp(folder, *names):
    lines = [f"{k} {name}" for k, name in enumerate(names)]
    return read_wav_scp(written(folder / "wav.scp", *lines), folder)


# --- one reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize("listed", [manifest, scp])
@pytest.mark.parametrize(
    "there, name",
    [("sub/a.wav", "sub\\a.wav"), (COMPOSED, APART), (APART, COMPOSED), (APART, COMPOSED.replace("/", "\\"))],
)
def test_a_file_of_another_system_is_found(listed, there, name, tmp_path):
    file = tone(tmp_path / there)
    found = listed(tmp_path, name)
    assert paths(found) == [str(file)] and (found.missing, found.because) == (0, "")
    assert listed is scp or found.sources[0].id == name  # the list's own word for it


def test_scp_without_a_root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tone(tmp_path / "sub" / APART)
    tone(tmp_path / "c d.wav")
    listed = [f"a {tmp_path}/sub/{COMPOSED}", f"b sub/{COMPOSED}", "c c d.wav ", "d sub\\e.wav"]
    found = read_wav_scp(written(tmp_path / "wav.scp", *listed))
    assert paths(found) == [f"{tmp_path}/sub/{APART}", f"sub/{APART}", "c d.wav", "sub\\e.wav"]
    assert found.missing == 1


@pytest.mark.parametrize("listed", [manifest, scp])
def test_a_name_that_is_there_is_that_file(listed, tmp_path):
    for name in (COMPOSED, APART, "sub\\a.wav", "sub/a.wav"):
        tone(tmp_path / name)
    names = [APART, COMPOSED, "sub\\a.wav", "sub/a.wav"]
    assert paths(listed(tmp_path, *names)) == [str(tmp_path / name) for name in names]


@pytest.mark.parametrize("listed", [manifest, scp])
def test_of_two_readings_none_is_taken(listed, tmp_path, capsys):
    """U+212B, a third way to write Å: both files may be meant, or one file by two names."""
    both = [unicodedata.normalize(form, "Å.wav") for form in ("NFC", "NFD")]
    for name in (*both, "a.wav"):
        tone(tmp_path / name)
    found = listed(tmp_path, "\u212b.wav", "a.wav")
    assert found.missing == 1
    assert found.because == "these differ only in Unicode form from existing files"
    os.remove(tmp_path / both[0])
    found = listed(tmp_path, *both)  # each exactly, or the one that is lost
    assert found.missing == 1 and "these differ only in Unicode form" in found.because


def test_the_reason_stands_in_the_notice_and_in_the_error(tmp_path, capsys):
    tone(tmp_path / APART)
    tone(tmp_path / "b.wav")
    file = written(tmp_path / "list.csv", "path", COMPOSED, APART, "B.wav", "b.wav", "C\\d.wav", "e.wav")
    assert main(["extract", "--manifest", str(file), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "4 of 6 recordings are missing" in said
    for reason in ("differs only in Unicode form", "differs only in capitals", "has backslashes"):
        assert f"1 of these {reason}" in said
    with pytest.raises(vf.ParameterError, match=r"its recording is not .*these differ only in cap"):
        manifest(tmp_path, "B.WAV")
    with pytest.raises(vf.ParameterError, match="its recording is not below"):
        manifest(tmp_path / "sub", "..\\b.wav")  # no way out of the root


@pytest.mark.parametrize(
    "name", ["U.wav", "U.flac", "in/U", "in/U.wav", "in\\U.wav", "U"],
)  # fmt: skip
def test_a_protocol_with_endings_and_folders(name, tmp_path):
    file = tone(tmp_path / "in" / "U.wav")
    tone(tmp_path / "in" / "V.x.wav")
    found = protocol(tmp_path, name, "V.x")
    assert (paths(found), found.missing) == ([str(file), str(tmp_path / "in" / "V.x.wav")], 0)
    assert found.sources[0].id == name


def test_a_protocol_in_another_unicode_form(tmp_path):
    file = tone(tmp_path / "in" / Path(APART).name)
    stem = Path(COMPOSED).stem
    assert paths(protocol(tmp_path, stem)) == [str(file)]
    assert paths(protocol(tmp_path, f"{stem}.wav")) == [str(file)]
    found = protocol(tmp_path, stem, Path(APART).stem)
    assert found.missing == 1 and "one file would match both" in found.because


def test_two_files_for_an_utterance_with_an_ending(tmp_path):
    for name in ("x/U.wav", "y/U.wav", "y/V.flac", "y/V.wav"):
        tone(tmp_path / name)
    two = r"line 1: U\.wav has two files, '.*x/U\.wav' and '.*y/U\.wav'"
    with pytest.raises(vf.ParameterError, match=two):
        protocol(tmp_path, "U.wav")
    assert paths(protocol(tmp_path, "x/U", "V.wav")) == [str(tmp_path / n) for n in ("x/U.wav", "y/V.wav")]


def test_words_end_at_spaces_and_not_within_names(tmp_path):
    """A no-break space, an ideographic one and a line separator are letters of a name."""
    names = ["a\u00a0b", "a\u3000b", "a\u2028b", "a\x1cb"]
    for name in names:
        tone(tmp_path / f"{name}.wav")
    assert [source.id for source in protocol(tmp_path, *names).sources] == names
    listed = written(tmp_path / "wav.scp", *(f"{name} {name}.wav" for name in names))
    assert [source.id for source in read_wav_scp(listed, tmp_path).sources] == names
    key = read_key(written(tmp_path / "key.txt", *(f"s {name} - - bonafide" for name in names), newline="\n"))
    assert key.columns["utterance"] == names


# --- lists that are not text, or no list ---------------------------------------------------------------

READ = {
    "list.csv": lambda file: read_manifest(file),
    "list.tsv": lambda file: read_manifest(file),
    "list.jsonl": lambda file: read_manifest(file),
    "list.parquet": lambda file: read_manifest(file),
    "protocol.txt": lambda file: read_protocol(file, file.parent),
    "wav.scp": lambda file: read_wav_scp(file),
    "key.txt": read_key,
    "scores.txt": m.read_scores,
    "asv.txt": m.read_asv_scores,
    "statistics.json": vf.CorpusStatistics.load,
    "calibration.toml": m.Calibration.load,
    "fusion.toml": m.Fusion.load,
    "front_end.toml": lambda file: vf.extract_corpus("examples/audio", "never", frontend=str(file)),
}


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are files elsewhere")
@pytest.mark.parametrize("name", READ)
def test_a_pipe_is_refused_and_not_waited_for(name, tmp_path):
    os.mkfifo(tmp_path / name)
    told = []

    def read():
        try:
            READ[name](tmp_path / name)
        except vf.ParameterError as error:
            told.append(str(error))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(60)
    assert told and "is a pipe or a device, not a regular file" in told[0]


@pytest.mark.parametrize("name", [name for name in READ if name != "list.parquet"])
@pytest.mark.parametrize("form", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_list_in_utf_16_is_told_as_such(name, form, tmp_path):
    written(tmp_path / name, "path,label", "ä.wav,spoof", encoding=form)
    with pytest.raises(vf.ParameterError, match=f"is {form[:6].upper()}.*save it as UTF-8"):
        READ[name](tmp_path / name)


@pytest.mark.parametrize("name", ["segments", "utt2spk"])
def test_files_beside_an_scp(name, tmp_path):
    tone(tmp_path / "a.wav")
    written(tmp_path / "wav.scp", "a a.wav")
    written(tmp_path / name, "a a 0 1", encoding="utf-16")
    with pytest.raises(vf.ParameterError, match="is UTF-16"):
        read_wav_scp(tmp_path / "wav.scp", tmp_path)
    (tmp_path / name).write_text("")
    if name == "segments":
        with pytest.raises(vf.ParameterError, match=r"segments=.*lists no segment; write its segments, or "):
            read_wav_scp(tmp_path / "wav.scp", tmp_path)
    else:
        assert read_wav_scp(tmp_path / "wav.scp", tmp_path).sources[0].carried == (None,)


def test_json_of_many_brackets(tmp_path):
    tone(tmp_path / "a.wav")
    for text in ("[" * 100_000, '{"path": "a.wav", "x": ' + "[" * 100_000 + "]" * 100_000 + "}", "9" * 5000):
        with pytest.raises(vf.ParameterError, match=r"line 1: is not JSON"):
            read_manifest(written(tmp_path / "list.jsonl", text))


@pytest.mark.skipif(sys.platform == "win32", reason="paths are shorter there")
@pytest.mark.slow
def test_a_tree_of_1500_folders(tmp_path):
    here, deep, folders = os.getcwd(), tmp_path / "in", 1500
    try:
        for folder in [deep, *["d"] * folders]:
            os.mkdir(folder)
            os.chdir(folder)
        tone(Path("a.wav"))
        os.chdir(here)
        name = "d/" * folders + "a.wav"
        assert [source.id for source in find_sources([deep]).sources] == [name]
        assert [source.id for source in find_sources([deep / "**" / "*.wav"]).sources] == [name]
        assert paths(protocol(tmp_path, "a")) == [str(deep / name)]
    finally:  # by hand: what clears up after tests goes into itself for each folder
        os.chdir(here)
        (deep / name).unlink()
        for depth in range(folders, -1, -1):
            os.rmdir(f"{deep}/{'d/' * depth}")


# --- the terminal -------------------------------------------------------------------------------------

#: Every character that a name can have, some of each kind: line ends of all systems, quotes, what a
#: spreadsheet computes, what a terminal obeys or hides, spaces.
LETTERS = ["a", "\r", "\r\n", "\n", '"', ",", ";", "'", "\t", "\x0b", "\x0c", "\x1c", "\x1b[31m", "\x7f"]
LETTERS += ["\x85", "\x9b31m", "\u2028", "\u202e", "\ufeff", "\xa0", "\u3000", "é", "𝄞", "\\", "#"]
LETTERS += ["%", "=1+1", "+1", "-1", "@SUM(1)", "=cmd|'x'!A1", " a ", "$\\bad$"]
#: What none of these may reach a terminal as.
SHOWN = ("\r", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u202e", "\x0b", "\x0c", "\x1c", "\ufeff")


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """Recordings with such names, of which every fourth is none."""
    folder = tmp_path_factory.mktemp("odd") / "in"
    for k, letter in enumerate(LETTERS):
        file = tone(folder / f"{letter}.wav")
        if k % 4 == 3:
            file.write_text("no audio")
    return folder


ODD = [f"{letter}.wav" for letter in LETTERS]


def rows_of(file):
    with open(file, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_names_in_csv_are_read_back_as_they_were_written(odd, tmp_path):
    pandas = pytest.importorskip("pandas")
    listed = [json.dumps({"path": name, "note": name}) for name in ODD]
    found = read_manifest(written(odd / "list.jsonl", *listed))
    asked = {"summary": ["mean"], "format": "csv", "settings": {"n_mfcc": 2}}
    done = vf.extract_corpus(found, tmp_path / "out", "mfcc", **asked)
    good, bad = ([n for k, n in enumerate(ODD) if (k % 4 == 3) == wrong] for wrong in (False, True))
    assert (done.recordings, done.failed) == (len(good), len(bad))
    table = tmp_path / "out" / "part-00000" / "table.csv"
    for read in (rows_of(table), pandas.read_csv(table, keep_default_na=False).to_dict("records")):
        assert [(row["id"], row["note"]) for row in read] == [(name, name) for name in good]
    ledger = rows_of(tmp_path / "out" / "_failures.csv")
    assert [(row["id"], row["path"]) for row in ledger] == [(name, str(odd / name)) for name in bad]
    assert not any(row["error"].startswith(str(odd)) for row in ledger)


@pytest.mark.parametrize("form", READABLE)
def test_names_in_every_other_format(form, odd, tmp_path):
    for library in {"parquet": ["pyarrow"], "hdf5": ["h5py"], "zarr": ["zarr"]}.get(form, []):
        pytest.importorskip(library)
    vf.extract_corpus(odd, tmp_path / "out", "mfcc", format=form, settings={"n_mfcc": 2})
    ids = vf.open_dataset(tmp_path / "out").ids
    assert list(ids) == sorted(name for k, name in enumerate(ODD) if k % 4 != 3)


def test_nothing_of_a_name_moves_the_cursor(odd, tmp_path, capfd):
    """extract, show, verify, table, wrong lines, the bar and the log: escapes, as `repr` has them."""
    out = tmp_path / "o\x1b[2Jut"
    assert main(["extract", str(odd), "--out", str(out), "--log-json", str(tmp_path / "log")]) == 1
    assert main(["show", str(out)]) == 0
    assert main(["show", str(odd / "\x1b[31m.wav")]) == 0
    for name in ODD[3::4]:
        assert main(["show", str(odd / name)]) == 2
    soundfile.write(odd / "a.wav", np.zeros(2000), 8000)
    assert main(["verify", str(out), str(odd)]) == 1
    written(tmp_path / "list.csv", "path,label", "in/\x1b[31m.wav,\x9b31m")
    listed = ["--manifest", str(tmp_path / "list.csv"), "--root", str(odd.parent)]
    assert main(["extract", *listed, "--out", str(tmp_path / "listed")]) == 0
    assert main(["show", str(tmp_path / "listed")]) == 0
    assert main(["extract", str(tmp_path / "\x1b[31m\n"), "--out", str(tmp_path / "no")]) == 2
    assert main(["explain", str(tmp_path / "\x1b"), "--audio", str(tmp_path / "\x1b"), "--preset", "x"]) == 2
    with pytest.raises(SystemExit):
        main(["extract", "--\x1b[31m"])
    said = capfd.readouterr()
    log = (tmp_path / "log").read_text(encoding="utf-8")
    for text in (said.out, said.err, log):
        assert not [letter for letter in SHOWN if letter in text]
        assert all(c.isprintable() or c == "\n" for c in text)
    assert r"\x1b[31m.wav" in said.out and r"\x9b31m" in said.out and r"o\x1b[2Jut" in said.out
    events = [json.loads(line) for line in log.splitlines()]
    assert [e["id"] for e in events if e["event"] == "failed"] == sorted(ODD[3::4])


@pytest.mark.parametrize("kind", [vf.ParameterError, vf.AudioError])
def test_an_error_shows_a_name_escaped(kind):
    error = kind("in/\x1b[31m\r\u202e.wav: is empty; leave it out")
    assert str(error) == r"in/\x1b[31m\r\u202e.wav: is empty; leave it out"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize("names", [("a b", "a_b"), ("a b", "A_b"), ("é", "É"), ("mfcc", "part-00000")])
def test_two_front_ends_of_one_folder_are_refused(names, tmp_path, capsys):
    for name in names:
        (tmp_path / f"{name}.toml").write_text(vf.frontend("asvspoof2019-lfcc").to_toml())
    tone(tmp_path / "in" / "a.wav")
    given = [word for name in names for word in ("--frontend", str(tmp_path / f"{name}.toml"))]
    assert main(["extract", str(tmp_path / "in"), *given, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "would both have the folder" in said or "cannot be the name of a folder for a front end" in said
    assert not (tmp_path / "out").exists()
