"""Explains an image with a model that `pellucid differentiate --method` wrote.

    python docs/deploy/explain.py shapes.grad-cam.onnx examples/hexagon.png [CLASS] -> map.npy
"""

import json
import sys

import numpy as np
import onnxruntime
from PIL import Image

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
preset = json.loads(session.get_modelmeta().custom_metadata_map["pellucid.preset"])
image_input = session.get_inputs()[0]
height, width = image_input.shape[2:]

# The preset says what pixels become: here RGB, [N, 3, H, W], the whole image stretched.
pixels = Image.open(sys.argv[2]).convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
x = np.asarray(pixels, np.float32) / preset["scale"]
x = (x - np.float32(preset["mean"])) / np.float32(preset["std"])
x = np.ascontiguousarray(x.transpose(2, 0, 1)[None])

feeds = {image_input.name: x}
if len(sys.argv) > 3:
    feeds["class"] = np.array([int(sys.argv[3])], np.int64)
else:
    # Any class will do to learn which one it is; --target top would do this inside.
    feeds["class"] = np.array([-1], np.int64)
    scores = session.run(["scores"], feeds)[0]
    feeds["class"] = scores.argmax(axis=1).astype(np.int64)

scores, heat = session.run(["scores", "map"], feeds)
print("class", feeds["class"][0], "score", scores[0, feeds["class"][0]])
print("map", heat.shape, "from", heat.min(), "to", heat.max())
np.save("map.npy", heat[0, 0])
