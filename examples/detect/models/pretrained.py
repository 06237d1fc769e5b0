"""Networks of timm with the weights that it has been given before; nothing is fetched from here."""

import os

from torch import nn

import voicefeat as vf

from .parts import AddAxis, OneNumber


def from_timm(weights: str, name: str) -> nn.Module:
    """timm's network `name`, one channel in and one unit out, with its weights from the local cache."""
    if weights != "timm":
        raise vf.ParameterError(f"model.weights={weights!r}: only 'timm' is known; leave it out for none")
    os.environ["HF_HUB_OFFLINE"] = "1"  # a missing file is then an error at once, not after retries
    try:
        import timm
    except (ImportError, RuntimeError) as error:
        raise vf.ParameterError(
            f"model.weights={weights!r}: timm cannot be imported ({error}); "
            f"install timm and torchvision, or leave model.weights out to begin from random numbers"
        ) from None
    try:
        model = timm.create_model(name, pretrained=True, in_chans=1, num_classes=1)
    except Exception as error:
        raise vf.ParameterError(
            f"model.weights={weights!r}: the weights of {name} are not in this machine's cache "
            f"({type(error).__name__}); fetch them once with timm.create_model({name!r}, pretrained=True), "
            f"or leave model.weights out to begin from random numbers"
        ) from None
    return nn.Sequential(AddAxis(), model, OneNumber())
