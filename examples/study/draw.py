"""Draws benchmark scenes with masks into a folder, in the layout of `examples/`.

    python draw.py --out FOLDER [--kinds single,several,...] [--scenes 100] [--seed 7007]

The folder holds `KIND-NUMBER.png`, `.mask.png` (0 background, 1, 2, ... the objects' visible
pixels), and `images.json`; a folder `parts` beside the scenes holds masks of their parts (1 an
object's rim, 2 its inside).
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

import scenes
import shapes

SEED = 7007  # of the study's scenes; the networks never saw them


def box_of(mask):
    """left, top, right, bottom; the last two exclusive."""
    rows, columns = np.nonzero(mask)
    return [int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1]


def described(figure, number, objects, scene):
    visible = objects == number
    whole = scenes.area(figure, scene)
    return {
        "value": number, "class": shapes.LABELS[figure.label], "index": figure.label,
        "pixels": int(visible.sum()), "hidden": round(1 - float(visible.sum() / whole.sum()), 4),
        "box": box_of(visible),
    }


def write(folder, kind, seed, count):
    """Draws the first `count` scenes of a kind in which every object can be seen."""
    listing, index = [], 0
    while len(listing) < count:
        image, objects, scene = scenes.drawn(kind, seed, index)
        name, index = f"{kind}-{index:04d}", index + 1
        if len(np.unique(objects[objects > 0])) < len(scene.objects):
            continue
        Image.fromarray(image).save(folder / f"{name}.png")
        Image.fromarray(objects).save(folder / f"{name}.mask.png", optimize=True)
        Image.fromarray(scenes.parts_of(scene, objects)).save(folder / "parts" / f"{name}.png",
                                                             optimize=True)
        listing.append({
            "file": f"{name}.png", "mask": f"{name}.mask.png", "kind": kind,
            "parts": f"parts/{name}.png", "width": image.shape[1], "height": image.shape[0],
            "objects": [described(figure, number, objects, scene)
                        for number, figure in enumerate(scene.objects, start=1)],
        })
    return listing


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--kinds", default=",".join(scenes.KINDS))
    arguments.add_argument("--scenes", type=int, default=100, help="of each kind")
    arguments.add_argument("--seed", type=int, default=SEED)
    options = arguments.parse_args()
    (options.out / "parts").mkdir(parents=True, exist_ok=True)
    kinds = [write(options.out, kind, options.seed, options.scenes)
             for kind in options.kinds.split(",")]
    # One of each kind in turn, so that the first few scenes are of all kinds.
    listing = [scene for each in zip(*kinds) for scene in each]
    (options.out / "images.json").write_text(json.dumps({"images": listing}, indent=2) + "\n")


if __name__ == "__main__":
    main()
