"""Compares differentiated models, run by ONNX Runtime alone, with what pellucid explain writes.

    python docs/deploy/check.py ./pellucid examples/shapes.onnx [FOLDER]

runs `pellucid differentiate` and `pellucid explain` on three made-up inputs, each with a class of
its own, and compares scores, maps, activations and gradients. In FOLDER it leaves the models, inputs
and outputs for check.mjs. Needs the packages of
requirements.txt and nothing of Pellucid but the command.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime

METHODS = ["grad-cam", "grad-cam++"]

# float32 against float32 of another engine: the order of sums differs, and a ReLU or max-pool at
# rounding level may switch sides in single cells.
MEAN_TOLERANCE = 1e-4
LARGEST_TOLERANCE = 5e-3


def run(*arguments):
    result = subprocess.run([str(a) for a in arguments], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{arguments}: exit code {result.returncode}\n{result.stderr}")
    return result.stdout


def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def outputs(model, **inputs):
    names = [output.name for output in model.get_outputs()]
    return dict(zip(names, model.run(names, inputs)))


class Cases:
    """What check.mjs compares: model files, inputs and outputs."""

    def __init__(self, folder):
        self.folder = folder
        self.cases = []

    def add(self, model, inputs, outputs):
        case = {"model": model, "feeds": [], "outputs": []}
        for kind, arrays in (("feeds", inputs), ("outputs", outputs)):
            for name, array in arrays.items():
                entry = {"name": name, "type": str(array.dtype), "dims": list(array.shape)}
                if array.dtype == np.int64:
                    entry["values"] = array.tolist()
                else:
                    entry["file"] = f"{model}.{kind}.{len(case[kind])}.bin"
                    (self.folder / entry["file"]).write_bytes(array.tobytes())
                case[kind].append(entry)
        self.cases.append(case)

    def write(self):
        (self.folder / "cases.json").write_text(json.dumps(self.cases))


def upsample(values, length):
    """Linear along the first axis; a cell's value stands in its middle, edges go on."""
    positions = (np.arange(length) + 0.5) * len(values) / length - 0.5
    return np.stack(
        [np.interp(positions, np.arange(len(values)), column) for column in values.T], axis=1
    )


def shown(raw, height, width):
    """What a raw map becomes in the output `map`."""
    positive = np.maximum(raw.astype(np.float64), 0)
    large = upsample(upsample(positive, height).T, width).T
    return large / large.max() if large.max() > 0 else large


def close(what, found, expected):
    scale = np.abs(expected).max()
    difference = np.abs(found - expected) / (scale if scale > 0 else 1)
    print(f"{what}: mean {difference.mean():.1e}, largest {difference.max():.1e} of the maximum")
    if not (difference.mean() <= MEAN_TOLERANCE and difference.max() <= LARGEST_TOLERANCE):
        sys.exit("they differ")


def main(pellucid, model, folder):
    cases = Cases(folder)
    random = np.random.default_rng(5)
    gradients = folder / "gradients.onnx"
    run(pellucid, "differentiate", model, "-o", gradients)
    plain = session(gradients)
    image, klass = plain.get_inputs()
    shape = [3] + image.shape[1:]
    inputs = random.normal(0, 1, shape).astype(np.float32)
    inputs += np.sin(np.arange(inputs.size) * 0.01).reshape(shape).astype(np.float32)
    classes = plain.get_outputs()[0].shape[1]
    targets = np.array([1, classes - 1, classes // 2], np.int64)
    feeds = {image.name: inputs, klass.name: targets}
    both = outputs(plain, **feeds)
    cases.add(gradients.name, feeds, both)
    layer = plain.get_outputs()[1].name.removeprefix("activations/")
    a, g = both["activations/" + layer], both["gradients/" + layer]

    for method in METHODS:
        explained = folder / (method + ".onnx")
        run(pellucid, "differentiate", model, "--method", method, "-o", explained)
        maps = outputs(session(explained), **feeds)
        cases.add(explained.name, feeds, maps)
        for sample, target in enumerate(targets):
            array = folder / f"sample{sample}.npy"
            np.save(array, inputs[sample : sample + 1])
            run(pellucid, "explain", model, "--npy", array, "--method", method,
                "--target", target, "--backend", "djl", "--threads", 1, "-o", folder / "out")
            stem = folder / "out" / f"sample{sample}.{method}"
            raw = np.load(f"{stem}.npy")
            about = json.loads(Path(f"{stem}.json").read_text())
            where = f"{method}, sample {sample}, class {target}"
            assert about["layer"]["name"] == layer, about["layer"]
            scores = maps["scores"][sample]
            assert int(scores.argmax()) == about["predicted"]["index"], where
            close(f"{where}: score", scores[target], np.float64(about["target"]["score"]))
            close(f"{where}: map", maps["map"][sample, 0],
                  shown(raw, *maps["map"].shape[2:]))
            if method == "grad-cam":
                weights = g[sample].mean(axis=(1, 2), dtype=np.float64)
                close(f"{where}: raw map from activations and gradients",
                      np.tensordot(weights, a[sample].astype(np.float64), 1), raw)
        alone = outputs(session(explained), **{image.name: inputs[1:2], klass.name: targets[1:2]})
        close(f"{method}: a sample alone", alone["map"][0], maps["map"][1])
        nobody = outputs(session(explained),
                         **{image.name: inputs[:1], klass.name: np.array([-1], np.int64)})
        assert not nobody["map"].any(), "a class that there is not gives a map of zeros"
    cases.write()
    print("all agree, onnxruntime", onnxruntime.__version__, "numpy", np.__version__)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    kept = Path(sys.argv[3]) if len(sys.argv) == 4 else Path(tempfile.mkdtemp())
    kept.mkdir(parents=True, exist_ok=True)
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), kept.resolve())
