"""Every format of a dataset, read back with the library that it belongs to."""

import csv
import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import time
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
from corpora import DYING, READABLE, contents, fill_disk, noises

import voicefeat as vf
from voicefeat.cli.main import main
from voicefeat.corpus.formats import FORMATS, About, find_format
from voicefeat.corpus.formats.compressed import METHODS, compressed
from voicefeat.corpus.formats.flat import ROWS, TOGETHER, VALUES
from voicefeat.corpus.formats.kaldi import key
from voicefeat.corpus.formats.npy import file_name
from voicefeat.corpus.inputs.sources import Listing, Source, find_sources
from voicefeat.corpus.items import Row
from voicefeat.corpus.run.extract import extract_corpus

for library in ("pyarrow", "h5py", "zarr", "kaldiio", "pandas", "polars", "duckdb"):
    pytest.importorskip(library, reason='needs pip install ".[test]"')

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples" / "audio"
#: Formats of whole matrices, also compressed where that changes no value.
MATRICES = [(form, {}) for form in READABLE]
LOSSLESS = [form for form in READABLE if find_format(form).options.get("compress") == (False, True)]
MATRICES += [(form, {"compress": True}) for form in LOSSLESS]
#: Small shards, so that there are many places to be killed at.
ASKED = {"feature": "mfcc", "settings": {"n_mfcc": 5}, "shard_mb": 0.003}
PROGRAM = """
import json, sys
from voicefeat.corpus.run.extract import extract_corpus
extract_corpus(sys.argv[1], sys.argv[2], workers=2, **json.loads(sys.argv[3]))
"""


def asked_of(form):
    """What makes a dataset of small shards of a format."""
    return {**ASKED, "format": form, **({"summary": ["mean"], "shard_mb": 1e-4} if form == "csv" else {})}


def test_the_manual_lists_every_format():
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    table = page.partition("| `--format` |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, flags=re.M) == list(FORMATS)


# --- reading back: rows as dicts, with `matrix` (rows, frames), and what recordings carry -------------


def read_parquet(shard):
    import pyarrow.parquet as parquet

    for row in parquet.read_table(shard).to_pylist():
        kind = parquet.read_schema(shard).field("values").type.value_type.to_pandas_dtype()
        yield {**row, "matrix": np.array(row["values"], kind).reshape(row["n_rows"], row["n_frames"])}


def read_flat(group):
    """HDF5 and Zarr: flat arrays, one number or text for each row, and the values."""
    values = group["values"][:]
    known = {name: group[name][:] for name in group if name not in ("values", "columns", "missing")}
    known["id"] = texts(known["id"])
    carried = {name: texts(group[f"columns/{name}"][:]) for name in group.get("columns", ())}
    missing = {name: group[f"missing/{name}"][:] for name in carried}
    for k in range(len(known["id"])):
        row = {name: column[k] for name, column in known.items()}
        row |= {name: None if missing[name][k] else column[k] for name, column in carried.items()}
        flat = values[row["offset"] : row["offset"] + row["n_rows"] * row["n_frames"]]
        yield {**row, "matrix": flat.reshape(row["n_rows"], row["n_frames"])}


def texts(column):
    """What h5py gives as bytes and Zarr as its own strings."""
    if column.dtype.kind in "OT":
        return [value.decode() if isinstance(value, bytes) else str(value) for value in column]
    return column


def read_hdf5(shard):
    import h5py

    with h5py.File(shard) as file:
        assert json.loads(file.attrs["voicefeat"])["rows"]
        yield from read_flat(file)


def read_zarr(shard):
    import zarr

    group = zarr.open(str(shard), mode="r")
    assert group.attrs["voicefeat"]["rows"]
    yield from read_flat(group)


def index(shard):
    lines = (shard / "index.jsonl").read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1]]


def read_npy(shard):
    rows = index(shard)
    assert {row["file"] for row in rows} | {"about.json", "index.jsonl"} == set(os.listdir(shard))
    for row in rows:
        yield {**row, "matrix": np.load(shard / row["file"])}


def read_webdataset(shard):
    """As the package webdataset does: files of one name up to the first dot are one sample."""
    samples = {}
    with tarfile.open(shard) as tar:
        assert json.loads(tar.pax_headers["comment"])["rows"]
        for member in tar:
            key, _, ending = member.name.partition(".")
            samples.setdefault(key, {})[ending] = tar.extractfile(member).read()
    for sample in samples.values():
        assert list(sample) == ["json", "npy"]
        yield {**json.loads(sample["json"]), "matrix": np.load(io.BytesIO(sample["npy"]))}


def read_kaldi(shard):
    import kaldiio

    here = os.getcwd()
    os.chdir(shard.parent)  # an scp holds paths from the dataset's folder
    try:
        found = dict(kaldiio.load_scp(f"{shard.name}/feats.scp"))
    finally:
        os.chdir(here)
    rows = index(shard)
    keys = [called for called, _ in kaldiio.load_ark(f"{shard}/feats.ark")]
    assert list(found) == keys == [row["key"] for row in rows]
    lengths = (shard / "utt2num_frames").read_text().split("\n")[:-1]
    assert [line.split()[1] for line in lengths] == [str(row["n_frames"]) for row in rows]
    for row in rows:
        yield {**row, "matrix": found[row["key"]].T}


def rows(folder, form):
    shards = sorted(p for p in folder.iterdir() if p.name.startswith("part-"))
    assert [p.name for p in shards] == [f"part-{k:05d}{find_format(form).ending}" for k in range(len(shards))]
    read = globals().get(f"read_{form}", partial(read_other, form))
    return [row for shard in shards for row in read(shard)]


def read_other(form, shard):
    """A format that no function above reads: by its own reader."""
    reader = find_format(form).read(shard)
    for facts, matrix in reader.rows(range(reader.count)):
        yield {**facts, "matrix": matrix}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Ninety noises, every thirtieth of them no audio."""
    return noises(tmp_path_factory.mktemp("corpus") / "in", 90, 30, 8000, 50)


@pytest.fixture(scope="module")
def whole(corpus, tmp_path_factory):
    """For each format, the dataset of a run that nothing stopped."""
    made = {}
    for form in FORMATS:
        folder = tmp_path_factory.mktemp("whole") / form
        done = extract_corpus(corpus, folder, workers=1, **asked_of(form))
        assert (done.recordings, done.failed) == (87, 3) and len(done.shards) > 5
        made[form] = contents(folder)
        assert done.bytes == sum(len(data) for name, data in made[form].items() if name.startswith("part-"))
    return made


# --- the numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("form, options", MATRICES)
def test_values_are_those_of_the_direct_call(form, options, dtype, tmp_path):
    asked = {"format": form, "format_options": options, "dtype": dtype, "settings": {"top_db": None}}
    if dtype not in find_format(form).dtypes:
        with pytest.raises(vf.ParameterError, match="dtype='float16': is not a data type of kaldi; give "):
            extract_corpus(EXAMPLES, tmp_path / "out", "mfcc", **asked)
        assert not (tmp_path / "out").exists()
        return
    extract_corpus(EXAMPLES, tmp_path / "out", "mfcc", **asked)
    files = sorted(p for p in EXAMPLES.iterdir() if p.suffix in (".flac", ".wav", ".ogg"))
    for row, file in zip(rows(tmp_path / "out", form), files, strict=True):
        y, sr = soundfile.read(file, dtype="float32")
        given = y.astype(np.float64) if dtype == "float64" else y
        want = vf.mfcc(given, sr=sr, top_db=None).astype(dtype)
        assert row["matrix"].dtype == dtype
        np.testing.assert_array_equal(row["matrix"], want)
        told = {"id": file.name, "part": 0, "start": 0.0, "sr": sr, "duration": len(y) / sr}
        assert {name: row[name] for name in told} == told
        assert (row["n_rows"], row["n_frames"]) == want.shape


def test_pandas_polars_and_duckdb_read_parquet_as_it_is(tmp_path):
    import duckdb
    import pandas
    import polars

    extract_corpus(EXAMPLES, tmp_path / "out", "mfcc", settings={"n_mfcc": 5}, shard_mb=0.01)
    want = rows(tmp_path / "out", "parquet")
    assert len(want) == 8 and len(list((tmp_path / "out").glob("*.parquet"))) > 1
    files = f"{tmp_path}/out/*.parquet"
    frames = {
        "pandas": pandas.read_parquet(tmp_path / "out"),
        "polars": polars.read_parquet(files).to_pandas(),
        "duckdb": duckdb.sql(f"SELECT * FROM '{files}' ORDER BY id").df(),
    }
    for name, frame in frames.items():
        assert len(frame) == 8, name
        for row, got in zip(want, frame.itertuples(), strict=True):
            matrix = np.array(got.values, np.float32).reshape(got.n_rows, got.n_frames)
            np.testing.assert_array_equal(matrix, row["matrix"], err_msg=name)
            assert (got.id, got.sr, got.duration) == (row["id"], row["sr"], row["duration"])
    mean = duckdb.sql(f"SELECT avg(n_frames) FROM '{files}'").fetchall()[0][0]
    lazy = polars.scan_parquet(files).select(polars.col("n_frames").mean()).collect().item()
    assert mean == lazy == np.mean([row["n_frames"] for row in want])


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "csv"])
def test_parts_and_channels(form, tmp_path):
    y = np.random.default_rng(4).uniform(-0.5, 0.5, (25 * 8000, 2)).astype(np.float32)
    soundfile.write(tmp_path / "two.wav", y, 8000, subtype="FLOAT")
    extract_corpus(tmp_path / "two.wav", tmp_path / "out", channels="each", part_seconds=10, format=form)
    got = rows(tmp_path / "out", form)
    assert [(r["id"], r["channel"], r["part"], r["start"], r["duration"]) for r in got] == [
        ("two.wav", c, k, 10.0 * k, 10.0 if k < 2 else 5.0) for c in (0, 1) for k in (0, 1, 2)
    ]
    for row in got:
        begin = int(row["start"] * 8000)
        piece = y[begin : begin + int(row["duration"] * 8000), row["channel"]]
        np.testing.assert_array_equal(row["matrix"], vf.mfcc(piece.copy(), sr=8000))


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "csv"])
def test_several_front_ends_and_statistics(form, corpus, tmp_path):
    fronts = ["asvspoof2019-lfcc", "kaldi-fbank-80"]
    extract_corpus(corpus, tmp_path / "out", frontend=fronts, format=form)
    for name in fronts:
        made = rows(tmp_path / "out" / name, form)
        assert len(made) == 87
        y, sr = soundfile.read(corpus / made[-1]["id"], dtype="float32")
        np.testing.assert_array_equal(made[-1]["matrix"], vf.frontend(name)(y, sr))
    extract_corpus(corpus, tmp_path / "s", "rms", summary=["mean", "max"], windows=0.25, format=form)
    last = rows(tmp_path / "s", form)[-1]
    want = vf.summarize(vf.rms(y, frame_length=2048), ["mean", "max"], frames=8)
    np.testing.assert_array_equal(last["matrix"], np.array(list(want.values()), np.float32))


@pytest.mark.parametrize("form", FORMATS)
def test_what_recordings_carry(form, corpus, tmp_path):
    found = find_sources([corpus / "000.wav", corpus / "001.wav", corpus / "002.wav"])
    carried = [("bona fide", 1, 0.1), (None, None, None), ("é\n", 2**60 + 1, 2.5)]
    sources = [s._replace(carried=c) for s, c in zip(found.sources, carried, strict=True)]
    columns = (("label", "string"), ("take", "int64"), ("level", "float64"))
    asked = {"summary": ["mean"]} if form == "csv" else {}
    extract_corpus(Listing(sources, Counter(), [], columns), tmp_path / "out", "rms", format=form, **asked)
    if form == "csv":
        with open(tmp_path / "out" / "part-00000" / "table.csv", newline="", encoding="utf-8") as lines:
            got = [(r["label"], r["take"], r["level"]) for r in csv.DictReader(lines)]
        assert got == [tuple("" if v is None else str(v) for v in each) for each in carried]
    else:
        assert [(r["label"], r["take"], r["level"]) for r in rows(tmp_path / "out", form)] == carried
    if form == "kaldi":
        told = (tmp_path / "out" / "part-00000" / "utt2label").read_text(encoding="utf-8")
        assert told == "000.wav bona%20fide\n002.wav é%0A\n"


@pytest.mark.parametrize("form", ["hdf5", "zarr"])
@pytest.mark.parametrize("compress", [False, True])
def test_a_shard_of_many_chunks(form, compress, tmp_path):
    """More values, and more rows, than are written at a time."""
    place = tmp_path / f".part-00000{find_format(form).ending}.partial"
    columns = (("label", "string"),)
    about = About("f", {"rows": ["f_0", "f_1"]}, "float32", columns, options={"compress": compress})
    rng = np.random.default_rng(0)
    sizes = rng.integers(1, 80, TOGETHER * ROWS + 1500)
    assert 2 * sizes.sum() > TOGETHER * VALUES + 3 and 2 * sizes.sum() % VALUES
    flat, ends = rng.standard_normal((2, sizes.sum())).astype(np.float32), np.cumsum(sizes)
    shard = find_format(form).write(place, about)
    for k, end in enumerate(ends):
        values = np.ascontiguousarray(flat[:, end - sizes[k] : end])
        shard.add(
            Row(f"{k}.wav", 0, 0.0, None, 8000, k / 7, (values,), (None if k % 9 else f"l{k}",)), values
        )
    shard.close()
    got = list(globals()[f"read_{form}"](place))
    assert [row["id"] for row in got] == [f"{k}.wav" for k in range(len(sizes))]
    assert [row["label"] for row in got] == [None if k % 9 else f"l{k}" for k in range(len(sizes))]
    assert [row["duration"] for row in got] == [k / 7 for k in range(len(sizes))]
    np.testing.assert_array_equal(np.concatenate([row["matrix"] for row in got], axis=1), flat)


@pytest.mark.parametrize("form", ["hdf5", "zarr"])
def test_names_of_many_rows_and_texts_with_anything(form, corpus, tmp_path):
    """HDF5 has no NUL in a text, and attributes of more than 64 kB only in its newer form."""
    given = Source("a\0b", str(corpus / "000.wav"), carried=("c\0d",))
    found = Listing([given], Counter(), [], (("label", "string"),))
    extract_corpus(found, tmp_path / "out", "spectrogram", settings={"n_fft": 4096}, format=form,
                   summary=["mean", "std", "min", "max"])  # fmt: skip
    [row] = rows(tmp_path / "out", form)
    nul = "\\x00" if form == "hdf5" else "\0"
    assert (row["id"], row["label"], row["n_rows"]) == (f"a{nul}b", f"c{nul}d", 4 * 2049)


@pytest.mark.parametrize("form", ["hdf5", "zarr"])
def test_a_column_that_means_a_path_is_refused(form, tmp_path):
    found = Listing([Source("a", "a.wav", carried=("x",))], Counter(), [], (("a/b", "string"),))
    with pytest.raises(vf.ParameterError, match="column='a/b': cannot be the name"):
        extract_corpus(found, tmp_path / "out", "rms", format=form)
    assert not (tmp_path / "out").exists()


# --- bytes --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def later(whole):
    """The datasets of `whole`, at a time at which what is stamped in seconds would differ."""
    time.sleep(1.1)
    return whole


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.slow
def test_the_bytes_do_not_depend_on_the_workers_or_the_hour(form, corpus, later, tmp_path):
    extract_corpus(corpus, tmp_path / "out", workers=2, **asked_of(form))
    assert contents(tmp_path / "out") == later[form]


@pytest.mark.processes
@pytest.mark.parametrize("form", [form for form in FORMATS if form != "parquet"])
def test_a_run_that_is_killed_ends_as_one_that_was_not(form, corpus, whole, tmp_path):
    out, rng, kills = tmp_path / "out", np.random.default_rng(1), 0
    command = [sys.executable, "-c", DYING + PROGRAM, str(corpus), str(out), json.dumps(asked_of(form))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    while kills < 3:
        last = str(rng.integers(4, 12))
        run = subprocess.Popen([*command, last], env=environment, stderr=subprocess.PIPE)
        there = len(list(out.glob("part-*")))
        while run.poll() is None and len(list(out.glob("part-*"))) <= there:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.01))
        run.send_signal(signal.SIGKILL)  # of one that has ended nothing comes
        told = run.communicate()[1].decode()
        if run.returncode != -signal.SIGKILL:
            assert run.returncode == 0, told
            break
        kills += 1
    assert kills
    extract_corpus(corpus, out, **asked_of(form))
    assert contents(out) == whole[form]


# --- names --------------------------------------------------------------------------------------------


def test_awkward_ids_stay_in_the_folder_and_apart(corpus, tmp_path):
    names = ["../../x.wav", "a/b.wav", "a_b.wav", "A_B.wav", "line\nbreak.wav", "caf\\xe9 .wav", "é.wav",
             "con", ".hidden.wav", "-rf.wav", "x" * 255, "x" * 254 + "y", "a_b.wav.part1"]  # fmt: skip
    sources = [Source(name, str(corpus / "000.wav")) for name in names]
    sources.append(Source("a b", str(corpus / "000.wav")))
    found = Listing(sources, Counter(), [])
    extract_corpus(found, tmp_path / "npy", "rms", format="npy")
    got = rows(tmp_path / "npy", "npy")  # which sees that the files are those of the index
    assert [row["id"] for row in got] == [s.id for s in sources]
    files = [row["file"] for row in got]
    assert len({file.lower() for file in files}) == len(files)
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,210}\.npy", file) for file in files)
    assert files[2] == "a_b.wav.npy" and files[3].startswith("A_B.wav-")
    extract_corpus(found, tmp_path / "kaldi", "rms", format="kaldi")
    assert [row["id"] for row in rows(tmp_path / "kaldi", "kaldi")] == [s.id for s in sources]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kaldi", "npy"]


def test_names_of_rows_are_different_where_rows_are():
    row = Row("a", 0, 0.0, None, 16000, 1.0, ())
    others = [row, row._replace(part=1), row._replace(id="a.part1"), row._replace(channel=1),
              row._replace(id="a#1"), row._replace(id="a%231"), row._replace(id="a@1"),
              row._replace(id="a.ch1"), row._replace(part=1, channel=1)]  # fmt: skip
    taken = set()
    assert len({file_name(each, taken) for each in others}) == len({key(each) for each in others}) == 9


def test_a_kaldi_dataset_can_be_moved(corpus, tmp_path):
    extract_corpus(corpus, tmp_path / "out", **asked_of("kaldi"))
    want = rows(tmp_path / "out", "kaldi")
    (tmp_path / "out").rename(tmp_path / "moved")
    for one, other in zip(want, rows(tmp_path / "moved", "kaldi"), strict=True):
        np.testing.assert_array_equal(one["matrix"], other["matrix"])


# --- compressed matrices ------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("frames", [1, 2, 3, 4, 5, 8, 9, 30, 500])
def test_compressed_matrices_are_those_of_kaldiio(method, frames):
    from kaldiio.matio import read_matrix_or_vector, write_array

    rng = np.random.default_rng(frames)
    scale = np.float32(10) ** rng.integers(-3, 4, 13).astype(np.float32)
    x = rng.standard_normal((frames, 13)).astype(np.float32) * scale
    ours, theirs = b"\0B" + compressed(x, method), io.BytesIO()
    number = {"auto": 1, "speech_feature": 2, "two_byte": 3, "one_byte": 5}[method]
    write_array(theirs, x, compression_method=number)
    got = read_matrix_or_vector(io.BytesIO(ours))
    other = read_matrix_or_vector(io.BytesIO(theirs.getvalue()))
    assert len(ours) == len(theirs.getvalue())
    error, theirs_error = np.abs(got - x).max(), np.abs(other - x).max()
    assert error <= theirs_error * (1 + 1e-4)
    if method in ("two_byte", "one_byte") or (method == "auto" and frames <= 8):
        assert ours == theirs.getvalue()
        steps = 255 if method == "one_byte" else 65535
        assert error <= 0.51 * (x.max() - x.min()) / steps * (1 + 1e-3)
    elif frames >= 5:  # below, kaldiio adds one to the value where Kaldi adds it to the step
        a, b = (np.frombuffer(each, np.uint8).astype(int) for each in (ours, theirs.getvalue()))
        assert np.abs(a - b).max() <= 1 and (a != b).mean() <= 0.02  # steps on the edge of the next


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [0.0, -7.5, 1e-30, 3e8])
def test_a_constant_matrix_can_be_compressed(method, value):
    from kaldiio.matio import read_matrix_or_vector

    x = np.full((12, 3), value, np.float32)
    x[:, 2] = np.nextafter(np.float32(value), np.float32(np.inf))
    got = read_matrix_or_vector(io.BytesIO(b"\0B" + compressed(x, method)))
    np.testing.assert_allclose(got, x, rtol=1e-6, atol=1e-30)


@pytest.mark.parametrize("method", [True, "two_byte"])
def test_a_dataset_of_compressed_matrices(method, corpus, tmp_path):
    extract_corpus(corpus, tmp_path / "plain", "mfcc", format="kaldi")
    extract_corpus(corpus, tmp_path / "out", "mfcc", format="kaldi", format_options={"compress": method})
    plain, small = rows(tmp_path / "plain", "kaldi"), rows(tmp_path / "out", "kaldi")
    for one, other in zip(plain, small, strict=True):
        # Half a step of the whole range; with one byte, of the row's widest stretch, which has 63 or more.
        step = np.ptp(one["matrix"]) / 65535
        coarse = np.ptp(one["matrix"], axis=1, keepdims=True) / 63 if method is True else 0
        assert np.all(np.abs(other["matrix"] - one["matrix"]) <= 0.52 * coarse + step)
    size = [(tmp_path / name / "part-00000" / "feats.ark").stat().st_size for name in ("plain", "out")]
    assert size[1] < size[0] * (0.45 if method is True else 0.55)
    with pytest.raises(vf.ParameterError, match=r"dtype='float64': compressed .*; give 'float32'"):
        extract_corpus(corpus, tmp_path / "none", "mfcc", dtype="float64", format="kaldi",
                       format_options={"compress": method})  # fmt: skip


def test_what_a_compressed_matrix_cannot_hold_is_a_failure(corpus, tmp_path, monkeypatch):
    from voicefeat.corpus.run import job

    compute_tasks, seen = job.compute_tasks, []

    def one_is_infinite(*given):
        made = compute_tasks(*given)
        seen.append(None)
        if len(seen) == 3:
            made[0][0, 0] = -np.inf
        return made

    monkeypatch.setattr(job, "compute_tasks", one_is_infinite)
    done = extract_corpus(corpus, tmp_path / "out", "mfcc", format="kaldi", workers=1,
                          format_options={"compress": True})  # fmt: skip
    assert (done.recordings, done.failed) == (86, 4)
    with open(tmp_path / "out" / "_failures.csv", newline="", encoding="utf-8") as lines:
        line = next(csv.DictReader(lines))
    assert (line["id"], line["stage"], line["remedy"]) == ("002.wav", "store", "give compress=false")


# --- csv ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_pandas_reads_the_table(dtype, corpus, tmp_path):
    import pandas

    asked = {"summary": ["mean", "q0.9"], "dtype": dtype, "settings": {"n_mfcc": 3}, "format": "csv"}
    extract_corpus(corpus, tmp_path / "out", "mfcc", **asked)
    names = [f"mfcc_{k}_{s}" for k in range(3) for s in ("mean", "q0.9")]
    kinds = {name: dtype for name in names}
    table = pandas.read_csv(
        tmp_path / "out" / "part-00000" / "table.csv", dtype=kinds, float_precision="round_trip"
    )
    assert list(table) == ["id", "part", "start", "sr", "duration", "sha256", *names] and len(table) == 87
    for row in table.itertuples(index=False):
        y, sr = soundfile.read(corpus / row.id, dtype="float32")
        given = y.astype(np.float64) if dtype == "float64" else y
        want = vf.summarize(vf.mfcc(given, sr=sr, n_mfcc=3), ["mean", "q0.9"], name="mfcc")
        assert list(want) == names and (row.sr, row.duration) == (sr, len(y) / sr)
        np.testing.assert_array_equal(np.array(row[6:], dtype), np.array(list(want.values())).astype(dtype))


def test_windows_are_lines(corpus, tmp_path):
    import pandas

    extract_corpus(corpus, tmp_path / "out", "rms", summary=["max"], windows=0.25, format="csv")
    table = pandas.read_csv(tmp_path / "out" / "part-00000" / "table.csv")
    assert list(table) == ["id", "part", "start", "sr", "duration", "sha256", "window", "rms_0_max"]
    y, _ = soundfile.read(corpus / "089.wav", dtype="float32")
    want = vf.summarize(vf.rms(y), "max", frames=8, name="rms")["rms_0_max"]
    last = table[table.id == "089.wav"]
    assert last.window.tolist() == list(range(len(want)))
    np.testing.assert_array_equal(last.rms_0_max.astype(np.float32), want.astype(np.float32))


def test_a_recording_with_other_rows_is_a_failure_of_a_table(corpus, tmp_path, monkeypatch):
    from voicefeat.corpus.run import job

    compute_tasks, seen = job.compute_tasks, []

    def one_has_more(*given):
        seen.append(None)
        made = compute_tasks(*given)
        return [np.concatenate([made[0], made[0]])] if len(seen) == 2 else made

    monkeypatch.setattr(job, "compute_tasks", one_has_more)
    asked = {"format": "csv", "summary": ["mean"], "workers": 1}
    done = extract_corpus(corpus, tmp_path / "out", "mfcc", settings={"n_mfcc": 5}, **asked)
    assert (done.recordings, done.failed) == (86, 4)
    with open(tmp_path / "out" / "_failures.csv", newline="", encoding="utf-8") as lines:
        line = next(csv.DictReader(lines))
    assert (line["id"], line["stage"]) == ("001.wav", "store")
    assert line["error"] == "y: gives 10 statistics, but the table has 5 columns"


def test_a_table_needs_statistics_and_names_that_differ(corpus, tmp_path):
    with pytest.raises(vf.ParameterError, match=r"format='csv': can hold only statistics.*give summary"):
        extract_corpus(corpus, tmp_path / "out", "mfcc", format="csv")
    columns = (("rms_0_max", "float64"),)
    found = Listing([Source("a", "a.wav", carried=(1.0,))], Counter(), [], columns)
    with pytest.raises(
        vf.ParameterError, match="'rms_0_max' would occur twice in the table; rename your column"
    ):
        extract_corpus(found, tmp_path / "out", "rms", summary=["max"], format="csv")
    assert not (tmp_path / "out").exists()


# --- what is said -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_every_shard_says_how_its_values_came_about(form, whole, tmp_path):
    import h5py
    import pyarrow.parquet as parquet
    import zarr

    for name, data in whole[form].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    shard = tmp_path / f"part-00000{find_format(form).ending}"
    if form == "parquet":
        about = json.loads(parquet.read_schema(shard).metadata[b"voicefeat"])
    elif form == "hdf5":
        with h5py.File(shard) as file:
            about = json.loads(file.attrs["voicefeat"])
    elif form == "zarr":
        about = zarr.open(str(shard)).attrs["voicefeat"]
    elif form == "webdataset":
        with tarfile.open(shard) as tar:
            about = json.loads(tar.pax_headers["comment"])
    else:
        about = json.loads((shard / "about.json").read_text(encoding="utf-8"))
    state = json.loads((tmp_path / "_state.json").read_text())
    assert {**about, "values": ""} == {**state["asked"]["features"][0], "values": ""}
    assert about["settings"]["n_mfcc"] == 5 and len(about["digest"]) == 16
    assert about["values"].startswith("float32")


@pytest.mark.parametrize("form, option, told", [
    ("kaldi", {"compress": "yes"}, "compress='yes': is not a value of this option of kaldi; give one "
                                   "of false, true, auto"),
    ("kaldi", {"compression": True}, "kaldi has no option 'compression'; it has compress"),
    ("npy", {"compress": True}, "npy has no option 'compress'; it has none"),
    ("hdf", {}, "format='hdf': no such format; did you mean 'hdf5'"),
])  # fmt: skip
def test_options_that_do_not_exist(form, option, told, corpus, tmp_path):
    with pytest.raises(vf.ParameterError, match=told):
        extract_corpus(corpus, tmp_path / "out", format=form, format_options=option)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("form, library, extra", [
    ("hdf5", "h5py", "hdf5"), ("zarr", "zarr", "zarr"), ("parquet", "pyarrow", "corpus"),
])  # fmt: skip
def test_a_library_that_is_missing(form, library, extra, corpus, tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setattr("voicefeat.corpus.run.job.cut", lambda *a: pytest.fail("a file was opened"))
    with pytest.raises(
        ModuleNotFoundError, match=rf"{library} is not .*pip install {library} .*extra {extra}"
    ):
        extract_corpus(corpus, tmp_path / "out", format=form)
    assert not (tmp_path / "out").exists()


def test_the_command_takes_formats_and_their_options(corpus, tmp_path, capsys):
    given = ["extract", str(corpus), "--format", "kaldi", "--format-option", "compress=true", "--out"]
    assert main([*given, str(tmp_path / "out")]) == 1  # three recordings are none
    extract_corpus(corpus, tmp_path / "same", format="kaldi", format_options={"compress": True})
    assert contents(tmp_path / "out") == contents(tmp_path / "same")
    with pytest.raises(vf.ParameterError, match=r"format_options\.compress: True in the dataset, False now"):
        extract_corpus(corpus, tmp_path / "out", format="kaldi")
    with pytest.raises(SystemExit):
        main([*given[:-2], "compress", "--out", str(tmp_path / "none")])
    assert "'compress' has no '='; write it as name=value" in capsys.readouterr().err


# --- a disk that is full, a folder that is closed -----------------------------------------------------


@pytest.mark.processes
@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_leaves_whole_shards_and_the_run_goes_on(form, corpus, whole, tmp_path, monkeypatch):
    """A small file system where one can be mounted; elsewhere a writer that says what a full disk would."""
    import shutil

    folder, out = tmp_path / "small", tmp_path / "small" / "out"
    folder.mkdir()
    size = sum(map(len, whole[form].values()))
    pages = sum(-(-len(data) // 4096) for data in whole[form].values())
    limit = f"size={max(64 << 10, (pages * 4096 + size) // 4)}"
    mount = ["mount", "-t", "tmpfs", "-o", limit, "none", str(folder)]
    mounted = shutil.which("mount") is not None and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        if not mounted:
            fill_disk(monkeypatch, form, 4)
        with pytest.raises(OSError) as told:
            extract_corpus(corpus, out, **asked_of(form))
        assert told.value.errno == errno.ENOSPC and told.value.filename == str(out)
        n = len(json.loads((out / "_state.json").read_text())["segments"])
        message = (
            f"No space left on device (completed shards: {n}); make room, and run the same call "
            "again to continue"
        )
        assert 0 < n < len({name.split("/")[0] for name in whole[form] if name.startswith("part-")})
        assert str(told.value).startswith(f"[Errno {errno.ENOSPC}] {message}")
        kept = {name: data for name, data in contents(out).items() if name.startswith("part-")}
        assert kept and all(whole[form][name] == data for name, data in kept.items())
        assert not list(out.glob(".part-*"))
        monkeypatch.undo()
        shutil.copytree(out, tmp_path / "roomy")
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
    assert extract_corpus(corpus, tmp_path / "roomy", **asked_of(form)).resumed > 0
    assert contents(tmp_path / "roomy") == whole[form]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs a folder that nobody may write")
def test_a_folder_that_may_not_be_written(corpus, tmp_path, capsys):
    if os.geteuid():
        (tmp_path / "kept").mkdir(mode=0o555)
        kept = tmp_path / "kept"
    else:
        kept = Path("/sys")  # where root may not either
        if not kept.is_dir():
            pytest.skip("root may write everywhere here")
    out = kept / "voicefeat"
    with pytest.raises(PermissionError, match="; make it writable, or give another folder") as told:
        extract_corpus(corpus, out)
    assert told.value.filename == str(out)
    assert main(["extract", str(corpus), "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert str(out) in error and "make it writable" in error


def test_samples_of_several_tar_shards_have_keys_of_their_own(whole, tmp_path):
    for name, data in whole["webdataset"].items():
        (tmp_path / name).write_bytes(data)
    keys = []
    for shard in sorted(tmp_path.glob("*.tar")):
        with tarfile.open(shard) as tar:
            keys += [member.name for member in tar]
    assert keys[0] == "00000-000000.json" and len(keys) == len(set(keys)) == 2 * 87


def test_a_tar_shard_that_was_packed_again_is_told(whole, tmp_path):
    name = "part-00000.tar"
    (tmp_path / "as-it-was.tar").write_bytes(whole["webdataset"][name])
    with tarfile.open(tmp_path / "as-it-was.tar") as old, tarfile.open(tmp_path / name, "w") as new:
        for member in old:
            new.addfile(member, old.extractfile(member))
    with pytest.raises(vf.ParameterError, match=r"part-00000\.tar: .*no comment with the settings"):
        find_format("webdataset").read(tmp_path / name)
