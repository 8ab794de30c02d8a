"""Trains the example classifier on the CPU and measures it on held-out scenes.

    python train.py --work DIR        (writes DIR/shapes.pt and DIR/training.json)
"""

import argparse
import json
import multiprocessing
import platform
import time
from pathlib import Path

import numpy as np
import PIL
import torch
from torch.nn import functional as F

import shapes
from network import ShapesNet

TRAIN_SEED, TEST_SEED, PAIRS_SEED, WEIGHTS_SEED = 1001, 2002, 3003, 4004
TWO_CLASSES = 0.3  # share of training scenes that show two classes
MEAN, DEVIATION = 0.5, 0.25  # of pixels divided by 255, all channels


def draw(job):
    seed, index, two_classes = job
    image, _, labels = shapes.example(seed, index, two_classes)
    target = np.zeros(len(shapes.LABELS), np.float32)
    target[sorted(set(labels))] = 1 / len(set(labels))
    return image, target


def dataset(folder, name, seed, count, two_classes):
    """Images (n, h, w, 3) and targets (n, 10), drawn once and kept in `folder`."""
    path = folder / f"{name}-{seed}-{count}.npz"
    if not path.exists():
        with multiprocessing.Pool(2) as pool:
            drawn = pool.map(draw, [(seed, i, two_classes) for i in range(count)], chunksize=100)
        np.savez(path, images=np.stack([d[0] for d in drawn]), targets=np.stack([d[1] for d in drawn]))
    data = np.load(path)
    return torch.from_numpy(data["images"]), torch.from_numpy(data["targets"])


def normalised(images):
    x = images.permute(0, 3, 1, 2).float().div_(255).sub_(MEAN).div_(DEVIATION)
    return x.contiguous(memory_format=torch.channels_last)


def augmented(x, generator):
    """One random change for the whole batch of each kind; no kind changes the class."""
    def coin(p=0.5):
        return torch.rand((), generator=generator).item() < p

    if coin():
        x = x.flip(3)
    if coin():
        x = x.transpose(2, 3)
    if coin():
        x = x.flip(2)
    n = x.shape[0]
    order = torch.randperm(3, generator=generator)
    x = x[:, order]
    gain = 0.75 + 0.5 * torch.rand(n, 1, 1, 1, generator=generator)
    shift = 0.6 * (torch.rand(n, 1, 1, 1, generator=generator) - 0.5)
    x = x * gain + shift
    # Some images are noisy, as the copies are that Smooth Grad-CAM++ asks about.
    if coin(0.4):
        level = 0.6 * torch.rand(n, 1, 1, 1, generator=generator)
        x = x + level * torch.randn(x.shape, generator=generator)
    return x.contiguous(memory_format=torch.channels_last)


def logits_of(model, images):
    model.eval()
    with torch.no_grad():
        return torch.cat([model(normalised(part)) for part in images.split(100)])


def measure(model, test, pairs):
    scores, truth = logits_of(model, test[0]), test[1].argmax(1)
    right = scores.argmax(1) == truth
    two = logits_of(model, pairs[0]).topk(2).indices
    both = torch.zeros_like(pairs[1]).scatter_(1, two, 1.0)
    return {
        "test_images": len(truth),
        "test_accuracy": round(right.float().mean().item(), 4),
        "test_accuracy_per_class": {
            label: round(right[truth == i].float().mean().item(), 4)
            for i, label in enumerate(shapes.LABELS)
        },
        "two_class_images": len(pairs[1]),
        "two_class_both_on_top": round((both * pairs[1]).sum(1).eq(1).float().mean().item(), 4),
    }


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--work", type=Path, required=True, help="folder for data and weights")
    arguments.add_argument("--images", type=int, default=12000)
    arguments.add_argument("--epochs", type=int, default=6)
    arguments.add_argument("--batch", type=int, default=50)
    options = arguments.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    torch.manual_seed(WEIGHTS_SEED)
    generator = torch.Generator().manual_seed(WEIGHTS_SEED)

    images, targets = dataset(options.work, "train", TRAIN_SEED, options.images, TWO_CLASSES)
    test = dataset(options.work, "test", TEST_SEED, 2000, 0.0)
    pairs = dataset(options.work, "pairs", PAIRS_SEED, 500, 1.0)
    print("data is drawn", flush=True)

    model = ShapesNet(len(shapes.LABELS)).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.02)
    steps = options.images // options.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=4e-3, epochs=options.epochs, steps_per_epoch=steps, pct_start=0.15
    )
    start = time.time()
    for epoch in range(options.epochs):
        model.train()
        total = 0.0
        order = torch.randperm(options.images, generator=generator)
        for step in range(steps):
            part = order[step * options.batch : (step + 1) * options.batch]
            x = augmented(normalised(images[part]), generator)
            loss = F.cross_entropy(model(x), targets[part])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        seconds = round(time.time() - start)
        quick = measure(model, (test[0][:500], test[1][:500]), (pairs[0][:100], pairs[1][:100]))
        print(f"epoch {epoch + 1}: loss {total / steps:.4f}, {seconds} s, "
              f"first 500 test images {quick['test_accuracy']}", flush=True)
        torch.save(model.state_dict(), options.work / "shapes.pt")

    report = {
        "training_images": options.images, "epochs": options.epochs, "batch": options.batch,
        "seeds": {"training": TRAIN_SEED, "test": TEST_SEED, "two_classes": PAIRS_SEED,
                  "weights": WEIGHTS_SEED},
        "training_seconds": seconds,
        "parameters": sum(p.numel() for p in model.parameters()),
        "versions": {"python": platform.python_version(), "torch": torch.__version__,
                     "numpy": np.__version__, "pillow": PIL.__version__},
        **measure(model, test, pairs),
    }
    (options.work / "training.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
