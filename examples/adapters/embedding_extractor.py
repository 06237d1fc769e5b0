"""Embeddings of wav2vec 2.0, HuBERT or WavLM for `voicefeat.extract_corpus` and `voicefeat.features`.

The network is read from a local folder, as `save_pretrained` writes it, or as it was downloaded from a hub
before: nothing is downloaded here. Weights must be safetensors; files with pickles are not read.
"""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

import numpy as np

try:
    import torch
    import transformers
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(f"{error.name} is not installed: pip install torch transformers") from None


@lru_cache(maxsize=4)
def loaded(folder, version):
    """The extractor and the network of a folder, once a process: what is sent to others is the folder."""
    extractor = transformers.AutoFeatureExtractor.from_pretrained(folder, local_files_only=True)
    network = transformers.AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
    return extractor, network.eval()


class Embedding:
    """One hidden layer over time: an array of shape (hidden size, frames) of each recording.

    Parameters
    ----------
    folder : path
        A local folder with config.json, preprocessor_config.json and model.safetensors.
    layer : int
        Which hidden state: 0 is what the first layer is given, 1 what it returns, -1 what the last returns.
    name : str, optional
        What the dataset calls it; by default the name of the folder and the layer.
    """

    def __init__(self, folder, layer=-1, name=None):
        self.folder, self.layer = Path(folder).absolute(), layer
        config = self._read("config.json")
        for key in ("num_hidden_layers", "hidden_size"):
            if key not in config:
                raise ValueError(f"folder={str(folder)!r}: config.json has no {key}; give another network")
        if not any(self.folder.glob("*.safetensors")):
            raise ValueError(f"folder={str(folder)!r}: has no .safetensors; save the network as such")
        layers = config["num_hidden_layers"]
        if not -layers - 1 <= layer <= layers:
            raise ValueError(f"layer={layer}: there are {layers}; give a number from 0 to {layers}, or -1")
        self.name = name or f"{self.folder.name}-layer{layer % (layers + 1)}"
        self.rows = config["hidden_size"]
        self.sample_rate = self._read("preprocessor_config.json")["sampling_rate"]
        # The values depend on these bytes, the layer, and to the last bit on the libraries.
        weights = sorted(path for path in self.folder.iterdir() if path.suffix in (".json", ".safetensors"))
        digest = hashlib.sha256()
        for path in weights:
            with open(path, "rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        libraries = f"transformers {transformers.__version__}, torch {torch.__version__}"
        self.version = f"{digest.hexdigest()[:16]}, layer {layer % (layers + 1)}, {libraries}"

    def __call__(self, y, sr):
        extractor, network = loaded(self.folder, self.version)
        inputs = extractor(y.astype(np.float32), sampling_rate=sr, return_tensors="pt")
        with torch.inference_mode():
            states = network(inputs.input_values, output_hidden_states=True).hidden_states
        return states[self.layer][0].T.numpy()

    def _read(self, name):
        try:
            return json.loads((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ValueError(
                f"folder={str(self.folder)!r}: has no {name}; give a local folder that save_pretrained "
                "wrote, since nothing is downloaded from a hub here"
            ) from None
