"""Makes the small models beside it, for the tests of the command line.

Python 3.11, onnx 1.23.2, numpy 2.4.6:  python make.py
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent


def save(name, inputs, outputs, nodes, weights):
    def value(entry):
        return helper.make_tensor_value_info(entry[0], TensorProto.FLOAT, entry[1])

    graph = helper.make_graph(
        nodes,
        name,
        [value(entry) for entry in inputs],
        [value(entry) for entry in outputs],
        [numpy_helper.from_array(array, key) for key, array in weights.items()],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="make.py"
    )
    model.ir_version = 8
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def node(operation, inputs, output, **attributes):
    return helper.make_node(operation, inputs, [output], name=output + "_node", **attributes)


def random(seed, *shape):
    return np.random.default_rng(seed).normal(0, 0.5, shape).astype(np.float32)


def features(image, kernel):
    return [
        node("Conv", [image, kernel, "bias"], "conv", pads=[1, 1, 1, 1]),
        node("Relu", ["conv"], "relu"),
        node("GlobalAveragePool", ["relu"], "mean"),
        node("Flatten", ["mean"], "flat"),
    ]


def weights(**more):
    return {"kernel": random(1, 6, 3, 3, 3), "bias": random(2, 6), "matrix": random(3, 6, 4), **more}


# The network whose maps were worked out by hand; the second class has no evidence at all.
rows = np.array([[1, 1, 1, 1, 1, -1, -1, -1], [0] * 8], np.float32)
save(
    "known-answer",
    [("x", [1, 1, 4, 4])],
    [("scores", [1, 2])],
    [
        node("Conv", ["x", "kernel", "bias"], "conv"),
        node("Relu", ["conv"], "relu"),
        node("Flatten", ["relu"], "flat"),
        node("Gemm", ["flat", "rows"], "scores", transB=1),
    ],
    {
        "kernel": np.ones((2, 1, 3, 3), np.float32),
        "bias": np.array([-50, -75], np.float32),
        "rows": rows,
    },
)

# Two inputs, two outputs, the scores second; an output whose name is no file name.
save(
    "two-inputs",
    [("image", ["N", 3, 8, 8]), ("gain", ["N", 6])],
    [("pooled/mean:0", ["N", 6]), ("logits", ["N", 4])],
    features("image", "kernel")
    + [
        node("Mul", ["flat", "gain"], "pooled/mean:0"),
        node("MatMul", ["pooled/mean:0", "matrix"], "logits"),
    ],
    weights(),
)

# Channels last outside, probabilities at the end.
save(
    "channels-last",
    [("image", ["N", 16, 16, 3])],
    [("probabilities", ["N", 4])],
    [node("Transpose", ["image"], "first", perm=[0, 3, 1, 2])]
    + features("first", "kernel")
    + [
        node("MatMul", ["flat", "matrix"], "logits"),
        node("Softmax", ["logits"], "probabilities", axis=1),
    ],
    weights(),
)

# Height and width left open.
save(
    "open-size",
    [("image", ["N", 3, "H", "W"])],
    [("logits", ["N", 4])],
    features("image", "kernel") + [node("MatMul", ["flat", "matrix"], "logits")],
    weights(),
)

# A weight that is not a number.
broken = random(3, 6, 4)
broken[2, 1] = np.nan
save(
    "nan-weight",
    [("image", ["N", 3, 16, 16])],
    [("logits", ["N", 4])],
    features("image", "kernel") + [node("MatMul", ["flat", "matrix"], "logits")],
    weights(matrix=broken),
)

# An operation of ONNX that no classifier has.
save(
    "unsupported",
    [("image", ["N", 3, 16, 16])],
    [("logits", ["N", 4])],
    features("image", "kernel")
    + [
        node("MatMul", ["flat", "matrix"], "scores"),
        node("Det", ["scores"], "logits"),
    ],
    weights(),
)

# Scores that do not change with the layer but in steps.
save(
    "no-gradient",
    [("image", ["N", 3, 16, 16])],
    [("logits", ["N", 4])],
    features("image", "kernel")
    + [
        node("Floor", ["flat"], "steps"),
        node("MatMul", ["steps", "matrix"], "logits"),
    ],
    weights(),
)

# Two samples at a time, each less the mean of both.
save(
    "mixes-samples",
    [("image", [2, 3, 16, 16])],
    [("logits", [2, 4])],
    [
        node("ReduceMean", ["image"], "both", axes=[0], keepdims=1),
        node("Sub", ["image", "both"], "difference"),
    ]
    + features("difference", "kernel")
    + [node("MatMul", ["flat", "matrix"], "logits")],
    weights(),
)
