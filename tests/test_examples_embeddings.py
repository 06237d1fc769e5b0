"""The adapters that bring networks into the corpus engine: embeddings of transformers, files of ONNX.

Their networks are small, with random weights that are saved to disk first. Packages that are missing skip the
tests; with CI_EXAMPLES set in the environment a missing one is a failure.
"""

import pickle
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from test_docs import blocks
from test_examples_adapters import ADAPTERS, ROOT, SR, adapter, corpus, needed

import voicefeat as vf
from voicefeat.cli.main import main
from voicefeat.corpus import verify

__all__ = ["adapter", "corpus"]  # fixtures

pytestmark = pytest.mark.processes

SMALL = {
    "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32,
    "conv_dim": (8, 8, 8), "conv_stride": (5, 8, 8), "conv_kernel": (10, 8, 8), "num_feat_extract_layers": 3,
    "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 2,
}  # fmt: skip


def saved(folder, kind="Wav2Vec2", seed=0):
    """A network of random weights, as `save_pretrained` leaves one."""
    torch, transformers = needed("torch"), needed("transformers")
    torch.manual_seed(seed)
    config = getattr(transformers, f"{kind}Config")(**SMALL)
    getattr(transformers, f"{kind}Model")(config).save_pretrained(folder)
    transformers.Wav2Vec2FeatureExtractor().save_pretrained(folder)
    return folder


class TestEmbedding:
    @pytest.fixture
    def module(self, adapter):
        needed("torch"), needed("transformers"), pytest.importorskip("pyarrow")
        return adapter("embedding_extractor")

    @pytest.mark.parametrize("kind", ["Wav2Vec2", "WavLM", "Hubert"])
    def test_a_dataset_holds_what_the_network_returns(self, module, corpus, tmp_path, kind):
        torch, transformers = needed("torch"), needed("transformers")
        paths, folder = corpus[0], saved(tmp_path / "tiny", kind)
        made = module.Embedding(folder, layer=1)
        assert (made.name, made.rows, made.sample_rate) == ("tiny-layer1", 16, 16000)
        done = vf.extract_corpus(paths, tmp_path / "out", frontend=made)
        assert (done.recordings, done.failed) == (12, 0)
        network = getattr(transformers, f"{kind}Model").from_pretrained(folder).eval()
        for entry in vf.open_dataset(tmp_path / "out", frontend=made).take([0, 7]):
            y, _ = vf.load(next(p for p in paths if p.name == entry.id), sr=SR)
            y = (y - y.mean()) / np.sqrt(y.var() + 1e-7)  # as the extractor does by default
            with torch.inference_mode():
                due = network(torch.from_numpy(y)[None], output_hidden_states=True).hidden_states[1][0]
            np.testing.assert_allclose(entry.values, due.numpy().T, rtol=1e-3, atol=1e-4)
        assert not verify(vf.open_dataset(tmp_path / "out"), paths, frontend=made).unequal

    def test_other_weights_and_layers_are_other_versions(self, module, corpus, tmp_path):
        paths = corpus[0][:2]
        one, other = saved(tmp_path / "a" / "tiny"), saved(tmp_path / "b" / "tiny", seed=1)
        vf.extract_corpus(paths, tmp_path / "out", frontend=module.Embedding(one, name="tiny"))
        for wrong in (module.Embedding(other, name="tiny"), module.Embedding(one, layer=1, name="tiny")):
            with pytest.raises(vf.ParameterError, match=r"version: '.* in the dataset, '.* now"):
                vf.extract_corpus(paths, tmp_path / "out", frontend=wrong)
        assert module.Embedding(one).version == module.Embedding(saved(tmp_path / "c")).version

    def test_it_is_sent_without_its_weights(self, module, corpus, tmp_path):
        made = module.Embedding(saved(tmp_path / "tiny"))
        made(np.zeros(16000, np.float32), SR)
        sent = pickle.dumps(made)
        assert len(sent) < 1000 and pickle.loads(sent).version == made.version

    def test_what_cannot_be_read(self, module, tmp_path):
        folder = saved(tmp_path / "tiny")
        with pytest.raises(ValueError, match=r"has no config.json; .*nothing is downloaded"):
            module.Embedding("facebook/wav2vec2-base")
        with pytest.raises(ValueError, match="layer=3: there are 2"):
            module.Embedding(folder, layer=3)
        (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
        with pytest.raises(ValueError, match=r"has no \.safetensors; save the network as such"):
            module.Embedding(folder)
        (folder / "config.json").write_text("{}")
        with pytest.raises(ValueError, match="has no num_hidden_layers"):
            module.Embedding(folder)


class TestOnnx:
    @pytest.fixture
    def module(self, adapter):
        needed("onnx"), needed("onnxruntime"), pytest.importorskip("pyarrow")
        return adapter("onnx_extractor")

    @staticmethod
    def file(path, nodes, made, **held):
        """A network from (1, samples) to the shape `made`, saved to `path`."""
        onnx = needed("onnx")
        kind, helper = onnx.TensorProto.FLOAT, onnx.helper
        graph = helper.make_graph(
            [helper.make_node(*node[:3], **(node[3] if node[3:] else {})) for node in nodes],
            "network",
            [helper.make_tensor_value_info("samples", kind, [1, "n"])],
            [helper.make_tensor_value_info("features", kind, made)],
            [onnx.numpy_helper.from_array(values, name) for name, values in held.items()],
        )
        opset = [helper.make_opsetid("", 17)]
        onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), path)
        return path

    @pytest.fixture
    def network(self, tmp_path):
        """A convolution of 400 samples, every 160, to 5 rows: its file, and its weights."""
        weights = np.random.default_rng(0).standard_normal((5, 1, 400)).astype(np.float32)
        nodes = [
            ("Unsqueeze", ["samples", "axis"], ["one"]),
            ("Conv", ["one", "weights"], ["rows"], {"strides": [160]}),
            ("Transpose", ["rows"], ["features"], {"perm": [0, 2, 1]}),
        ]
        held = {"axis": np.array([1]), "weights": weights}
        return self.file(tmp_path / "five.onnx", nodes, [1, "frames", 5], **held), weights[:, 0]

    def test_a_dataset_holds_what_the_network_returns(self, module, network, corpus, tmp_path):
        file, weights = network
        made = module.OnnxFrontEnd(file)
        assert (made.name, made.rows, made.sample_rate) == ("five", 5, 16000)
        vf.extract_corpus(corpus[0], tmp_path / "out", frontend=made)
        dataset = vf.open_dataset(tmp_path / "out", frontend=made)
        assert len(dataset) == 12
        for entry in dataset.take([0, 11]):
            y, _ = vf.load(next(p for p in corpus[0] if p.name == entry.id), sr=SR)
            frames = np.lib.stride_tricks.sliding_window_view(y, 400)[::160]
            np.testing.assert_allclose(entry.values, weights @ frames.T, rtol=1e-3, atol=1e-4)
        assert not verify(dataset, corpus[0], frontend=made).unequal

    def test_the_command(self, module, network, corpus, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "path", sys.path[:])
        (tmp_path / "my_network.py").write_text(
            "from onnx_extractor import OnnxFrontEnd\n\nfive = OnnxFrontEnd('five.onnx')\n"
        )
        folder = str(corpus[0][0].parent)
        assert main(["extract", folder, "--callable", "my_network:five", "--out", "out"]) == 0
        assert main(["verify", "out", folder, "--callable", "my_network:five"]) == 0
        assert "12 rows of 12 recordings computed again" in capsys.readouterr().out
        sys.modules.pop("my_network")

    def test_it_is_sent_to_processes(self, module, network, corpus):
        made = module.OnnxFrontEnd(network[0])
        with ProcessPoolExecutor(1, get_context("spawn"), sys.path.extend, [[str(ADAPTERS)]]) as pool:
            there = vf.features(corpus[0], made, executor=pool, workers=1)
        here = vf.features(corpus[0], made, workers=1)
        assert [row.values.tobytes() for row in there] == [row.values.tobytes() for row in here]

    def test_a_network_of_other_shapes(self, module, tmp_path):
        needed("onnx")
        axis = np.array([1])
        nodes = [("Unsqueeze", ["samples", "axis"], ["features"])]
        open_rows = self.file(tmp_path / "open.onnx", nodes, [1, 1, "n"], axis=axis)
        with pytest.raises(ValueError, match="is not there; give a file of ONNX"):
            module.OnnxFrontEnd(tmp_path / "none.onnx")
        (tmp_path / "text.onnx").write_text("no network")
        with pytest.raises(ValueError, match="ONNX Runtime cannot read it: "):
            module.OnnxFrontEnd(tmp_path / "text.onnx")
        with pytest.raises(ValueError, match="number of rows is open; export it with a fixed one"):
            module.OnnxFrontEnd(open_rows)
        flat = self.file(tmp_path / "flat.onnx", [("Identity", ["samples"], ["features"])], [1, "n"])
        with pytest.raises(ValueError, match=r"to \[1, 'n'\]; export \(1, samples\) to \(1, frames, rows\)"):
            module.OnnxFrontEnd(flat)


def test_blocks_of_the_page(adapter, tmp_path, monkeypatch):
    """The manual's tests leave them out, which know none of these packages."""
    needed("torch"), needed("transformers"), pytest.importorskip("pyarrow")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    page, namespace, ran = ROOT / "docs" / "adapters.md", {}, 0
    for line, language, info, code in blocks(page):
        ours = "test_examples_embeddings.py" in info
        if language == "python" and (ours or (not ran and not info)):
            exec(compile("\n" * (line - 1) + code, str(page), "exec"), namespace)
            ran += 1
    assert ran == 2
