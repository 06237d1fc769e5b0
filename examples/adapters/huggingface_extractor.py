"""A front end as a feature extractor of Hugging Face's transformers, which datasets map over recordings."""

import numpy as np

import voicefeat as vf

try:
    from transformers import BatchFeature, SequenceFeatureExtractor
except ModuleNotFoundError:
    raise ModuleNotFoundError("transformers is not installed: pip install transformers") from None


class VoiceFeatExtractor(SequenceFeatureExtractor):
    """Signals to "input_features" (B, T, R), padded, and their "attention_mask" (B, T).

    Parameters
    ----------
    front_end : FrontEnd or str
        What to compute: a front end, its name, or its TOML, as `save_pretrained` writes it.
    digest : str, optional
        The digest that the front end must have, as `save_pretrained` writes it.
    padding_value : float
        What comes after the last frame of shorter signals.
    **kwargs
        Of `SequenceFeatureExtractor`: `padding_side`, `return_attention_mask`.
    """

    model_input_names = ("input_features", "attention_mask")

    def __init__(self, front_end="asvspoof2019-lfcc", digest=None, padding_value=0.0, **kwargs):
        if isinstance(front_end, str):
            made = vf.FrontEnd.from_toml(front_end) if "=" in front_end else vf.frontend(front_end)
        else:
            made = front_end
        if made.signal.rate is None:
            raise vf.ParameterError("front_end: has no sampling rate; give front_end.replace(rate=16000)")
        if digest not in (None, made.digest):
            raise vf.ParameterError(
                f"digest={digest!r}: the front end has {made.digest}: the file was changed, or another "
                "version wrote it; make the extractor from a front end again, and save it"
            )
        self.made, self.front_end, self.digest = made, made.to_toml(), made.digest
        given = {
            name: value for name, value in kwargs.items() if name not in ("feature_size", "sampling_rate")
        }
        super().__init__(len(made.rows), made.signal.rate, padding_value, **given)

    def __call__(self, raw_speech, sampling_rate=None, padding=True, max_length=None, truncation=False,
                 pad_to_multiple_of=None, return_attention_mask=None, return_tensors=None):  # fmt: skip
        """The features of one signal (n,), or of several of any lengths; `max_length` counts frames."""
        if sampling_rate is None:
            raise vf.ParameterError(f"sampling_rate=None: give that of the signals, {self.sampling_rate} Hz")
        alone = len(raw_speech) == 0 or np.ndim(raw_speech[0]) == 0
        features = []
        for y in [raw_speech] if alone else raw_speech:
            y = np.asarray(y, getattr(y, "dtype", np.float32))  # a list of numbers is float32
            x = self.made(y, sampling_rate).T.astype(np.float32)
            features.append(x[:, 0] if self.feature_size == 1 else x)  # as transformers pads a single row
        return self.pad(
            BatchFeature({"input_features": features}), padding, max_length, truncation, pad_to_multiple_of,
            return_attention_mask, return_tensors,
        )  # fmt: skip

    def to_dict(self):
        """What `save_pretrained` writes: the front end is its TOML."""
        return {name: value for name, value in super().to_dict().items() if name != "made"}
