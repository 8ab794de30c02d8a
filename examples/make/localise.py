"""Does the strongest cell of a map lie on an object of the explained class?

A plain NumPy and PyTorch check of the trained model, independent of the library: Grad-CAM and
Grad-CAM++ at the last spatial ReLU (12 x 12), without enlargement.
"""

import numpy as np
import torch

import shapes
from train import PAIRS_SEED, TEST_SEED, normalised


def maps(model, image, target):
    """Grad-CAM and Grad-CAM++ of one image, both 12 x 12 arrays."""
    kept = []
    hook = model.layer3[-1].relu2.register_forward_hook(lambda _m, _i, out: kept.append(out))
    logits = model(normalised(torch.from_numpy(image)[None]))
    hook.remove()
    (gradient,) = torch.autograd.grad(logits[0, target], kept[0])
    a, g = (t[0].detach().double().numpy() for t in (kept[0], gradient))
    cam = np.maximum(np.einsum("k,kij->ij", g.mean((1, 2)), a), 0)
    denominator = 2 * g**2 + a.sum((1, 2), keepdims=True) * g**3
    alpha = np.divide(g**2, denominator, out=np.zeros_like(g), where=np.abs(denominator) > 1e-300)
    plus = np.maximum(np.einsum("k,kij->ij", (alpha * np.maximum(g, 0)).sum((1, 2)), a), 0)
    return {"grad-cam": cam, "grad-cam++": plus}


def cell_hits(cam, mask):
    """Whether the middle of the strongest cell lies in the mask."""
    row, column = np.unravel_index(cam.argmax(), cam.shape)
    step = mask.shape[0] // cam.shape[0]
    return bool(mask[row * step + step // 2, column * step + step // 2])


def measure(model, count):
    """Fractions of hits over `count` test scenes with one class and `count` with two."""
    model.eval()
    report = {}
    for kind, seed, two in (("one_class", TEST_SEED, 0.0), ("two_classes", PAIRS_SEED, 1.0)):
        hits, energy, chance, questions = {}, {}, 0.0, 0
        for index in range(count):
            image, objects, labels = shapes.example(seed, index, two)
            for target in sorted(set(labels)):
                wanted = [i + 1 for i, label in enumerate(labels) if label == target]
                mask = np.isin(objects, wanted)
                questions += 1
                chance += mask.mean()
                for name, cam in maps(model, image, target).items():
                    hits[name] = hits.get(name, 0) + cell_hits(cam, mask)
                    step = mask.shape[0] // cam.shape[0]
                    share = mask.reshape(cam.shape[0], step, cam.shape[1], step).mean((1, 3))
                    energy[name] = energy.get(name, 0) + (cam * share).sum() / max(cam.sum(), 1e-30)
        report[kind] = {"images": count, "maps": questions,
                        "mask_share_of_the_image": round(chance / questions, 4)}
        for name in hits:
            report[kind][name] = {"maximum_in_the_mask": round(hits[name] / questions, 4),
                                  "sum_in_the_mask": round(energy[name] / questions, 4)}
    return report
