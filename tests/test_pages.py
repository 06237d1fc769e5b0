"""Tables of the manual that are written by hand agree with the presets and with tests/golden.toml."""

import re
import tomllib
from pathlib import Path

import pytest

import voicefeat
from voicefeat.engine import notice
from voicefeat.presets.catalogue import preset

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="the manual is not beside the tests")

#: Entries of tests/golden.toml that do not have the name of the function.
ENTRIES = {
    "resample": "librosa__resample_16k",
    "chroma_stft": "librosa__chroma_stft_tuning0",
    "trim": "librosa__trim_index",
    "power_to_db": "librosa__power_to_db_max",
    "mel_to_audio": "librosa__mel_to_audio_rng0",
}


def rows(page):
    """(section, cells) of each row of a page's tables."""
    section = ""
    for line in (DOCS / page).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line.startswith("| "):
            yield section, [cell.strip() for cell in line.strip("|").split(" | ")]


def tolerances():
    """{entry: its tolerance} of tests/golden.toml."""
    files = tomllib.loads((HERE / "golden.toml").read_text(encoding="utf-8"))["file"]
    return {name: entry["tolerance"] for name, entry in files.items()}


def test_coming_from_tells_the_errors_of_presets():
    seen = 0
    for _, cells in rows("coming_from.md"):
        named = re.match(r'`vf\.frontend\("([^"]+)"\)`', cells[1]) if len(cells) == 3 else None
        if named:
            assert float(cells[2]) == preset(named[1]).error, cells
            seen += 1
    assert seen > 40


def test_coming_from_tells_the_errors_against_librosa():
    allowed, seen = tolerances(), 0
    for section, cells in rows("coming_from.md"):
        named = re.match(r"`vf\.(\w+)\(", cells[1])
        if section != "librosa" or len(cells) != 4 or not named:
            continue
        entry = ENTRIES.get(named[1], f"librosa__{named[1]}")
        for cell, key in zip(cells[2:], (f"{entry}_float64", entry), strict=True):
            if cell != "–":
                assert float(cell) == allowed[key], (cells, key)
                seen += 1
    assert seen > 15


@pytest.mark.parametrize(
    ("call", "entry"),
    [
        ("vf.detect_pitch_frequency(", "torchaudio__detect_pitch_frequency"),
        ("vf.spectral_centroid(y, sr, n_fft", "torchaudio__spectral_centroid"),
        ("vf.preemphasis(y, zi", "torchaudio__preemphasis"),
        ("labelled=513", "spafe_run__lfcc_70"),
    ],
)
def test_coming_from_tells_the_errors_of_other_calls(call, entry):
    (cells,) = [cells for _, cells in rows("coming_from.md") if len(cells) == 3 and call in cells[1]]
    assert float(cells[2].split(",")[0]) == tolerances()[entry]


def test_the_questions_lead_to_every_lfcc():
    """Each answer is one preset, and no LFCC is left out of the questions or of the comparison."""
    every = {name for name in voicefeat.frontends() if "-lfcc" in name}
    answers, compared = set(), set()
    for section, cells in rows("which_lfcc.md"):
        if section == "Four questions":
            named = re.findall(r"\*\*`([^`]+)`\*\*", cells[1])
            assert len(named) <= 1, cells
            answers.update(named)
        elif section == "How they differ":
            compared.update(re.findall(r"^`([^`]+)`$", cells[0]))
    assert answers == every
    assert compared == every - {"torchaudio-lfcc-deltas"}  # torchaudio-lfcc says it all


def test_the_comparison_of_lfcc_is_that_of_the_presets():
    """Rows, frame and hop, filters and highest frequency, as in the table."""
    for section, cells in rows("which_lfcc.md"):
        named = re.match(r"`([^`]+)`$", cells[0])
        if section != "How they differ" or not named:
            continue
        fe = voicefeat.frontend(named[1])
        options = dict(fe.bands.arguments)
        hop, length = (
            1000 * n / 16000 for n in (fe.framing.hop_length, fe.framing.win_length or fe.framing.n_fft)
        )
        assert cells[1] == str(len(fe.rows)), cells
        assert cells[2] == f"{length:g} ms, {hop:g} ms", cells
        assert re.match(r"\d+", cells[3])[0] == str(options.get("n_filters", options.get("n_mels"))), cells
        assert cells[3].endswith(f"{(options.get('fmax') or 8000) / 1000:g} kHz"), cells


def test_messages_that_no_block_can_print_are_those_of_the_code():
    """Of compiling, of kernels that others may write, of a missing library, of two runs in one folder."""
    page = " ".join((DOCS / "troubleshooting.md").read_text(encoding="utf-8").split())
    sources = "".join(
        path.read_text(encoding="utf-8") for path in Path(voicefeat.__file__).parent.rglob("*.py")
    )
    assert notice.KEPT in page and notice.NOT_KEPT in page
    for part in (
        "compiled kernels are not kept, and every process compiles them again: ",
        "let nobody else write to it (chmod go-w), or set VOICEFEAT_CACHE_DIR to a folder of your own",
        "another run is writing there",
        " is not installed, and a dataset needs it",
    ):
        assert part in page, part
        assert part in sources, part
