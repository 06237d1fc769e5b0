"""How a network learns: Adam, class weights, early stopping on dev, a checkpoint every epoch."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

import voicefeat as vf
from voicefeat.files.temporary import replacing

from .config import Config
from .features import Features, shape_of
from .models import TWO_OUTPUTS, build, count
from .models.parts import Standardise

Log = Callable[..., None]


def device_of(name: str) -> torch.device:
    """The device that a config names; "auto" is CUDA where there is one."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise vf.ParameterError(f"training.device={name!r}: is not known; choose auto, cpu or cuda") from None
    if device.type == "cuda" and not torch.cuda.is_available():
        raise vf.ParameterError(f"training.device={name!r}: there is none here; give device=cpu")
    return device


class Network:
    """A network of models/ behind its standardisation."""

    file = "model.pt"

    def __init__(self, config: Config) -> None:
        self.config = config
        self.device = device_of(config.training.device)
        self.two = config.model.activation == "sigmoid"
        if self.two and config.model.kind not in TWO_OUTPUTS:
            raise vf.ParameterError(
                f"model.activation='sigmoid': is for networks of two outputs ({', '.join(TWO_OUTPUTS)}); "
                f"{config.model.kind} has one, which is a sigmoid as it is; leave it out"
            )

    def fit(
        self,
        features: Features,
        places: dict[str, np.ndarray],
        y: np.ndarray,
        seed: int,
        folder: Path,
        log: Log,
    ) -> None:
        """Learn, or go on from the folder's checkpoint; in the end the weights are the best epoch's."""
        how = self.config.training
        torch.manual_seed(seed)
        self._build(features.shape)
        if self.config.model.start:
            self._start(Path(self.config.model.start))
        elif how.standardise:
            self.standardise.learn(self._batch(features, places["train"]))
        self._freeze()
        learnt = [p for p in self.net.parameters() if p.requires_grad]
        adam = torch.optim.Adam(learnt, lr=how.rate, weight_decay=how.decay)
        watched = places["dev" if how.stop == "dev" else "eval"]
        state = _Progress(folder / "checkpoint.pt", self.config.model.kind, seed)
        state.resume(self.net, adam, self.standardise, log)
        while state.epoch < how.epochs and state.epoch - state.best_epoch < how.patience:
            began, epoch = time.process_time(), state.epoch + 1
            loss = self._epoch(features, places["train"], y, adam, (seed, epoch))
            outputs = self._outputs(features, watched)
            held = self._cost(outputs, y[watched], y[watched]).item()
            if not np.isfinite([loss, held]).all():
                raise vf.ParameterError(
                    f"training.rate={how.rate:g}: the loss is not finite in epoch {epoch}; give less"
                )
            spent = time.process_time() - began
            equal = _eer(_difference(outputs), y[watched])
            told = {
                "epoch": epoch,
                "loss": round(loss, 5),
                "dev_loss": round(held, 5),
                "dev_eer": round(equal, 5),
            }
            monitor = how.monitor if how.stop == "dev" else "loss"
            judged = {"eer": [equal, held], "loss": [held], "last": [-epoch]}[monitor]
            state.after(epoch, judged, spent, self.net, adam, self.standardise)
            log("epoch", **told, best=state.best_epoch == epoch, seconds=round(spent, 2))
        self.net.load_state_dict(state.best)
        self.seconds, self.best_epoch = state.seconds, state.best_epoch
        self.told = {} if how.stop == "dev" else {"test": self._tested(features, watched, y[watched])}

    def _build(self, shape: tuple[int, ...]) -> None:
        self.standardise = Standardise(shape).to(self.device)
        self.net = build(self.config.model.kind, shape, self.config.model.settings).to(self.device)
        self.parameters = count(self.net)

    def check(self, shape: tuple[int, ...], rows: int) -> None:
        """Refuse settings that make no network for such examples, and more rows a batch than there are."""
        batch = self.config.training.batch
        if rows < batch:
            raise vf.ParameterError(
                f"training.batch={batch}: there are {rows} rows to train on, fewer than a batch; "
                f"give batch={rows} or less"
            )
        with torch.device("meta"):
            build(self.config.model.kind, shape, self.config.model.settings)

    def _freeze(self) -> None:
        tensors = list(self.net.parameters())
        frozen = self.config.model.freeze
        if frozen >= len(tensors):
            raise vf.ParameterError(
                f"model.freeze={frozen}: leaves nothing to learn of {len(tensors)} tensors; give fewer"
            )
        for tensor in tensors[:frozen]:
            tensor.requires_grad_(False)

    def _batch(self, features: Features, index: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.array(features.values[index], np.float32)).to(self.device)

    def _epoch(
        self, features: Features, index: np.ndarray, y: np.ndarray, adam: Any, key: tuple[int, int]
    ) -> float:
        """One pass; order and dropout depend on seed and epoch alone, so that resuming changes nothing."""
        torch.manual_seed(key[0] * 100_003 + key[1])
        order = np.random.default_rng(key).permutation(index)
        self.net.train()
        total = 0.0
        for part in _parts(order, self.config.training.batch):
            adam.zero_grad(set_to_none=True)
            loss = self._cost(self._given(self._batch(features, part)), y[part], y[index])
            loss.backward()
            adam.step()
            total += loss.item() * len(part)
        return total / len(index)

    def _given(self, x: torch.Tensor) -> torch.Tensor:
        """What the network gives: one logit a row, or two where each is a sigmoid's."""
        net = self.net[:-1] if self.two else self.net
        return net(self.standardise(x))

    def _cost(self, logits: torch.Tensor, y: np.ndarray, whole: np.ndarray) -> torch.Tensor:
        """Cross-entropy, by default with the same weight for both classes, as often as either is there.

        Of two sigmoids it is the mean over both, the first of which is for spoof.
        """
        target = torch.as_tensor(y, dtype=torch.float32, device=self.device)
        weight = None
        if self.config.training.weights:
            share = float(whole.mean())
            weight = torch.where(target == 1, 0.5 / share, 0.5 / (1 - share))
        if self.two:
            target = torch.stack([1 - target, target], 1)
            weight = None if weight is None else weight[:, None]
        return binary_cross_entropy_with_logits(logits, target, weight)

    @torch.no_grad()
    def _outputs(self, features: Features, index: np.ndarray) -> torch.Tensor:
        self.net.eval()
        parts = np.array_split(index, max(1, -(-len(index) // 64)))
        return torch.cat([self._given(self._batch(features, part)) for part in parts])

    def score(self, features: Features, index: np.ndarray) -> np.ndarray:
        """The logit of each row; of two sigmoids, the difference of theirs."""
        return _difference(self._outputs(features, index))

    def _tested(self, features: Features, index: np.ndarray, y: np.ndarray) -> dict[str, Any]:
        """Loss and accuracy of the network's own decision: for the class whose output is larger."""
        outputs = self._outputs(features, index)
        wrong = int(((_difference(outputs) > 0) != (y == 1)).sum())
        loss = round(self._cost(outputs, y, y).item(), 6)
        return {"rows": len(y), "errors": wrong, "accuracy": round(1 - wrong / len(y), 6), "loss": loss}

    def save(self, path: Path) -> None:
        """Weights and standardisation, as tensors."""
        state = {"kind": self.config.model.kind, "net": self.net.state_dict()}
        _put(path, state | {"standardise": self.standardise.state_dict()})

    def load(self, path: Path) -> None:
        """What `save` wrote for the same settings; nothing in the file is run."""
        state = _get(path, self.config.model.kind)
        columns = tuple(getattr(state["standardise"].get("mean"), "shape", ()))
        self._build(columns if len(columns) == 1 else shape_of(self.config.input))
        self._put_in(state, path)

    def _start(self, path: Path) -> None:
        """Begin from the weights of another run."""
        if not path.is_file():
            raise vf.ParameterError(
                f"model.start={str(path)!r}: is not there; name a model.pt of an earlier run"
            )
        self._put_in(_get(path, self.config.model.kind), path)

    def _put_in(self, state: dict[str, Any], path: Path) -> None:
        _set(self.net, state["net"], path, self.config.model.kind)
        _set(self.standardise, state["standardise"], path, self.config.model.kind)


class _Progress:
    """How far a seed has come, in a file that is replaced after every epoch."""

    def __init__(self, path: Path, kind: str, seed: int) -> None:
        self.path, self.kind, self.seed = path, kind, seed
        self.epoch = self.best_epoch = 0
        self.seconds, self.least = 0.0, [float("inf")]
        self.best: dict[str, torch.Tensor] = {}

    def resume(self, net: Any, adam: Any, standardise: Any, log: Log) -> None:
        """Put everything back as it was after the last whole epoch, if there was one."""
        if not self.path.is_file():
            return
        state = _get(self.path, self.kind)
        _set(net, state["net"], self.path, self.kind)
        _set(standardise, state["standardise"], self.path, self.kind)
        adam.load_state_dict(state["adam"])
        self.best = state["best"]
        self.epoch, self.best_epoch = state["epoch"], state["best_epoch"]
        self.seconds, self.least = state["seconds"], state["least"]
        log("resumed", epoch=self.epoch)

    def after(
        self, epoch: int, judged: list[float], seconds: float, net: Any, adam: Any, standardise: Any
    ) -> None:
        """Take note of an epoch."""
        self.epoch, self.seconds = epoch, self.seconds + seconds
        if judged < self.least:
            self.least, self.best_epoch = judged, epoch
            self.best = {name: tensor.clone() for name, tensor in net.state_dict().items()}
        state = {
            name: getattr(self, name) for name in ("kind", "epoch", "best_epoch", "seconds", "least", "best")
        }
        state |= {"net": net.state_dict(), "adam": adam.state_dict(), "standardise": standardise.state_dict()}
        _put(self.path, state)


def _difference(outputs: torch.Tensor) -> np.ndarray:
    """One number for each row, higher for bona fide."""
    one = outputs[:, 1] - outputs[:, 0] if outputs.ndim == 2 else outputs
    return one.double().cpu().numpy()


def _eer(scores: np.ndarray, y: np.ndarray) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # early epochs may well be worse than chance
        return vf.metrics.eer(scores[y == 1], scores[y == 0]).rate


def _parts(order: np.ndarray, batch: int) -> list[np.ndarray]:
    """Batches; a last one of one row joins the one before, as batch normalisation needs two."""
    starts = list(range(0, len(order), batch))
    if len(starts) > 1 and len(order) - starts[-1] == 1:
        starts.pop()
    return np.split(order, starts[1:])


def _put(path: Path, state: dict[str, Any]) -> None:
    with replacing(path, "wb") as file:
        torch.save(state, file)


def _get(path: Path, kind: str) -> dict[str, Any]:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise vf.ParameterError(
            f"{path}: cannot be read ({type(error).__name__}); remove it to start again"
        ) from None
    if not isinstance(state, dict) or not {"kind", "net", "standardise"} <= set(state):
        raise vf.ParameterError(
            f"{path}: is not a model of these examples; name a model.pt of an earlier run"
        )
    if not all(isinstance(state[part], dict) for part in ("net", "standardise")):
        raise vf.ParameterError(f"{path}: holds no weights; copy the whole run again, or train again")
    if state["kind"] != kind:
        raise vf.ParameterError(
            f"{path}: is a {state['kind']}, and model.kind={kind!r}; give the config that it was trained with"
        )
    return state


def _set(module: Any, state: dict[str, torch.Tensor], path: Path, kind: str) -> None:
    try:
        module.load_state_dict(state)
    except RuntimeError as error:
        first = str(error).splitlines()[-1].strip()
        raise vf.ParameterError(
            f"{path}: is a {kind} with other settings or another input ({first}); "
            f"give those that it was trained with"
        ) from None
