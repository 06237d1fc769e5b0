"""Files of scores and protocols: every layout there and back, and what is wrong with them is named."""

import numpy as np
import pytest

import voicefeat as vf
from voicefeat.files.protocols import LAYOUTS, read_protocol

m = vf.metrics

#: A bona fide and a spoofed trial in the words of each challenge, and the attack of the second.
TRIALS = {
    "ASVspoof 2019": ("LA_0039 LA_E_1 - - bonafide", "LA_0014 LA_E_2 - A11 spoof", "A11"),
    "ASVspoof 2021 LA": (
        "LA_0009 LA_E_1 alaw ita_tx bonafide bonafide notrim eval",
        "LA_0010 LA_E_2 opus loc_tx A07 spoof notrim progress",
        "A07",
    ),
    "ASVspoof 2021 PA": (
        "PA_0010 PA_E_1 R3 M3 d4 r1 m1 s4 c4 bonafide notrim eval",
        "PA_0010 PA_E_2 R3 M3 d4 r1 m1 s3 c2 spoof notrim eval",
        "c2s3",
    ),
    "ASVspoof 2021 DF": (
        "LA_0023 DF_E_1 nocodec asvspoof - bonafide notrim progress bonafide - - - -",
        "TEF2 DF_E_2 low_m4a vcc2020 Task1-team20 spoof notrim eval neural_vocoder Task1 team20 FF E",
        "Task1-team20",
    ),
    "ASVspoof 5": (
        "D_0461 D_0000000190 M - - - - bonafide bonafide -",
        "D_4461 D_0000000169 F - - - AC1 A14 spoof -",
        "A14",
    ),
}


def written(folder, *lines, name="file.txt"):
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("layout", LAYOUTS)
def test_protocols(layout, tmp_path):
    genuine, forged, attack = TRIALS[layout]
    found = read_protocol(written(tmp_path, genuine, forged))
    assert found.layout == layout
    assert found.columns["speaker"] == [genuine.split()[0], forged.split()[0]]
    assert found.columns["utterance"] == [genuine.split()[1], forged.split()[1]]
    assert found.columns["label"] == ["bonafide", "spoof"]
    assert found.columns["attack"] == ["-", attack]
    assert "-" not in found.columns


def test_a_replay_of_2019(tmp_path):
    path = written(tmp_path, "PA_0079 PA_T_1 aaa - bonafide", "PA_0079 PA_T_2 aab CB spoof")
    found = read_protocol(path)
    assert (found.columns["environment"], found.columns["attack"]) == (["aaa", "aab"], ["-", "CB"])


def test_rows_of_a_subset(tmp_path):
    path = written(tmp_path, *TRIALS["ASVspoof 2021 LA"][:2])
    found = read_protocol(path)
    assert found.where(subset="eval").columns["utterance"] == ["LA_E_1"]
    with pytest.raises(vf.ParameterError, match="where='phase': is not a column of ASVspoof 2021 LA"):
        found.where(phase="eval")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["LA_E_1", "LA_E_2"], "lists utterances without their keys; give the file with the keys"),
        (["a b c"], "has 3 columns; give a protocol of 5 .ASVspoof 2019."),
        ([TRIALS["ASVspoof 2019"][0], "a b - spoof"], "line 2 has 4 columns where there should be 5"),
        (["s u - - genuine"], "the label in line 1 is 'genuine'; a label is bonafide or spoof"),
        (["s u - - bonafide", "", "s u - A01 spoof"], "listed twice: u;"),
        ([""], "is empty"),
        (["filename\tcm-label"], "has no column utterance"),
        (["filename\tspeaker", "a\tb"], "has no column label"),
    ],
)
def test_what_is_wrong_with_a_protocol(lines, told, tmp_path):
    with pytest.raises(vf.ParameterError, match=told):
        read_protocol(written(tmp_path, *lines))


class TestScores:
    KEY = ("s1 a - - bonafide", "s1 b - A07 spoof", "s2 c - A08 spoof", "s2 d - - bonafide")

    def test_every_form(self, tmp_path):
        key = written(tmp_path, *self.KEY, name="key.txt")
        forms = {
            "ASVspoof 2019": ["d - bonafide 4", "c A08 spoof 3", "b A07 spoof 2.5e-1", "a - bonafide 1"],
            "ASVspoof 2021": ["d 4", "c 3", "b 0.25", "a 1"],
            "ASVspoof 5": ["filename\tcm-score", "d\t4", "c\t3", "b\t0.25", "a\t1"],
        }
        for layout, lines in forms.items():
            found = m.read_scores(written(tmp_path, *lines), key)
            assert found.layout == layout
            assert found.utterances == ["a", "b", "c", "d"]
            assert found.bonafide.tolist() == [1, 4] and found.spoof.tolist() == [0.25, 3]
            assert found.of("A08").tolist() == [3]
            assert [who.tolist() for who in found.speakers_by_class] == [["s1", "s2"], ["s1", "s2"]]

    def test_keys_in_the_file_or_behind_the_score(self, tmp_path):
        found = m.read_scores(written(tmp_path, "s1 a 1.5 bonafide", "s1 b -1 spoof"))
        assert found.bonafide.tolist() == [1.5] and found.spoof.tolist() == [-1]
        named = m.read_scores(written(tmp_path, "utterance score key extra", "a 2 bonafide x", "b 1 spoof y"))
        assert named.bonafide.tolist() == [2]

    @pytest.mark.parametrize("form", ["2019", "2021", "5"])
    def test_there_and_back(self, form, tmp_path):
        key = written(tmp_path, *self.KEY, name="key.txt")
        values = np.array([0.1, 1 / 3, -1e-300, 12345678.900000001])
        scores = m.Scores(
            "abcd", values, ["bonafide", "spoof", "spoof", "bonafide"], ["-", "A07", "A08", "-"]
        )
        m.write_scores(tmp_path / "scores.txt", scores, form=form)
        found = m.read_scores(tmp_path / "scores.txt", key)
        assert found.scores.tobytes() == values.tobytes()
        assert found.attacks.tolist() == ["-", "A07", "A08", "-"]

    def test_a_subset_leaves_scores_out(self, tmp_path):
        key = written(tmp_path, *TRIALS["ASVspoof 2021 LA"][:2], name="key.txt")
        scores = written(tmp_path, "LA_E_1 1", "LA_E_2 2")
        assert m.read_scores(scores, key, subset="eval").utterances == ["LA_E_1"]
        with pytest.raises(vf.ParameterError, match="all of one class, none is spoof"):
            m.read_scores(scores, key, subset="eval").spoof  # noqa: B018

    @pytest.mark.parametrize(
        ("lines", "told"),
        [
            (["a 1", "b nan", "c inf", "d 2"], "not finite: the scores of b, c"),
            (["a 1", "b x"], "the score in line 2 is 'x'; give a number"),
            (["a 1", "a 2", "b 1"], "listed twice: a"),
            (["a 1", "b 2", "c 3"], r"without a score: 1 of the 4 utterances of .*key.txt \(d\)"),
            (["a 1", "b 2", "c 3", "d 4", "e 5"], r"not in .*key.txt: 1 of 5 scored utterances \(e\)"),
            (
                ["a - spoof 1", "b - spoof 2", "c - spoof 3", "d - bonafide 4"],
                "keys that differ from those of .*: a",
            ),
            (["a - genuine 1"], r"neither bonafide nor spoof: a \(genuine\)"),
            (["a b c"], "has 3 columns; give lines of 'utterance score'"),
            (["filename\tasv-score", "a\t1"], "has columns utterance, asv-score; name the column of scores"),
        ],
    )
    def test_what_is_wrong_with_scores(self, lines, told, tmp_path):
        key = written(tmp_path, *self.KEY, name="key.txt")
        with pytest.raises(vf.ParameterError, match=told):
            m.read_scores(written(tmp_path, *lines), key)

    def test_a_file_that_is_not_there_or_no_text(self, tmp_path):
        with pytest.raises(vf.ParameterError, match=r"cannot be read .No such file"):
            m.read_scores(tmp_path / "none.txt")
        (tmp_path / "scores.bin").write_bytes(b"\x93NUMPY\xff")
        with pytest.raises(vf.ParameterError, match="is not a text file"):
            m.read_scores(tmp_path / "scores.bin")

    def test_without_keys(self, tmp_path):
        found = m.read_scores(written(tmp_path, "a 1", "b 2"))
        assert repr(found) == "Scores(2 utterances, no keys)"
        with pytest.raises(vf.ParameterError, match="have no keys; read them with their protocol"):
            found.bonafide  # noqa: B018
        with pytest.raises(vf.ParameterError, match='write form="2021"'):
            m.write_scores(tmp_path / "out.txt", found)
        assert not (tmp_path / "out.txt").exists()

    def test_unknown_speakers_and_attacks(self):
        found = m.Scores("ab", [1, 0], ["bonafide", "spoof"], ["-", "A01"], ["s1", "-"])
        with pytest.raises(vf.ParameterError, match="the speaker is not known for b"):
            found.speakers_by_class  # noqa: B018
        with pytest.raises(vf.ParameterError, match="attack='A02': no spoof has this attack; choose among"):
            found.of("A02")

    def test_wrong_values_in_memory(self):
        with pytest.raises(vf.ParameterError, match="give one for each of the 2 utterances"):
            m.Scores("ab", [1.0])
        with pytest.raises(vf.ParameterError, match=r"keys.*must be one per utterance"):
            m.Scores("ab", [1.0, 2.0], ["spoof"])
        with pytest.raises(vf.ParameterError, match=r"attacks.*must be one per utterance"):
            m.Scores("ab", [1.0, 2.0], attacks=["-"])

    def test_selected_in_order(self):
        scores = m.Scores(
            "abc", [1, 2, 3], ["bonafide", "spoof", "spoof"], ["-", "A1", "A2"], ["x", "y", "z"]
        )
        found = scores.select("ca")
        assert (found.utterances, found.scores.tolist()) == (["c", "a"], [3, 1])
        assert (found.keys.tolist(), found.speakers.tolist()) == (["spoof", "bonafide"], ["z", "x"])
        with pytest.raises(vf.ParameterError, match="without a score: d"):
            scores.select("ad")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["bonafide target 1", "bonafide other 1"], "the kind in line 2 is 'other'"),
        (["bonafide target 1", "A07 spoof 1"], "holds no trial of kind nontarget"),
        (["bonafide target"], "has 2 columns"),
    ],
)
def test_what_is_wrong_with_scores_of_speaker_verification(lines, told, tmp_path):
    with pytest.raises(vf.ParameterError, match=told):
        m.read_asv_scores(written(tmp_path, *lines))


@pytest.mark.parametrize(
    ("scored", "listed"),
    [
        (["U", "V"], ["U.flac", "V.wav"]),
        (["U.flac", "V.flac"], ["U", "V"]),
        (["in\\U.wav", "V"], ["in/U", "V"]),
        (["u\u0308", "V"], ["\u00fc.flac", "V"]),
    ],
)
def test_scores_of_utterances_that_are_written_otherwise(scored, listed, tmp_path):
    scores = written(tmp_path, f"{scored[0]} 1", f"{scored[1]} -1", name="scores.txt")
    key = written(tmp_path, f"s {listed[0]} - - bonafide", f"s {listed[1]} - A01 spoof", name="key.txt")
    found = m.read_scores(scores, key)
    assert (found.utterances, found.bonafide.tolist(), found.of("A01").tolist()) == (listed, [1], [-1])


def test_scores_that_could_be_of_two_utterances_are_refused(tmp_path):
    key = written(tmp_path, "s U.flac - - bonafide", "s U.wav - A01 spoof", name="key.txt")
    with pytest.raises(vf.ParameterError, match=r"none of the 1 scored utterances is in .*key.txt \(U\)"):
        m.read_scores(written(tmp_path, "U 1"), key)
    key = written(tmp_path, "s U - - bonafide", "s V - A01 spoof", name="key.txt")
    with pytest.raises(vf.ParameterError, match=r"not in .*: 2 of 3 scored utterances \(U.flac, U.wav\)"):
        m.read_scores(written(tmp_path, "U.flac 1", "U.wav 2", "V 3"), key)


def test_scores_of_2019_are_not_called_those_of_2021(tmp_path):
    """Two columns are anybody's: the key of another part of 2019 is the likelier slip."""
    lines = {"T": "s LA_T_1 - - bonafide", "D": "s LA_D_1 - - bonafide", "E": "s LA_E_1 - - bonafide"}
    keys = {part: written(tmp_path, line, name=f"{part}.txt") for part, line in lines.items()}
    for scored, key in (("LA_D_1", "E"), ("LA_T_1", "D"), ("LA_E_1", "D"), ("PA_E_1", "E"), ("x", "E")):
        with pytest.raises(vf.ParameterError, match="in the form of 'utterance score', a key of") as told:
            m.read_scores(written(tmp_path, f"{scored} 1"), keys[key])
        assert "2021" not in str(told.value)
    with pytest.raises(vf.ParameterError, match=r"2 utterances \('utterance score'\) have no keys"):
        m.read_scores(written(tmp_path, "a 1", "b 2")).bonafide  # noqa: B018
    for scored in ("LA_E_2", "DF_E_1"):
        with pytest.raises(vf.ParameterError, match="Scores of ASVspoof 2021 cannot be used"):
            m.read_scores(written(tmp_path, f"{scored} 1"), keys["E"])


class TestNamedColumnsOfSpeakerVerification:
    ROWS = ("bonafide target 1", "bonafide nontarget 2", "A07 spoof 3")

    @pytest.mark.parametrize(
        "head", ["attack kind score", "system trial asv-score", "attack asv-label asv-score"]
    )
    def test_read(self, head, tmp_path):
        found = m.read_asv_scores(written(tmp_path, head, *self.ROWS))
        assert (found.target.tolist(), found.nontarget.tolist()) == ([1], [2])
        assert found.attacks["A07"].tolist() == [3]
        utterances = [f"u{k} {row}" for k, row in enumerate(self.ROWS)]
        again = m.read_asv_scores(written(tmp_path, f"filename {head.replace('trial', 'key')}", *utterances))
        assert again.attacks["A07"].tolist() == [3]

    @pytest.mark.parametrize(
        ("head", "missing"),
        [("utterance score", "attack"), ("utterance attack score", "kind"), ("attack kind loss", "score")],
    )
    def test_a_column_that_is_not_there(self, head, missing, tmp_path):
        row = " ".join(["x"] * len(head.split()))
        with pytest.raises(vf.ParameterError, match=f"none called {missing}; name the columns attack, kind"):
            m.read_asv_scores(written(tmp_path, head, row))


@pytest.mark.parametrize("read", [m.read_scores, m.read_asv_scores, read_protocol])
@pytest.mark.parametrize("head", ["utterance file label", "attack utterance x", "utterance", "kind"])
def test_named_columns_of_any_kind_end_in_our_error(read, head, tmp_path):
    with pytest.raises(vf.ParameterError):
        read(written(tmp_path, head, *["a bonafide spoof"] * 2))
        read(written(tmp_path, head))


def test_a_replay_device_without_its_distance(tmp_path):
    found = read_protocol(written(tmp_path, "utterance label replay_device", "a spoof c2", "b bonafide c3"))
    assert found.column("attack") == ["-", "-"]


@pytest.mark.parametrize("text", ["slope = " + "9" * 5000, "x = " + "[" * 3000, "slope = {}", "slope = 1"])
def test_a_calibration_that_is_none(text, tmp_path):
    with pytest.raises(vf.ParameterError, match=r"path="):
        m.Calibration.load(written(tmp_path, text, name="c.toml"))
