"""Draws the example images, their object masks and images.json.

    python draw.py
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image

import shapes

EXAMPLES = Path(__file__).resolve().parent.parent

# file, classes of the objects, seed, pixels of the shorter side, width / height, radii
IMAGES = [
    ("hexagon.png", ["ringed hexagon"], 2, 128, 1, (0.26, 0.3)),
    ("two-stars.png", ["dotted star"] * 2, 11, 256, 1, (0.18, 0.25)),
    ("three-rings.png", ["striped ring"] * 3, 13, 192, 1, (0.15, 0.21)),
    ("two-triangles.jpg", ["checkered triangle"] * 2, 3, 192, 1, (0.18, 0.24)),
    ("disc-and-cross.png", ["striped disc", "checkered cross"], 12, 256, 1, (0.2, 0.24)),
    ("striped-and-dotted-discs.png", ["striped disc", "dotted disc"], 7, 192, 1, (0.2, 0.24)),
    ("disc-and-ring.png", ["striped disc", "striped ring"], 10, 128, 1, (0.2, 0.24)),
    ("squares-and-star.png", ["dotted square", "dotted square", "dotted star"], 5, 192, 1,
     (0.17, 0.2)),
    ("triangle-and-hexagon-wide.png", ["striped triangle", "ringed hexagon"], 14, 192, 1.25,
     (0.22, 0.27)),
]


def scene(classes, seed, aspect, radii):
    rng = np.random.Generator(np.random.PCG64([5005, seed]))
    labels = [shapes.LABELS.index(name) for name in classes]
    made = shapes.sample(rng, labels, width=float(aspect), radius=radii)
    made.grain = min(made.grain, 2.0)  # grain does not compress
    return made


def main():
    listing = []
    for file, classes, seed, side, aspect, radii in IMAGES:
        image, objects = shapes.render(scene(classes, seed, aspect, radii), side)
        stem = file.rsplit(".", 1)[0]
        options = {"quality": 92} if file.endswith(".jpg") else {"optimize": True}
        Image.fromarray(image).save(EXAMPLES / file, **options)
        Image.fromarray(objects).save(EXAMPLES / f"{stem}.mask.png", optimize=True)
        entries = []
        for value, name in enumerate(classes, start=1):
            rows, columns = np.nonzero(objects == value)
            entries.append({
                "value": value, "class": name, "index": shapes.LABELS.index(name),
                "pixels": len(rows),
                "box": [int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1],
            })
        listing.append({"file": file, "mask": f"{stem}.mask.png", "width": image.shape[1],
                        "height": image.shape[0], "objects": entries})
    text = json.dumps({"images": listing}, indent=2)
    (EXAMPLES / "images.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
