"""Scenes of textured shapes on cluttered backgrounds, drawn from a seed.

A class is a shape together with a texture. Several classes share a shape and several share a
texture, colours are random, and the clutter holds plain shapes and textured blobs, so neither the
outline, nor the texture, nor a colour alone tells the class.

A scene is first sampled in units of its shorter side (`sample`) and then drawn at any size
(`render`), so the same scene exists at the network's size and larger.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw

CLASSES = [
    ("striped disc", "disc", "stripes"),
    ("dotted disc", "disc", "dots"),
    ("checkered square", "square", "checks"),
    ("dotted square", "square", "dots"),
    ("striped triangle", "triangle", "stripes"),
    ("checkered triangle", "triangle", "checks"),
    ("dotted star", "star", "dots"),
    ("checkered cross", "cross", "checks"),
    ("striped ring", "ring", "stripes"),
    ("ringed hexagon", "hexagon", "rings"),
]
LABELS = [name for name, _, _ in CLASSES]
SIZE = 96  # the network's height and width, in pixels
SUPERSAMPLING = 4


@dataclass
class Figure:
    """One drawn figure: an object of a class, or clutter. Lengths are in units of the scene."""

    shape: str
    texture: str  # stripes, dots, checks, rings or plain
    x: float
    y: float
    radius: float
    angle: float
    texture_angle: float
    period: float
    phase: tuple
    colours: tuple  # two RGB triples, 0 to 255
    outline: tuple | None = None
    opacity: float = 1.0
    bumps: tuple = ()  # radial harmonics of a blob
    label: int = -1  # index of the class; -1 is clutter


@dataclass
class Line:
    points: tuple
    width: float
    colour: tuple


@dataclass
class Scene:
    width: float  # the shorter of width and height is 1
    height: float
    gradient: np.ndarray  # coarse RGB grids, enlarged smoothly and added up
    detail: np.ndarray
    grain: float
    grain_seed: int
    behind: list = field(default_factory=list)  # clutter under the objects
    objects: list = field(default_factory=list)
    before: list = field(default_factory=list)  # clutter over the objects


def regular(n, radius=1.0, turn=0.0):
    a = turn + 2 * np.pi * np.arange(n) / n
    return np.stack([radius * np.cos(a), radius * np.sin(a)], 1)


def outline_of(figure):
    """The figure's closed outer polygon with circumscribed radius about 1, before rotation."""
    shape = figure.shape
    if shape in ("disc", "ring"):
        return regular(72)
    if shape == "square":
        return regular(4, 1.12)
    if shape == "triangle":
        return regular(3, 1.2)
    if shape == "hexagon":
        return regular(6, 1.05)
    if shape == "star":
        points = np.empty((10, 2))
        points[0::2] = regular(5, 1.25)
        points[1::2] = regular(5, 0.62, np.pi / 5)
        return points
    if shape == "cross":
        a, b = 0.42, 1.08
        return np.array(
            [(-a, -b), (a, -b), (a, -a), (b, -a), (b, a), (a, a), (a, b), (-a, b), (-a, a),
             (-b, a), (-b, -a), (-a, -a)]
        )
    if shape == "blob":
        angle = 2 * np.pi * np.arange(60) / 60
        radius = np.full(60, 0.8)
        for order, (amplitude, phase) in enumerate(figure.bumps, start=2):
            radius = radius + amplitude * np.cos(order * angle + phase)
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    raise ValueError(f"unknown shape {shape!r}")


HOLE = 0.48  # inner radius of a ring


def texture_of(figure, u, v, pixel):
    """The share of the second colour at (u, v), with edges one pixel wide."""
    period = figure.period
    slope = period / (2 * np.pi * pixel)
    c, s = math.cos(figure.texture_angle), math.sin(figure.texture_angle)
    p = (c * u + s * v) / period + figure.phase[0]
    q = (-s * u + c * v) / period + figure.phase[1]
    if figure.texture == "plain":
        return np.zeros_like(u)
    if figure.texture == "stripes":
        return np.clip(0.5 + slope * np.sin(2 * np.pi * p), 0, 1)
    if figure.texture == "checks":
        # Half the frequency: a check is then as wide as a stripe.
        return np.clip(0.5 + 2 * slope * np.sin(np.pi * p) * np.sin(np.pi * q), 0, 1)
    if figure.texture == "dots":
        dp, dq = p - np.round(p), q - np.round(q)
        return np.clip(0.5 + (0.31 - np.hypot(dp, dq)) * period / pixel, 0, 1)
    if figure.texture == "rings":
        a = np.arctan2(v, u) - figure.angle
        sector = np.pi / 3
        a = a - sector * np.floor(a / sector) - sector / 2
        distance = np.hypot(u, v) * np.cos(a)  # the hexagon's own norm
        return np.clip(0.5 + slope * np.sin(2 * np.pi * (distance / period + figure.phase[0])), 0, 1)
    raise ValueError(f"unknown texture {figure.texture!r}")


def tile(figure, scale, width, height):
    """Colour and coverage of a figure in its bounding box: x0, y0, RGB floats, coverage 0 to 1."""
    reach = 1.35 * figure.radius
    x0, x1 = max(0, int((figure.x - reach) * scale)), min(width, int((figure.x + reach) * scale) + 2)
    y0, y1 = max(0, int((figure.y - reach) * scale)), min(height, int((figure.y + reach) * scale) + 2)
    if x0 >= x1 or y0 >= y1:
        return None
    k = SUPERSAMPLING
    c, s = math.cos(figure.angle), math.sin(figure.angle)
    turn = np.array([[c, s], [-s, c]])

    def pixels(points):
        points = points @ turn * figure.radius + (figure.x, figure.y)
        return [tuple(p) for p in (points * scale - (x0, y0)) * k]

    big = ((x1 - x0) * k, (y1 - y0) * k)
    cover = Image.new("L", big)
    draw = ImageDraw.Draw(cover)
    outer = pixels(outline_of(figure))
    draw.polygon(outer, fill=255)
    rings = [outer]
    if figure.shape == "ring":
        inner = pixels(regular(72, HOLE))
        draw.polygon(inner, fill=0)
        rings.append(inner)
    coverage = np.asarray(cover.reduce(k), np.float32) / 255

    pixel = 1 / scale
    u, v = np.meshgrid(
        (np.arange(x0, x1) + 0.5) * pixel - figure.x, (np.arange(y0, y1) + 0.5) * pixel - figure.y
    )
    share = texture_of(figure, u, v, pixel)[..., None]
    first, second = (np.array(colour, np.float32) for colour in figure.colours)
    rgb = first * (1 - share) + second * share
    if figure.outline is not None:
        line = Image.new("L", big)
        draw = ImageDraw.Draw(line)
        for ring in rings:
            draw.line(ring + ring[:2], fill=255, width=max(1, round(0.085 * figure.radius * scale * k)),
                      joint="curve")
        edge = np.asarray(line.reduce(k), np.float32)[..., None] / 255
        rgb = rgb * (1 - edge) + np.array(figure.outline, np.float32) * edge
    return x0, y0, rgb, coverage


def smooth(grid, width, height):
    """A coarse grid of RGB values (-1 to 1) enlarged bicubically."""
    planes = [
        np.asarray(Image.fromarray(grid[c].astype(np.float32)).resize((width, height), Image.BICUBIC))
        for c in range(3)
    ]
    return np.stack(planes, -1)


def paint(canvas, figures, scale, objects, number):
    height, width, _ = canvas.shape
    for figure in figures:
        if isinstance(figure, Line):
            xs, ys = [p[0] * scale for p in figure.points], [p[1] * scale for p in figure.points]
            margin = figure.width * scale + 2
            x0, x1 = max(0, int(min(xs) - margin)), min(width, int(max(xs) + margin) + 1)
            y0, y1 = max(0, int(min(ys) - margin)), min(height, int(max(ys) + margin) + 1)
            if x0 >= x1 or y0 >= y1:
                continue
            k = SUPERSAMPLING
            big = Image.new("L", ((x1 - x0) * k, (y1 - y0) * k))
            ImageDraw.Draw(big).line(
                [((x - x0) * k, (y - y0) * k) for x, y in zip(xs, ys)],
                fill=255, width=max(1, round(figure.width * scale * k)),
            )
            coverage = np.asarray(big.reduce(k), np.float32) / 255
            rgb, opacity = np.array(figure.colour, np.float32), 1.0
        else:
            drawn = tile(figure, scale, width, height)
            if drawn is None:
                continue
            x0, y0, rgb, coverage = drawn
            opacity = figure.opacity
        h, w = coverage.shape
        part = (slice(y0, y0 + h), slice(x0, x0 + w))
        alpha = (coverage * opacity)[..., None]
        canvas[part] = canvas[part] * (1 - alpha) + rgb * alpha
        if number:
            objects[part][coverage > 0.5] = number[id(figure)] if id(figure) in number else 0


def render(scene, short_side=SIZE):
    """Draws a scene: RGB bytes (h, w, 3) and the object numbers (h, w): 0 background, 1.. objects."""
    scale = short_side
    width, height = round(scene.width * scale), round(scene.height * scale)
    canvas = 128 + 62 * smooth(scene.gradient, width, height) + 26 * smooth(scene.detail, width, height)
    canvas = canvas.astype(np.float32)
    objects = np.zeros((height, width), np.uint8)
    paint(canvas, scene.behind, scale, objects, None)
    number = {id(figure): i + 1 for i, figure in enumerate(scene.objects)}
    paint(canvas, scene.objects, scale, objects, number)
    paint(canvas, scene.before, scale, objects, number)
    grain = np.random.Generator(np.random.PCG64(scene.grain_seed)).standard_normal(canvas.shape)
    canvas += scene.grain * grain
    return np.clip(np.round(canvas), 0, 255).astype(np.uint8), objects


def hsv(h, s, v):
    k = (np.array([5.0, 3.0, 1.0]) + 6 * h) % 6
    return tuple(255 * (v - v * s * np.clip(np.minimum(k, 4 - k), 0, 1)))


def two_colours(rng):
    """A lighter and a darker colour, in random order, far enough apart to show a texture."""
    light = hsv(rng.random(), rng.uniform(0.15, 0.75), rng.uniform(0.88, 1.0))
    dark = hsv(rng.random(), rng.uniform(0.5, 1.0), rng.uniform(0.2, 0.55))
    return (light, dark) if rng.random() < 0.5 else (dark, light)


def any_colour(rng):
    return hsv(rng.random(), rng.uniform(0.1, 0.8), rng.uniform(0.25, 1.0))


def figure_at(rng, shape, texture, x, y, radius, label=-1):
    period = radius * rng.uniform(0.42, 0.58)
    if texture == "rings":
        period = radius * rng.uniform(0.36, 0.48)
    if texture == "checks":
        period *= 0.85
    outline = None
    if rng.random() < 0.6:
        outline = hsv(rng.random(), rng.uniform(0.2, 0.9), rng.uniform(0.1, 0.35))
    bumps = ()
    if shape == "blob":
        bumps = tuple((rng.uniform(0.04, 0.3) / n, rng.uniform(0, 2 * np.pi)) for n in range(1, 5))
    return Figure(
        shape=shape, texture=texture, x=x, y=y, radius=radius,
        angle=rng.uniform(0, 2 * np.pi), texture_angle=rng.uniform(0, 2 * np.pi), period=period,
        phase=(rng.random(), rng.random()), colours=two_colours(rng), outline=outline,
        bumps=bumps, label=label,
    )


def random_line(rng, width, height, colour=None):
    x, y = rng.uniform(0, width), rng.uniform(0, height)
    a, length = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.7)
    end = (x + length * math.cos(a), y + length * math.sin(a))
    return Line(((x, y), end), rng.uniform(0.006, 0.022), colour or any_colour(rng))


PLAIN = ["disc", "square", "triangle", "hexagon", "star", "cross", "ring", "blob"]
TEXTURES = ["stripes", "dots", "checks", "rings"]


def distractor(rng, x, y):
    """Clutter of no class: a small plain shape, or a textured blob."""
    if rng.random() < 0.55:
        shape, texture = PLAIN[rng.integers(len(PLAIN))], "plain"
        radius = rng.uniform(0.035, 0.085)
    else:
        shape, texture = "blob", TEXTURES[rng.integers(len(TEXTURES))]
        radius = rng.uniform(0.07, 0.12)
    figure = figure_at(rng, shape, texture, x, y, radius)
    if texture == "plain":
        figure.colours = (any_colour(rng),) * 2
    return figure


def sample(rng, labels, width=1.0, height=1.0, radius=None):
    """A random scene with one object for each entry of `labels` (indices of classes)."""
    scene = Scene(
        width=width, height=height,
        gradient=rng.uniform(-1, 1, (3, 3, 3)), detail=rng.uniform(-1, 1, (3, 9, 9)),
        grain=rng.uniform(0, 7), grain_seed=int(rng.integers(2**31)),
    )
    # A common tint keeps the background from being a rainbow.
    tint = rng.uniform(-1, 1, (1, 3, 3))
    scene.gradient = 0.35 * scene.gradient + 0.65 * tint
    scene.detail = 0.5 * scene.detail + 0.5 * rng.uniform(-1, 1, (1, 9, 9))

    largest = {1: 0.31, 2: 0.25, 3: 0.21}.get(len(labels), 0.19)
    low, high = radius or (0.16, largest)
    for _ in range(200):  # whole placements are retried: a late object may find no room
        placed = []
        for _ in labels:
            r = rng.uniform(low, high)
            for _ in range(30):
                x, y = rng.uniform(0.95 * r, width - 0.95 * r), rng.uniform(0.95 * r, height - 0.95 * r)
                if all(math.hypot(x - a, y - b) > 1.08 * (r + s) for a, b, s in placed):
                    placed.append((x, y, r))
                    break
        if len(placed) == len(labels):
            break
    else:
        raise ValueError(f"no room for {len(labels)} objects of radius {low} to {high}")

    for label, (x, y, r) in zip(labels, placed):
        _, shape, texture = CLASSES[label]
        scene.objects.append(figure_at(rng, shape, texture, x, y, r, int(label)))

    area = width * height
    for _ in range(round(rng.integers(4, 13) * area)):
        scene.behind.append(random_line(rng, width, height))
    for _ in range(round(rng.integers(2, 7) * area)):
        scene.behind.append(distractor(rng, rng.uniform(0, width), rng.uniform(0, height)))
    for _ in range(round(rng.integers(0, 4) * area)):
        scene.before.append(random_line(rng, width, height))
    if rng.random() < 0.35:  # something in front of an object's rim
        x, y, r = placed[rng.integers(len(placed))]
        a = rng.uniform(0, 2 * np.pi)
        blob = distractor(rng, x + r * math.cos(a), y + r * math.sin(a))
        blob.radius = min(blob.radius, 0.45 * r)
        scene.before.append(blob)
    return scene


def random_labels(rng, two_classes):
    """The classes of a scene's one to three objects: all of one class, or of two."""
    if two_classes:
        a, b = rng.choice(len(CLASSES), 2, replace=False)
        return [int(a), int(b)] + ([int(rng.choice([a, b]))] if rng.random() < 0.35 else [])
    return [int(rng.integers(len(CLASSES)))] * int(rng.choice([1, 2, 3], p=[0.45, 0.35, 0.2]))


def example(seed, index, two_classes=0.0):
    """Example `index` of the set `seed`: image, object numbers, list of the objects' classes."""
    rng = np.random.Generator(np.random.PCG64([seed, index]))
    scene = sample(rng, random_labels(rng, rng.random() < two_classes))
    image, objects = render(scene)
    return image, objects, [figure.label for figure in scene.objects]
