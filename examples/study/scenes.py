"""Benchmark scenes of five kinds, made of the example classifier's shapes, with exact masks.

single    one object
several   two or three objects of one class
classes   two or three objects of two classes
occluded  one or two objects of one class, a plain shape before each hides a quarter to a half of it
clutter   one object among three times the clutter

A scene belongs to a set (a seed) and has a number in it, and comes out the same every time.
"""

import math
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "make"))
import shapes  # noqa: E402

KINDS = ["single", "several", "classes", "occluded", "clutter"]
HIDDEN = (0.25, 0.5)  # share of an occluded object that its occluder covers
RIM = 0.2  # width of an object's rim, as a share of its radius
RIM_VALUE, INSIDE_VALUE = 1, 2  # in masks of parts


def labels_of(kind, rng):
    """The classes of a scene's objects, as indices of `shapes.LABELS`."""
    one = int(rng.integers(len(shapes.LABELS)))
    if kind == "several":
        return [one] * int(rng.integers(2, 4))
    if kind == "occluded":
        return [one] * int(rng.integers(1, 3))
    if kind == "classes":
        a, b = (int(label) for label in rng.choice(len(shapes.LABELS), 2, replace=False))
        return [a, b] + ([int(rng.choice([a, b]))] if rng.random() < 0.35 else [])
    return [one]


def area(figure, scene, short_side=shapes.SIZE):
    """Which pixels a figure covers where nothing is in front of it, as booleans (h, w)."""
    width, height = round(scene.width * short_side), round(scene.height * short_side)
    whole = np.zeros((height, width), bool)
    drawn = shapes.tile(figure, short_side, width, height)
    if drawn is not None:
        x, y, _, coverage = drawn
        whole[y : y + coverage.shape[0], x : x + coverage.shape[1]] = coverage > 0.5
    return whole


def hide(scene, rng):
    """Puts a plain shape in front of each object that hides a part of it and nothing of another."""
    wholes = [area(figure, scene) for figure in scene.objects]
    for figure, whole in zip(scene.objects, wholes):
        others = np.any([other for other in wholes if other is not whole], axis=0)
        for _ in range(300):
            a, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1.2) * figure.radius
            shape = ["disc", "square", "triangle", "hexagon", "blob"][rng.integers(5)]
            cover = shapes.figure_at(rng, shape, "plain", figure.x + far * math.cos(a),
                                     figure.y + far * math.sin(a),
                                     rng.uniform(0.5, 1.0) * figure.radius)
            covered = area(cover, scene)
            hidden = (covered & whole).sum() / whole.sum()
            if HIDDEN[0] <= hidden <= HIDDEN[1] and not (covered & others).any():
                break
        else:
            raise ValueError("no occluder fits")
        cover.colours = (shapes.any_colour(rng),) * 2
        scene.before.insert(0, cover)  # lines may still cross it


def strew(scene, rng):
    """About twice the usual clutter on top of it: lines, small plain shapes, textured blobs."""
    def anywhere():
        return rng.uniform(0, scene.width), rng.uniform(0, scene.height)

    for _ in range(rng.integers(12, 20)):
        scene.behind.append(shapes.random_line(rng, scene.width, scene.height))
    for _ in range(rng.integers(8, 14)):
        scene.behind.append(shapes.distractor(rng, *anywhere()))
    for _ in range(rng.integers(3, 7)):
        scene.before.append(shapes.random_line(rng, scene.width, scene.height))


def scene_of(kind, seed, index):
    rng = np.random.Generator(np.random.PCG64([seed, KINDS.index(kind), index]))
    scene = shapes.sample(rng, labels_of(kind, rng))
    if kind == "occluded":
        hide(scene, rng)
    if kind == "clutter":
        strew(scene, rng)
    return scene


def drawn(kind, seed, index):
    """Image (h, w, 3), object numbers (h, w) of the visible pixels, and the scene."""
    scene = scene_of(kind, seed, index)
    image, objects = shapes.render(scene)
    return image, objects, scene


def parts_of(scene, objects):
    """Each object's visible pixels divided: `RIM_VALUE` near its outline, else `INSIDE_VALUE`."""
    parts = np.zeros_like(objects)
    for number, figure in enumerate(scene.objects, start=1):
        thickness = max(1, round(RIM * figure.radius * shapes.SIZE))
        whole = Image.fromarray(np.uint8(area(figure, scene)) * 255)
        core = np.asarray(whole.filter(ImageFilter.MinFilter(2 * thickness + 1))) > 0
        visible = objects == number
        parts[visible & ~core] = RIM_VALUE
        parts[visible & core] = INSIDE_VALUE
    return parts
