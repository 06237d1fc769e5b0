"""Manifests: from a table to the list of recordings that a run reads, and on to the dataset."""

import csv
import json
import os
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import soundfile

import voicefeat as vf
from voicefeat.corpus.formats import FORMATS
from voicefeat.corpus.inputs import read_manifest
from voicefeat.corpus.inputs.column_types import converted, kind_of
from voicefeat.corpus.inputs.sources import TAKEN
from voicefeat.corpus.run.extract import extract_corpus

parquet = pytest.importorskip("pyarrow.parquet", reason='needs pip install ".[corpus]"')
pandas = pytest.importorskip("pandas")


def noise(path, seconds=0.5, sr=8000, channels=1, seed=0):
    path = Path(os.fsdecode(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    y = np.random.default_rng(seed).uniform(-0.5, 0.5, (int(seconds * sr), channels))
    soundfile.write(str(path.parent / "new.wav"), y, sr, subtype="FLOAT")
    os.rename(path.parent / "new.wav", path)  # libsndfile does not write to every name
    return path


@pytest.fixture
def folder(tmp_path):
    """Two recordings, of one channel and of two."""
    noise(tmp_path / "in" / "a.wav")
    noise(tmp_path / "in" / "sub" / "b.wav", channels=2, seed=1)
    return tmp_path / "in"


def written(folder, text, name="list.csv"):
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def ledger(out):
    with open(out / "_failures.csv", newline="", encoding="utf-8") as lines:
        return {line["id"]: line for line in csv.DictReader(lines)}


# --- formats of a manifest ----------------------------------------------------------------------------


def table():
    return pandas.DataFrame(
        {
            "path": ["sub/b.wav", "a.wav", "a.wav"],
            "id": ["z", "y", "x"],
            "start": [0.0, 0.0, 0.125],
            "end": [0.5, 0.25, 0.5],
            "label": ["spoof", None, 'a "word", or two'],
            "take": [3, 1, 2],
            "snr": [1.5, None, -3.0],
        }
    )


WRITERS = {
    "csv": lambda file: table().to_csv(file, index=False),
    "tsv": lambda file: table().to_csv(file, index=False, sep="\t", quoting=csv.QUOTE_NONE),
    "jsonl": lambda file: table().to_json(file, orient="records", lines=True),
    "parquet": lambda file: table().to_parquet(file),
}


@pytest.mark.parametrize("ending", WRITERS)
def test_every_format_gives_the_same_list(ending, folder):
    WRITERS[ending](folder / f"list.{ending}")
    found = read_manifest(folder / f"list.{ending}")
    assert found.columns == (("label", "string"), ("take", "int64"), ("snr", "float64"))
    assert [s.id for s in found.sources] == ["z", "y", "x"] and found.missing == 0
    assert [(s.start, s.end) for s in found.sources] == [(0.0, 0.5), (0.0, 0.25), (0.125, 0.5)]
    assert [Path(s.path) for s in found.sources] == [folder / "sub/b.wav", folder / "a.wav", folder / "a.wav"]
    nothing = [None if value is None or value != value else value for value in found.sources[1].carried]
    assert nothing == [None, 1, None]
    assert found.sources[2].carried == ('a "word", or two', 2, -3.0)


@pytest.mark.parametrize(
    "texts, kind",
    [
        (["0", "-12", None], "int64"),
        (["9" * 18], "int64"),
        (["1", "2.5", "-0.001", "nan"], "float64"),
        (["4.500", "-3.744", "0.000"], "float64"),
        (["4.500", "nan", None], "float64"),
        (["1.0", "2.5e-05", "inf"], "float64"),
        (["1.500000000000000000e+00", "3.143000000000000232e-05"], "float64"),
        (["nan", None], None),
        (["1.1", "1.10"], "string"),
        (["12e5", "1.2e6"], "string"),
        (["12e5"], "string"),
        (["1", "2.50"], "string"),
        ([".5"], "string"),
        (["5."], "string"),
        (["1e400"], "string"),
        (["0.5", "1e400"], "string"),
        (["0.5", "9007199254740993"], "string"),
        (["0.12345678901234567890"], "string"),
        (["007", "12"], "string"),
        (["1" + "0" * 25], "string"),
        (["+1"], "string"),
        (["1_000"], "string"),
        (["٣"], "string"),
        (["True"], "string"),
        ([None], None),
    ],
)
def test_text_is_a_number_only_where_nothing_is_lost(texts, kind):
    assert kind_of(texts, written=True) == kind
    if kind in ("int64", "float64"):
        wanted = pandas.Series([t for t in texts if t not in (None, "nan")]).astype(kind).tolist()
        np.testing.assert_array_equal([v for v in converted(texts, kind) if v is not None], wanted)


def test_what_json_says_beside_text_and_numbers_is_kept(folder):
    lines = [
        {"path": "a.wav", "ok": True, "tags": ["x", "é"], "n": 2**70, "id": 7, "speaker": "12"},
        {"path": "sub/b.wav", "late": 1},
    ]
    found = read_manifest(written(folder, "\n".join(map(json.dumps, lines)), "list.json"))
    kinds = {"ok": "string", "tags": "string", "n": "string", "speaker": "string", "late": "int64"}
    assert dict(found.columns) == kinds
    assert found.sources[0].id == "7" and found.sources[1].id == "sub/b.wav"
    assert found.sources[0].carried == ("true", '["x", "é"]', str(2**70), "12", None)
    assert found.sources[1].carried == (None, None, None, None, 1)


def test_a_column_changes_its_kind_late(folder):
    """The first thousands of values may look like numbers, and the last not."""
    rows = "".join(f"{k},a.wav,{k}.50\n" for k in range(20000))
    found = read_manifest(written(folder, f"id,path,note\n{rows}last,a.wav,none\n"))
    assert found.columns == (("note", "string"),)
    assert [found.sources[k].carried for k in (0, 9000, -1)] == [("0.50",), ("9000.50",), ("none",)]


def test_equal_texts_are_one_object(folder):
    rows = "".join(f"{k},a.wav,spoof\n" for k in range(20000))
    found = read_manifest(written(folder, f"id,path,label\n{rows}"))
    assert len({id(source.carried[0]) for source in found.sources}) == 1


def test_spreadsheets_and_indices(folder):
    """A byte order mark, CR LF, empty lines, columns without a name."""
    found = read_manifest(written(folder, "\ufeff,path\r\n0,a.wav\r\n\r\n1,sub/b.wav\r\n"))
    assert found.columns == (("column_1", "int64"),)
    assert [s.carried for s in found.sources] == [(0,), (1,)]


# --- through to the dataset ---------------------------------------------------------------------------


def test_segments_channels_and_columns_reach_the_dataset(folder, tmp_path):
    text = "id,path,start,end,channel,label,duration,N_rows\n"
    text += "two,sub/b.wav,0.125,0.375,1,spoof,0.25,5\none,a.wav,,,,bonafide,,6\n"
    extract_corpus(read_manifest(written(folder, text)), tmp_path / "out", "mfcc", settings={"n_fft": 256})
    got = parquet.read_table(tmp_path / "out")
    kinds = {name: str(got.schema.field(name).type) for name in got.schema.names[-4:]}
    given = {"given_channel": "int64", "label": "string", "given_duration": "double", "given_N_rows": "int64"}
    assert kinds == given
    rows = got.to_pylist()
    assert [row["id"] for row in rows] == ["two", "one"]  # as the manifest has them
    assert [row["given_duration"] for row in rows] == [0.25, None]
    assert (rows[0]["start"], rows[0]["duration"]) == (0.125, 0.25)
    y, sr = soundfile.read(folder / "sub" / "b.wav", dtype="float32")
    want = vf.mfcc(np.ascontiguousarray(y[1000:3000, 1]), sr=sr, n_fft=256)
    np.testing.assert_array_equal(np.array(rows[0]["values"], np.float32).reshape(want.shape), want)


def test_no_carried_column_has_the_name_of_the_datasets_own(folder, tmp_path):
    extract_corpus(folder, tmp_path / "out", channels="each")
    assert set(parquet.read_schema(tmp_path / "out" / "part-00000.parquet").names) == TAKEN


@pytest.mark.skipif(sys.platform != "linux", reason="names of bytes are Linux's")
def test_every_name_that_a_file_can_have(tmp_path):
    names = [b"with space.wav", b"new\nline.wav", b"caf\xe9.wav", b'comma, "quote".wav', b"x" * 251 + b".wav"]
    for name in names:
        noise(os.fsencode(tmp_path / "in") + b"/" + name)
    cells = b"\n".join(b'"' + name.replace(b'"', b'""') + b'"' for name in names)
    found = read_manifest(written(tmp_path / "in", b"path\n" + cells + b"\n"))
    done = extract_corpus(found, tmp_path / "out")
    assert (done.recordings, done.failed, found.missing) == (5, 0, 0)
    ids = parquet.read_table(tmp_path / "out").column("id").to_pylist()
    told = ["with space.wav", "new\nline.wav", "caf\\xe9.wav", 'comma, "quote".wav', "x" * 251 + ".wav"]
    assert ids == told


def test_places_that_a_file_does_not_have_are_lines_of_the_ledger(folder, tmp_path):
    soundfile.write(folder / "zero.wav", np.zeros(0), 8000)
    text = "id,path,start,end,channel\nend,a.wav,0.25,0.75,\nstart,a.wav,0.5,,\nchannel,a.wav,,,1\n"
    text += "gone,nowhere.wav,,,\nzero,zero.wav,,,\nlast,a.wav,0.25,0.5,0\n"
    found = read_manifest(written(folder, text))
    done = extract_corpus(found, tmp_path / "out")
    assert (done.recordings, done.failed, found.missing) == (1, 5, 1)
    told = {"end": "ends at 0.75 s", "start": "after its end", "channel": "1 channel, and channel 1"}
    told |= {"gone": "no such file", "zero": "no samples"}
    lines = ledger(tmp_path / "out")
    assert all(told[name] in line["error"] and line["remedy"] for name, line in lines.items())
    assert set(lines) == set(told)
    with pytest.raises(vf.ParameterError, match=r"strict: 1 of 6 recordings are missing.*nowhere\.wav"):
        extract_corpus(found, tmp_path / "strict", strict=True)


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize(
    "change, message",
    [
        ({"path": "../a.wav"}, r"(line 4|row 3): path='\.\./a\.wav': lies outside the root"),
        ({"path": "sub/../../a.wav"}, r"(line 4|row 3): .*lies outside the root"),
        ({"path": "/etc/passwd"}, r"(line 4|row 3): path='/etc/passwd': lies outside the root"),
        ({"id": "z"}, r"(line 4|row 3): has the same id 'z' as (line 2|row 1)"),
        ({"end": 0.125}, r"(line 4|row 3): end=0\.125: is not after start=0\.125"),
        ({"start": -1.0}, r"(line 4|row 3): start=-1\.0: must be .*at least 0"),
    ],
)
def test_a_wrong_record_is_told_with_its_place(ending, change, message, folder, monkeypatch):
    wrong = table()
    for name, value in change.items():
        wrong.loc[2, name] = value
    monkeypatch.setattr(sys.modules[__name__], "table", lambda: wrong)
    WRITERS[ending](folder / f"list.{ending}")
    if ending == "jsonl":
        message = message.replace("line 4", "line 3").replace("line 2", "line 1")
    root = folder if change.get("path") == "/etc/passwd" else None  # without a root it is taken as it is
    with pytest.raises(vf.ParameterError, match=message):
        read_manifest(folder / f"list.{ending}", root)


def test_absolute_paths_are_taken_as_they_are_where_no_root_is_given(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "café").mkdir(parents=True)
    (elsewhere / "café" / "b.wav").write_bytes((folder / "a.wav").read_bytes())
    other = unicodedata.normalize("NFD", f"{elsewhere}/café/b.wav")
    text = f"path\n{folder}/a.wav\n{elsewhere}/../elsewhere/café/b.wav\n/nowhere/café/a.wav\n"
    found = read_manifest(written(folder, text))
    here = ("a.wav", f"{folder}/a.wav")  # a file of the manifest's folder has its id as before
    there = (f"{elsewhere}/café/b.wav", f"{elsewhere}/../elsewhere/café/b.wav")
    assert [source[:2] for source in found.sources[:2]] == [here, there] and found.missing == 1
    done = extract_corpus(found, tmp_path / "out")
    assert (done.recordings, done.failed) == (2, 1)
    assert vf.open_dataset(tmp_path / "out").ids == ["a.wav", there[0]]
    [spelled] = read_manifest(written(folder, f"path\n{other}\n")).sources
    assert spelled.path == f"{elsewhere}/café/b.wav"
    with pytest.raises(vf.ParameterError, match=r"line 3: path='.*': lies outside the root"):
        read_manifest(written(folder, text), folder)


@pytest.mark.parametrize(
    "name, text, message",
    [
        ("l.csv", "file,label\na.wav,x\n", "has no column 'path', only file, label"),
        ("l.csv", "", "lists no recording"),
        ("l.csv", "path\n", "lists no recording"),
        ("l.csv", "path,n,n\na.wav,1,2\n", "line 1: two columns are called 'n'"),
        ("l.csv", "path,n\na.wav\n", "line 2: has 1 of 2 fields"),
        ("l.csv", 'path,n\n"a.wav,1\n', "line 2: cannot be read"),
        ("l.csv", "path,n\n,1\n", "line 2: path=None: is not a path"),
        ("l.csv", "path,channel\na.wav,-1\n", "line 2: channel=-1"),
        ("l.csv", "path,channel\na.wav,0.5\n", r"line 2: channel=0\.5"),
        ("l.csv", "path,start\na.wav,soon\n", "line 2: start='soon': must be a finite number"),
        ("l.csv", "path,end\na.wav,inf\n", "line 2: end=inf: must be a finite number"),
        ("l.csv", b"path,label\na.wav,caf\xe9\n", r"line 2: label: caf\\xe9 is not UTF-8"),
        ("l.csv", b"path,\xe9\na.wav,1\n", "is not UTF-8"),
        ("l.csv", "path,sr,given_sr\na.wav,1,2\n", "two columns with the same name"),
        ("l.csv", "path\nb.wav\n", "its recording is not below"),
        ("l.csv", "path\nb.wav\nc.wav\n", "none of its 2 recordings is below"),
        ("l.csv", "path\na\0.wav\n", "cannot be the name of a file"),
        ("l.jsonl", '{"path": "a.wav"\n', "line 1: is not JSON"),
        ("l.jsonl", '\n["a.wav"]\n', "line 2: holds no object"),
        ("l.jsonl", '{"path": 3}\n', "line 1: path=3: is not a path"),
        ("l.jsonl", '{"path": "\\ud800.wav"}\n', "cannot be the name of a file"),
        ("l.parquet", "no", "cannot be read as Parquet"),
        ("l.txt", "a.wav\n", r"extension that is not known; end its name with \.csv"),
    ],
)
def test_a_wrong_file_is_told(name, text, message, folder):
    with pytest.raises(vf.ParameterError, match=message):
        read_manifest(written(folder, text, name))


def test_a_root_of_its_own(folder, tmp_path):
    file = written(tmp_path, f"path\n{folder / 'a.wav'}\nsub/./b.wav\n")
    assert [s.id for s in read_manifest(file, folder).sources] == ["a.wav", "sub/b.wav"]
    for root, message in ((tmp_path / "none", "no such folder"), (file, "is a file")):
        with pytest.raises(vf.ParameterError, match=message):
            read_manifest(file, root)
    with pytest.raises(vf.ParameterError, match="no such file"):
        read_manifest(tmp_path / "none.csv")


# --- real ones ----------------------------------------------------------------------------------------


def test_the_manifest_of_minifake_as_pandas_reads_it(data):
    file = data / "minifake" / "manifest.csv"
    found, want = read_manifest(file), pandas.read_csv(file, keep_default_na=False, na_values=[""])
    assert [s.id for s in found.sources] == want.path.tolist() and found.missing == 0
    kinds = {"int64": "int64", "float64": "float64"}
    told = {name: kinds.get(str(kind), "string") for name, kind in want.dtypes.items() if name != "path"}
    assert dict(found.columns) == told and "float64" in told.values() and "int64" in told.values()
    for k, (name, _) in enumerate(found.columns):
        got = [source.carried[k] for source in found.sources]
        assert got == [None if value != value else value for value in want[name]], name


def test_all_of_formats_by_its_manifest(data, tmp_path):
    found = read_manifest(data / "formats" / "manifest.csv")
    done = extract_corpus(found, tmp_path / "out", sr=16000)
    assert done.recordings + done.failed == len(found.sources) == 111
    stored = parquet.read_table(tmp_path / "out").to_pylist()
    assert {row["id"] for row in stored} | set(ledger(tmp_path / "out")) == {s.id for s in found.sources}
    known = {source.id: source.carried for source in found.sources}
    at = [name for name, _ in found.columns].index("given_sr")
    assert all(row["given_sr"] == known[row["id"]][at] for row in stored)
    assert {row["given_sr"] for row in stored} >= {8000, 16000, 44100}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_missing_values_are_equal_in_every_format(ending, form, folder, tmp_path):
    """Of the manifest and of the dataset: an empty text, null, NaN and the word of it are None alike."""
    for library in {"hdf5": ["h5py"], "zarr": ["zarr"]}.get(form, []):
        pytest.importorskip(library)
    nan = float("nan")
    listed = pandas.DataFrame(
        {
            "path": ["a.wav"] * 3,
            "id": ["x", "y", "z"],
            "label": ["spoof", "", None],
            "snr": [1.5, nan, -3.0],
            "take": pandas.array([1, None, 3], dtype="Int64"),
        }
    )
    file = folder / f"list.{ending}"
    if ending == "csv":  # numpy's word for it
        listed.to_csv(file, index=False, na_rep="nan", columns=["path", "id", "snr", "take"])
        file.write_text(file.read_text().replace("snr,", "label,snr,").replace("x,", "x,spoof,"))
        file.write_text(file.read_text().replace("y,", "y,,").replace("z,", "z,,"))
    elif ending == "tsv":
        listed.to_csv(file, index=False, sep="\t")
    elif ending == "jsonl":
        rows = listed.astype(object).where(listed.notna(), None).to_dict("records")
        rows[1]["snr"] = nan  # which Python writes, and JSON does not know
        file.write_text("\n".join(map(json.dumps, rows)))
    else:
        listed.to_parquet(file)
    found = read_manifest(file)
    assert found.columns == (("label", "string"), ("snr", "float64"), ("take", "int64"))
    wanted = [("spoof", 1.5, 1), (None, None, None), (None, -3.0, 3)]
    assert [source.carried for source in found.sources] == wanted
    asked = {"summary": ["mean"], "settings": {"n_mfcc": 2}}
    extract_corpus(found, tmp_path / "out", "mfcc", format=form, **asked)
    if form == "csv":
        with open(tmp_path / "out" / "part-00000" / "table.csv", newline="", encoding="utf-8") as lines:
            got = [tuple(row[name] for name in ("label", "snr", "take")) for row in csv.DictReader(lines)]
        assert got == [tuple("" if value is None else str(value) for value in row) for row in wanted]
        return
    dataset = vf.open_dataset(tmp_path / "out")
    columns = [dataset.column(name).tolist() for name in ("label", "snr", "take")]
    assert list(zip(*columns, strict=True)) == wanted


def test_numbers_of_json_that_no_float_holds_are_text(folder):
    values = ['"x": 1e400, "y": 0.5', '"x": 2.5, "y": 1', '"x": null, "y": 9007199254740993']
    lines = [f'{{"path": "a.wav", "id": {k}, {each}}}' for k, each in enumerate(values)]
    found = read_manifest(written(folder, "\n".join(lines), "list.jsonl"))
    assert found.columns == (("x", "string"), ("y", "string"))
    assert [s.carried for s in found.sources] == [("1e400", "0.5"), ("2.5", "1"), (None, "9007199254740993")]
