"""Networks in the exact shapes of well-known ones, with random weights from a seed, as PyTorch
modules and as ONNX files; for speed only the shapes matter."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torchvision

SIZE = 224  # of the images of ImageNet


@dataclass(frozen=True)
class Network:
    """A network, the module whose output is explained, and that tensor's operation in ONNX."""

    name: str
    builder: str
    layer: str
    tensor: str


NETWORKS = [
    Network("VGG-16", "vgg16", "features.29", "/features/features.29/Relu_output_0"),
    Network("ResNet-50", "resnet50", "layer4.2", "/layer4/layer4.2/relu_2/Relu_output_0"),
    Network(
        "MobileNetV3-Large",
        "mobilenet_v3_large",
        "features.16",
        "/features/features.16/features.16.2/HardSwish_output_0",
    ),
    Network("DenseNet-121", "densenet121", "features.norm5", "/features/norm5/BatchNormalization_output_0"),
]


def build(network):
    """The module in eval mode with frozen weights, so that no library computes gradients of them."""
    torch.manual_seed(1)
    model = getattr(torchvision.models, network.builder)(weights=None).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model


def image(size=SIZE):
    """One input of standard normal numbers."""
    return torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(2))


def export(network, model, x, folder: Path):
    """Writes the network as ONNX, for any number of samples, and its input as an array."""
    file = folder / f"{network.builder}.onnx"
    torch.onnx.export(
        model,
        (x,),
        file,
        dynamo=False,
        opset_version=17,
        input_names=["input"],
        output_names=["logits"],
        dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}},
    )
    array = folder / "input.npy"
    np.save(array, x.detach().numpy())
    return file, array
