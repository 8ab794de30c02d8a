"""What `run` measured, as arrays, and what can be said of differences."""

import csv
import json
import math
from collections import defaultdict
from pathlib import Path

import numpy as np

RESAMPLES = 2000
LEAST_PROBABILITY = 0.25  # that a network gives a class, for its map to count

# By metric, whether more is better (+1) or less (-1), and what it is about.
DIRECTIONS = {
    "pointing-game": 1, "energy-inside": 1, "mass-accuracy": 1, "iou": 1,
    "multi-object-recall": 1,
    "entropy": -1, "gini": 1, "area-above-half": -1,
    "average-drop": -1, "insertion": 1, "deletion": -1,
}
LOCALISATION = ["pointing-game", "energy-inside", "mass-accuracy", "iou"]
SHARPNESS = ["entropy", "gini", "area-above-half"]
FAITHFULNESS = ["average-drop", "insertion", "deletion"]
PIXELS = ["insertion", "deletion"]
FORMULAS = ["corrected", "paper", "mean-of-maps"]


def kind_of(image):
    return image.rsplit("-", 1)[0]


class Results:
    """The results of one evaluation or sweep: by layer, method and metric, a value per scene."""

    def __init__(self, folder):
        sums = defaultdict(lambda: defaultdict(list))
        self.cases, self.dropped = set(), set()
        self.layers, self.objects = [], {}
        with open(Path(folder) / "results.csv", newline="") as file:
            for row in csv.DictReader(file):
                case = (row["image"], row["class"])
                if float(row["confidence"]) < LEAST_PROBABILITY:
                    self.dropped.add(case)
                    continue
                self.cases.add(case)
                self.objects[row["image"]] = max(self.objects.get(row["image"], 0),
                                                 int(row["objects"]))
                if row["layer"] not in self.layers:
                    self.layers.append(row["layer"])
                if row["value"]:
                    key = (row["layer"], row["method"], row["metric"])
                    sums[key][row["image"]].append(float(row["value"]))
        self.values = {key: {image: sum(v) / len(v) for image, v in found.items()}
                       for key, found in sums.items()}

    def of(self, method, metric, layer=-1):
        name = self.layers[layer] if isinstance(layer, int) else layer
        return self.values.get((name, method, metric), {})


def matrix(found, images):
    """Rows are networks, columns scenes; NaN where there is no value."""
    return np.array([[one.get(image, math.nan) for image in images] for one in found])


class Mean:
    """A mean over networks and scenes, with a 95 % interval that resamples both."""

    def __init__(self, values, seed=0):
        values = values[:, ~np.isnan(values).all(axis=0)]
        self.values, known = values, ~np.isnan(values)
        self.scenes = values.shape[1]
        self.by_network = [float(np.nanmean(row)) if known[i].any() else math.nan
                           for i, row in enumerate(values)]
        if not self.scenes:
            self.mean = self.low = self.high = self.effect = math.nan
            return
        filled = np.where(known, values, 0)
        self.mean = float(filled.sum() / known.sum())
        rng = np.random.Generator(np.random.PCG64(seed))
        networks = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), RESAMPLES)
        scenes = rng.multinomial(self.scenes, np.full(self.scenes, 1 / self.scenes), RESAMPLES)
        totals = np.einsum("bi,ij,bj->b", networks, filled, scenes, optimize=True)
        counts = np.einsum("bi,ij,bj->b", networks, known.astype(float), scenes, optimize=True)
        means = totals[counts > 0] / counts[counts > 0]
        self.low, self.high = (float(q) for q in np.quantile(means, [0.025, 0.975]))
        self.effect = rank_biserial(np.nanmean(values, axis=0))

    def side(self):
        """1 or -1 where the interval leaves no doubt about the sign, else 0."""
        if self.low > 0:
            return 1
        return -1 if self.high < 0 else 0


def rank_biserial(differences):
    """Matched pairs: the sum of the ranks above zero less that below, by the sum of all."""
    moved = differences[differences != 0]
    if not len(moved):
        return 0.0
    sizes = np.abs(moved)
    _, inverse, counts = np.unique(sizes, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[inverse]
    return float((np.sign(moved) * ranks).sum() / ranks.sum())


class Study:
    """All that was measured, by architecture."""

    def __init__(self, work, networks):
        self.work = Path(work)
        self.reports = {}
        for path in sorted(Path(networks).glob("*.report.json")):
            report = json.loads(path.read_text())
            self.reports[path.name.removesuffix(".report.json")] = report
        self.architectures = sorted({r["architecture"] for r in self.reports.values()},
                                    reverse=True)
        self.scenes = json.loads((self.work / "scenes" / "images.json").read_text())["images"]
        self.images = [scene["file"] for scene in self.scenes]
        self.kinds = list(dict.fromkeys(scene["kind"] for scene in self.scenes))
        self.loaded = {}

    def names(self, architecture, what):
        """The networks of an architecture of which something was measured to the end."""
        return [name for name, report in self.reports.items()
                if report["architecture"] == architecture
                and (self.work / name / what / "results.csv").exists()]

    def results(self, architecture, what):
        names = self.names(architecture, what)
        for name in names:
            if (name, what) not in self.loaded:
                self.loaded[name, what] = Results(self.work / name / what)
        return [self.loaded[name, what] for name in names]

    def missing(self):
        """What was not measured to the end, by network."""
        wanted = ["methods", "pixels", "layers", *[f"sweep-{f}" for f in FORMULAS]]
        found = {name: [what for what in wanted
                        if name not in self.names(report["architecture"], what)]
                 for name, report in self.reports.items()}
        return {name: whats for name, whats in found.items() if whats}

    def values(self, architecture, what, method, metric, layer=-1, images=None):
        # Some metrics cost more than the others, and were taken of the first scenes alone.
        source = "pixels" if what == "methods" and metric in PIXELS else what
        found = [one.of(method, metric, layer) for one in self.results(architecture, source)]
        return matrix(found, images or self.images)

    def mean(self, architecture, what, method, metric, layer=-1, images=None):
        return Mean(self.values(architecture, what, method, metric, layer, images))

    def difference(self, architecture, what, method, other, metric, layer=-1, images=None,
                   other_layer=None):
        one = self.values(architecture, what, method, metric, layer, images)
        two = self.values(architecture, what, other, metric,
                          layer if other_layer is None else other_layer, images)
        return Mean(one - two)

    def of_kind(self, *kinds):
        return [image for image in self.images if kind_of(image) in kinds]

    def table(self, name):
        with open(self.work / "subsets" / f"{name}.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row["architecture"] = self.reports[row["network"]]["architecture"]
        seen = {name: set(results.objects) for architecture in self.architectures
                for name, results in zip(self.names(architecture, "methods"),
                                         self.results(architecture, "methods"))}
        return [row for row in rows if row["image"] in seen.get(row["network"], ())]
