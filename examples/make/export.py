"""Writes the trained classifier as ONNX, with its labels and preprocessing, and checks it.

    python export.py --work DIR       (reads DIR/shapes.pt and DIR/training.json)
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

import localise
import shapes
from network import ShapesNet
from train import DEVIATION, MEAN, TEST_SEED, dataset, normalised

EXAMPLES = Path(__file__).resolve().parent.parent
OPSET = 17


def export(model, path):
    # PRESERVE and not EVAL: the model is in evaluation mode already, and EVAL would fold each
    # BatchNormalization into the convolution before it.
    torch.onnx.export(
        model, (torch.zeros(1, 3, shapes.SIZE, shapes.SIZE),), str(path), dynamo=False,
        opset_version=OPSET, input_names=["image"], output_names=["logits"],
        dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}},
        training=torch.onnx.TrainingMode.PRESERVE,
    )
    onnx.checker.check_model(onnx.load(path), full_check=True)


def compare(model, path, images):
    """The largest difference of a logit between PyTorch and ONNX Runtime, and the accuracy there."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    x = normalised(images).contiguous()
    with torch.no_grad():
        expected = model(x).numpy()
    whole = session.run(["logits"], {"image": x.numpy()})[0]
    one = session.run(["logits"], {"image": x[:1].numpy()})[0]
    np.testing.assert_allclose(one, whole[:1], atol=1e-4)
    np.testing.assert_allclose(whole, expected, atol=1e-4)
    return float(np.abs(whole - expected).max())


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--work", type=Path, required=True)
    options = arguments.parse_args()
    torch.set_num_threads(2)
    model = ShapesNet(len(shapes.LABELS))
    model.load_state_dict(torch.load(options.work / "shapes.pt"))
    model.eval()

    path = EXAMPLES / "shapes.onnx"
    export(model, path)
    (EXAMPLES / "shapes.labels.txt").write_text("\n".join(shapes.LABELS) + "\n", encoding="utf-8")
    preset = {
        "size": [shapes.SIZE, shapes.SIZE], "resize": "stretch", "layout": "nchw",
        "channels": "rgb", "scale": 255.0, "mean": [MEAN] * 3, "std": [DEVIATION] * 3,
    }
    (EXAMPLES / "shapes.preset.json").write_text(json.dumps(preset, indent=2) + "\n")

    images, _ = dataset(options.work, "test", TEST_SEED, 2000, 0.0)
    report = {
        **json.loads((options.work / "training.json").read_text()),
        "opset": OPSET, "onnx_bytes": path.stat().st_size,
        "largest_difference_to_onnxruntime": compare(model, path, images[:64]),
        "localisation": localise.measure(model, 200),
    }
    report["versions"] |= {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
    (EXAMPLES / "shapes.report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
