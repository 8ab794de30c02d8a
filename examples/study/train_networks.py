"""Trains the study's networks, measures them on held-out scenes and writes them as ONNX.

    python train_networks.py --work FOLDER [--architectures residual,plain] [--seeds 1,2,3]

Writes `networks/ARCHITECTURE-SEED.onnx` beside this script with labels, preprocessing and a report
each. The seed decides the weights at the start, the order of the scenes and how they are changed;
the scenes themselves are the same for all.
"""

import argparse
import json
import platform
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import PIL
import torch
from torch.nn import functional as F

import scenes
import shapes
from export import OPSET, compare, export
from networks import ARCHITECTURES
from train import DEVIATION, MEAN, augmented, logits_of, normalised

NETWORKS = Path(__file__).resolve().parent / "networks"
TRAIN_SEED, TEST_SEED = 1007, 2007  # the scenes that are explained have a third: draw.SEED
HELD_OUT = 200  # scenes of each kind


# How often each kind is drawn: two classes at once are the hardest to tell.
SHARES = {"classes": 2}

# How each learns. `plain` has no short ways for gradients: with the larger steps of `residual`, of
# unbounded length, some of its seeds hardly learn.
RECIPES = {
    "residual": {"epochs": 9, "rate": 4e-3, "warm_up": 0.15, "longest_gradient": None,
                 "precision": "float32"},
    "plain": {"epochs": 10, "rate": 3e-3, "warm_up": 0.25, "longest_gradient": 1.0,
              "precision": "bfloat16"},
}


def dataset(folder, seed, counts):
    """Images (n, h, w, 3) and targets (n, 10), kind after kind, drawn once and kept in `folder`."""
    path = folder / f"scenes-{seed}-{'-'.join(map(str, counts))}.npz"
    if not path.exists():
        images, targets = [], []
        for kind, count in zip(scenes.KINDS, counts):
            for index in range(count):
                image, _, scene = scenes.drawn(kind, seed, index)
                present = sorted({figure.label for figure in scene.objects})
                target = np.zeros(len(shapes.LABELS), np.float32)
                target[present] = 1 / len(present)
                images.append(image)
                targets.append(target)
        np.savez(path, images=np.stack(images), targets=np.stack(targets))
    data = np.load(path)
    return torch.from_numpy(data["images"]), torch.from_numpy(data["targets"])


def measure(model, images, targets):
    """Per kind, the share of scenes whose highest logits are the classes present, all of them."""
    scores = logits_of(model, images)
    many = (targets > 0).sum(1)
    right = torch.tensor([
        bool((targets[i, scores[i].topk(int(many[i])).indices] > 0).all()) for i in range(len(many))
    ])
    by_kind = right.float().reshape(len(scenes.KINDS), -1).mean(1)
    return {kind: round(share.item(), 4) for kind, share in zip(scenes.KINDS, by_kind)}


def trained(architecture, seed, images, targets, batch):
    recipe = RECIPES[architecture]
    epochs = recipe["epochs"]
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = ARCHITECTURES[architecture](len(shapes.LABELS)).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.02)
    steps = len(images) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=recipe["rate"], epochs=epochs, steps_per_epoch=steps,
        pct_start=recipe["warm_up"],
    )
    for epoch in range(epochs):
        model.train()
        order, total = torch.randperm(len(images), generator=generator), 0.0
        for step in range(steps):
            part = order[step * batch : (step + 1) * batch]
            x = augmented(normalised(images[part]), generator)
            with torch.autocast("cpu", torch.bfloat16, enabled=recipe["precision"] == "bfloat16"):
                scores = model(x)
            loss = F.cross_entropy(scores.float(), targets[part])
            optimiser.zero_grad()
            loss.backward()
            if recipe["longest_gradient"]:
                torch.nn.utils.clip_grad_norm_(model.parameters(), recipe["longest_gradient"])
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"{architecture} {seed}, epoch {epoch + 1}: loss {total / steps:.4f}", flush=True)
    return model.eval()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--work", type=Path, required=True, help="folder for the drawn scenes")
    arguments.add_argument("--architectures", default=",".join(ARCHITECTURES))
    arguments.add_argument("--seeds", default="1,2,3")
    arguments.add_argument("--scenes", type=int, default=1200,
                           help="to train on, of each kind; twice as many of two classes")
    arguments.add_argument("--batch", type=int, default=50)
    options = arguments.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    NETWORKS.mkdir(exist_ok=True)
    torch.set_num_threads(1)

    images, targets = dataset(options.work, TRAIN_SEED,
                              [options.scenes * SHARES.get(kind, 1) for kind in scenes.KINDS])
    held_out = dataset(options.work, TEST_SEED, [HELD_OUT] * len(scenes.KINDS))
    preset = {
        "size": [shapes.SIZE, shapes.SIZE], "resize": "stretch", "layout": "nchw",
        "channels": "rgb", "scale": 255.0, "mean": [MEAN] * 3, "std": [DEVIATION] * 3,
    }
    for seed in map(int, options.seeds.split(",")):
        for architecture in options.architectures.split(","):
            start = time.time()
            model = trained(architecture, seed, images, targets, options.batch)
            path = NETWORKS / f"{architecture}-{seed}.onnx"
            export(model, path)
            path.with_suffix(".labels.txt").write_text("\n".join(shapes.LABELS) + "\n")
            path.with_suffix(".preset.json").write_text(json.dumps(preset) + "\n")
            report = {
                "architecture": architecture, "seed": seed,
                "parameters": sum(p.numel() for p in model.parameters()),
                "training_scenes": len(images), **RECIPES[architecture], "batch": options.batch,
                "scenes_seed": {"training": TRAIN_SEED, "held_out": TEST_SEED},
                "training_seconds": round(time.time() - start),
                "held_out_scenes_of_each_kind": HELD_OUT,
                "classes_present_on_top": measure(model, *held_out),
                "opset": OPSET, "onnx_bytes": path.stat().st_size,
                "largest_difference_to_onnxruntime": compare(model, path, held_out[0][:64]),
                "versions": {"python": platform.python_version(), "torch": torch.__version__,
                             "numpy": np.__version__, "pillow": PIL.__version__,
                             "onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__},
            }
            path.with_suffix(".report.json").write_text(json.dumps(report, indent=2) + "\n")
            print(json.dumps(report["classes_present_on_top"]), report["training_seconds"], "s",
                  flush=True)


if __name__ == "__main__":
    main()
