"""Pages and footers of Parquet that are written without Arrow, read by Arrow; and rows read without it."""

import io

import numpy as np
import pytest

from voicefeat.corpus.formats import About, find_format, parquet as ours, parquet_pages
from voicefeat.corpus.formats.thrift import read_struct, write_struct
from voicefeat.corpus.items import Row

pa = pytest.importorskip("pyarrow", reason='needs pip install ".[corpus]"')
parquet = pytest.importorskip("pyarrow.parquet", reason='needs pip install ".[corpus]"')

COLUMNS = (("label", "string"), ("level", "float64"))


def matrices(dtype, shapes):
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def written(place, values, **options):
    """A shard of these matrices, and of labels of which some are missing."""
    about = About("f", {"rows": ["f_0"]}, str(values[0].dtype), COLUMNS, options=options)
    shard = find_format("parquet").write(place, about)
    for k, each in enumerate(values):
        label = None if k % 3 else f"l{k % 2}"
        shard.add(Row(f"{k}.wav", k, 0.5, None, 8000, k / 7, (each,), (label, k / 3), sha256="ab"), each)
    shard.close()
    return place


def check(place, values, dtype):
    """What Arrow reads, and what our reader gives, in order and back."""
    rows = parquet.read_table(place).to_pylist()
    assert [(row["id"], row["part"], row["level"]) for row in rows] == [
        (f"{k}.wav", k, k / 3) for k in range(len(values))
    ]
    for row, each in zip(rows, values, strict=True):
        assert (row["n_rows"], row["n_frames"]) == each.shape
        np.testing.assert_array_equal(np.array(row["values"], dtype), each.reshape(-1))
    reader = find_format("parquet").read(place)
    for numbers in (range(len(values)), range(len(values))[::-1]):
        for k, (facts, got) in zip(numbers, reader.rows(numbers), strict=True):
            np.testing.assert_array_equal(got, values[k])
            assert got.dtype == dtype and got.flags.writeable
            assert facts == {name: value for name, value in rows[k].items() if name != "values"}
    return reader


SHAPES = [(3, 5), (1, 1), (4, 0), (2, 200), (1, 1), (0, 3), (5, 7), (3, 9)]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("group", [1, 100, 1 << 20])
def test_arrow_reads_the_same_lists(group, dtype, tmp_path, monkeypatch):
    """Also empty ones, of one value, and larger than a group."""
    monkeypatch.setattr(ours, "GROUP", group)
    values = matrices(dtype, SHAPES)
    place = written(tmp_path / "a.parquet", values)
    monkeypatch.setattr(ours.ParquetReader, "_decoded", None)  # no group is decoded
    check(place, values, dtype)
    file = parquet.ParquetFile(place)
    assert file.metadata.num_rows == len(values) and (file.metadata.num_row_groups > 1) == (group < 1000)
    for k in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(k)
        chunks = [group.column(j) for j in range(group.num_columns)]
        assert group.total_byte_size == sum(chunk.total_uncompressed_size for chunk in chunks)
        assert file.read_row_group(k).num_rows == group.num_rows


def test_a_list_of_several_pages(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_pages, "MOST_VALUES", 64)
    values = matrices("float32", [(3, 5), (2, 200), (1, 64), (1, 65), (4, 4)])
    check(written(tmp_path / "a.parquet", values), values, "float32")


def test_levels_longer_than_what_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(ours, "HEAD", 50)
    values = matrices("float32", [(1, 3)] * 90)
    check(written(tmp_path / "a.parquet", values), values, "float32")


def test_columns_of_many_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(ours, "LISTED", 4)
    values = matrices("float32", SHAPES)
    check(written(tmp_path / "a.parquet", values), values, "float32")


def test_compressed_shards_are_decoded(tmp_path, monkeypatch):
    values = matrices("float32", SHAPES)
    place = written(tmp_path / "a.parquet", values, compress=True)
    check(place, values, "float32")
    assert parquet.ParquetFile(place).metadata.row_group(0).column(0).compression == "ZSTD"
    monkeypatch.setattr(ours.ParquetReader, "_decoded", None)
    with pytest.raises(TypeError):
        next(find_format("parquet").read(place).rows([0]))


@pytest.mark.parametrize(
    "options", [{"data_page_size": 100}, {"use_dictionary": True}, {"data_page_version": "2.0"}, {}]
)
def test_shards_that_arrow_has_written(options, tmp_path):
    """As those of earlier versions: of one page or of many, plain or not."""
    values = matrices("float32", [(3, 50), (2, 200), (5, 7)])
    place = written(tmp_path / "a.parquet", values)
    given = {"use_dictionary": False, "compression": "none", **options}
    table = parquet.read_table(place)
    parquet.write_table(table, tmp_path / "b.parquet", write_batch_size=10, **given)
    check(tmp_path / "b.parquet", values, "float32")


def test_columns_that_do_not_end_where_values_begin():
    """Arrow might keep bytes back; then there is no file."""
    file = io.BytesIO()
    parquet.write_table(pa.table({"id": ["a", "b"]}), file)
    others = parquet_pages.parsed_footer(file.getvalue())
    with pytest.raises(ValueError, match="row group 0 do not end at byte 7"):
        parquet_pages.footer(others, others, [parquet_pages.Chunk(7, 9, 1, "float32")], 1)


def test_thrift_of_footers():
    """As Arrow writes them: with every kind of column, and bytes that end too soon."""
    table = pa.table({"a": ["x", None], "b": [1.5, 2.5], "c": [[1], [2, 3]], "d": [True, False]})
    file = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata({"k": "v" * 300}), file, store_decimal_as_integer=True)
    content = file.getvalue()
    footer = content[-8 - int.from_bytes(content[-8:-4], "little") : -8]
    told, end = read_struct(footer)
    assert end == len(footer) and write_struct(told) == footer
    assert (
        write_struct({1: (5, -3), 40: (7, 0.5), 41: (3, 7)})
        == b"\x15\x05\x07\x50" + b"\0" * 6 + b"\xe0\x3f" + b"\x13\x07\0"
    )
    assert read_struct(write_struct({1: (5, -3), 40: (7, 0.5)}))[0] == {1: (5, -3), 40: (7, 0.5)}
    for cut in range(0, len(footer), 7):
        with pytest.raises(ValueError):
            read_struct(footer[:cut])
    with pytest.raises(ValueError, match="the type 13"):
        read_struct(b"\x1d\0")
