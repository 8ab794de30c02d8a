"""Writes docs/study.md and its figures from what `run` measured.

    python report.py --work FOLDER --out DOCS
"""

import argparse
import math
from collections import defaultdict
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image

from measured import (DIRECTIONS, FAITHFULNESS, FORMULAS, LEAST_PROBABILITY, LOCALISATION,
                      RESAMPLES, SHARPNESS, Mean, Study, matrix)

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

HERE = Path(__file__).resolve().parent
SMOOTH = "smooth-grad-cam++"
PAPER, MEAN_OF_MAPS = f"{SMOOTH}:formula=paper", f"{SMOOTH}:formula=mean-of-maps"
METHODS = ["grad-cam", "grad-cam++", SMOOTH, PAPER, MEAN_OF_MAPS]
SHORT = {"grad-cam": "Grad-CAM", "grad-cam++": "Grad-CAM++", SMOOTH: "Smooth, corrected",
         PAPER: "Smooth, paper", MEAN_OF_MAPS: "Smooth, mean of maps", "random": "random map",
         "centre": "hill in the middle"}


def number(value, signed=False):
    if math.isnan(value):
        return "–"
    if value != 0 and abs(value) < 0.001:
        return f"{value:{'+' if signed else ''}.1e}"
    return f"{value:{'+' if signed else ''}.3f}"


def interval(mean, signed=False):
    if not mean.scenes:
        return "–"
    return f"{number(mean.mean, signed)} [{number(mean.low, signed)}, {number(mean.high, signed)}]"


def judged(metric, difference):
    side = difference.side() * DIRECTIONS.get(metric, 1)
    return {1: "better", -1: "worse", 0: "not told apart"}[side]


def difference_cell(metric, difference):
    if not difference.scenes:
        return "–"
    each = ", ".join(number(value, True) for value in difference.by_network)
    return (f"**{judged(metric, difference)}** {interval(difference, True)}; "
            f"r {difference.effect:+.2f}; by network {each}")


def table(columns, rows):
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows]) + "\n"


NOISE_METRICS = ["energy-inside", "mass-accuracy", "iou", "entropy"]  # of RQ5


def count_verdicts(study, method, other, metrics, images=None):
    found = {"better": 0, "worse": 0, "not told apart": 0}
    for architecture in study.architectures:
        for metric in metrics:
            difference = study.difference(architecture, "methods", method, other, metric,
                                          images=images)
            if difference.scenes:
                found[judged(metric, difference)] += 1
    return found


def verdicts(found):
    return (f"better in {found['better']}, worse in {found['worse']} and not told apart in "
            f"{found['not told apart']} of {sum(found.values())}")


# ---- sections


def noise_verdicts(study, formula, against_clean):
    """Over metrics, levels and architectures: noise against none, or most samples against one."""
    found = {"better": 0, "worse": 0, "not told apart": 0}
    levels = sorted({noise for noise, _, _ in sweep_settings(study, formula) if noise > 0})
    counts = counts_of(study, formula)
    for architecture in study.architectures:
        for metric in NOISE_METRICS:
            clean = cell_values(study, architecture, formula, metric, 0, counts[0])
            for level in levels:
                most = cell_values(study, architecture, formula, metric, level, counts[-1])
                least = clean if against_clean else cell_values(
                    study, architecture, formula, metric, level, counts[0])
                difference = Mean(most - least)
                if difference.scenes:
                    found[judged(metric, difference)] += 1
    return found


def short(study):
    """The answers, by rule."""
    def count(other, metrics, method=SMOOTH, images=None):
        return verdicts(count_verdicts(study, method, other, metrics, images))

    several = several_of_one_class(study)
    raw = max(float(row["raw"]) for row in study.table("additive"))
    best = []
    for architecture in study.architectures:
        layers = study.results(architecture, "layers")[0].layers
        means = [study.mean(architecture, "layers", SMOOTH, "mass-accuracy", i).mean
                 for i in range(len(layers))]
        best.append(f"layer {1 + int(np.nanargmax(means))} of {len(layers)} on `{architecture}`")
    every = LOCALISATION + ["multi-object-recall"] + SHARPNESS + FAITHFULNESS
    lines = [
        f"**RQ1, sharper?** Smooth Grad-CAM++ (`corrected`), by {len(SHARPNESS)} measures on "
        f"{len(study.architectures)} architectures: against Grad-CAM {count('grad-cam', SHARPNESS)}; "
        f"against Grad-CAM++ {count('grad-cam++', SHARPNESS)}.",
        f"**RQ1, better localised?** By {len(LOCALISATION)} measures: against Grad-CAM "
        f"{count('grad-cam', LOCALISATION)}; against Grad-CAM++ {count('grad-cam++', LOCALISATION)}.",
        f"**RQ2, several objects of a class?** By `multi-object-recall`: against Grad-CAM "
        f"{count('grad-cam', ['multi-object-recall'], images=several)}; against Grad-CAM++ "
        f"{count('grad-cam++', ['multi-object-recall'], images=several)}.",
        f"**RQ3, subsets?** Raw maps of subsets add up to {raw:.0e}; what is shown, and the score, do "
        f"so as far as the tables below say, which also tell which parts single feature maps show.",
        f"**RQ4, layers?** Most of the map lies on the objects at {' and '.join(best)}.",
        f"**RQ5, noise?** With noise against none, `corrected` is "
        f"{verdicts(noise_verdicts(study, 'corrected', True))} comparisons ({len(NOISE_METRICS)} measures, levels of "
        f"noise, architectures), `paper` {verdicts(noise_verdicts(study, 'paper', True))}, "
        f"`mean-of-maps` {verdicts(noise_verdicts(study, 'mean-of-maps', True))}.",
        f"**RQ5, samples?** With the most samples against one, `corrected` is "
        f"{verdicts(noise_verdicts(study, 'corrected', False))}, `paper` "
        f"{verdicts(noise_verdicts(study, 'paper', False))}, `mean-of-maps` "
        f"{verdicts(noise_verdicts(study, 'mean-of-maps', False))}.",
        f"**Formulas?** Over {len(every)} measures `corrected` is, against `paper`, "
        f"{count(PAPER, every)}; against `mean-of-maps` {count(MEAN_OF_MAPS, every)}.",
    ]
    return "## In short\n\n" + "\n".join(f"- {line}" for line in lines) + "\n"


def several_of_one_class(study):
    known = {}
    for architecture in study.architectures:
        for results in study.results(architecture, "methods"):
            for image, objects in results.objects.items():
                known[image] = max(known.get(image, 0), objects)
    return [i for i in study.of_kind("several", "occluded") if known.get(i, 0) > 1]


def setting(study):
    rows = []
    for name, report in study.reports.items():
        right = report["classes_present_on_top"]
        rows.append([f"`{name}`", report["parameters"], report["onnx_bytes"],
                     *[f"{100 * right[kind]:.1f} %" for kind in study.kinds]])
    one = next(iter(study.reports.values()))
    epochs = " and ".join(f"{report['epochs']} (`{report['architecture']}`)"
                          for report in {r["architecture"]: r
                                         for r in study.reports.values()}.values())
    text = f"""## What was measured

{len(study.images)} scenes, {len(study.images) // len(study.kinds)} of each kind, drawn by
`examples/study/draw.py` from a seed that no network has seen, with exact masks of the visible pixels
of every object. The first row shows scenes, the second their masks:

![Scenes of five kinds and their masks](images/study-scenes.png)

| kind | what it shows |
|---|---|
| single | one object |
| several | two or three objects of one class |
| classes | two or three objects of two classes; each class is explained |
| occluded | one or two objects of one class, a quarter to a half of each hidden |
| clutter | one object among three times the clutter |

Two architectures, each trained from three seeds on {one['training_scenes']} scenes for {epochs}
epochs (`examples/study/train_networks.py`): `residual` is the example classifier, narrower;
`plain` is of VGG's kind, with a hidden layer over flattened feature maps. How often the classes
that are there have the highest scores, on {one['held_out_scenes_of_each_kind']} held-out scenes of
each kind (of two classes, both have to be on top):

"""
    text += table(["network", "parameters", "bytes of ONNX", *study.kinds], rows)
    dropped = {a: sum(len(r.dropped) for r in study.results(a, "methods"))
               for a in study.architectures}
    cases = {a: sum(len(r.dropped) + len(r.cases) for r in study.results(a, "methods"))
             for a in study.architectures}
    text += f"""
A map counts where the network gives the explained class a probability of {LEAST_PROBABILITY} or
more: what a network does not see it cannot show. That leaves out {
        " and ".join(f"{dropped[a]} of {cases[a]} maps of each method on `{a}`"
                     for a in study.architectures)}.
Maps are those of the last spatial layer (12 x 12) where nothing else is said, of the default options
(25 samples, noise 0.15). `insertion` and `deletion`, which cost the most, are of the first
{len(next(iter(study.results(study.architectures[0], "pixels"))).objects)} scenes alone.

{unmeasured(study)}**How to read it.** Each number is a mean over scenes and the networks of an architecture; where
two classes of a scene are explained, their mean counts once. Intervals hold 95 % and come of {RESAMPLES}
bootstrap resamples of networks and scenes together; differences are paired, scene by scene and network
by network. *r* is the matched-pairs rank-biserial correlation over scenes, from -1 to 1. "Better" and
"worse" are said where the interval of the difference does not hold zero. They are not corrected for
how many comparisons there are, and an interval from so few networks is a rough one: the differences
by network stand beside it.
"""
    return text


def unmeasured(study):
    if not study.missing():
        return ""
    return ("**Not all of it was measured when this was written**, and the run was ended before; the "
            "same command goes on from there. What is missing, so that the means below are of the "
            "other networks: "
            + "; ".join(f"`{name}`: {', '.join(whats)}" for name, whats in study.missing().items())
            + ".\n\n")


def means_table(study, metrics, images=None):
    rows = []
    for metric in metrics:
        for architecture in study.architectures:
            cells = [interval(study.mean(architecture, "methods", method, metric, images=images))
                     for method in [*METHODS, "random", "centre"]]
            rows.append([metric, f"`{architecture}`", *cells])
    return table(["metric", "networks", *[SHORT[m] for m in [*METHODS, "random", "centre"]]], rows)


def differences_table(study, method, others, metrics, images=None):
    rows = []
    for metric in metrics:
        for architecture in study.architectures:
            rows.append([metric, f"`{architecture}`", *[
                difference_cell(metric, study.difference(architecture, "methods", method, other,
                                                         metric, images=images))
                for other in others]])
    return table(["metric", "networks", *[f"less {SHORT[other]}" for other in others]], rows)


def rq1(study):
    metrics = LOCALISATION + SHARPNESS + FAITHFULNESS
    text = f"""## RQ1: Are its maps sharper, and do they localise better?

Against Grad-CAM, Smooth Grad-CAM++ (`corrected`) is sharper ({', '.join(SHARPNESS)}; both
architectures): {verdicts(count_verdicts(study, SMOOTH, "grad-cam", SHARPNESS))} comparisons. It
localises ({', '.join(LOCALISATION)}):
{verdicts(count_verdicts(study, SMOOTH, "grad-cam", LOCALISATION))}. Against Grad-CAM++: sharpness
{verdicts(count_verdicts(study, SMOOTH, "grad-cam++", SHARPNESS))}, localisation
{verdicts(count_verdicts(study, SMOOTH, "grad-cam++", LOCALISATION))}. How much the map says about
what changes the network's answer ({', '.join(FAITHFULNESS)}): against Grad-CAM
{verdicts(count_verdicts(study, SMOOTH, "grad-cam", FAITHFULNESS))}, against Grad-CAM++
{verdicts(count_verdicts(study, SMOOTH, "grad-cam++", FAITHFULNESS))}.

![Means of all methods](images/study-methods.svg)

"""
    text += means_table(study, metrics)
    text += "\nThe difference of Smooth Grad-CAM++ (`corrected`) to the others:\n\n"
    text += differences_table(study, SMOOTH, ["grad-cam", "grad-cam++"], metrics)
    text += """
How much of the map lies in the boxes around the objects (`energy-inside`), and how much on the
objects themselves (`mass-accuracy`), kind by kind:

"""
    rows = []
    for kind in study.kinds:
        for architecture in study.architectures:
            for metric in ("energy-inside", "mass-accuracy"):
                rows.append([kind, f"`{architecture}`", metric, *[
                    interval(study.mean(architecture, "methods", method, metric,
                                        images=study.of_kind(kind)))
                    for method in ["grad-cam", "grad-cam++", SMOOTH]],
                    difference_cell(metric, study.difference(
                        architecture, "methods", SMOOTH, "grad-cam", metric,
                        images=study.of_kind(kind)))])
    return text + table(["kind", "networks", "metric", "Grad-CAM", "Grad-CAM++",
                         "Smooth, corrected", "corrected less Grad-CAM"], rows)


def formulas(study):
    metrics = LOCALISATION + ["multi-object-recall"] + SHARPNESS + FAITHFULNESS
    parts = []
    for one, other in ((SMOOTH, PAPER), (SMOOTH, MEAN_OF_MAPS), (PAPER, "grad-cam++")):
        parts.append(f"`{SHORT[one]}` against `{SHORT[other]}`: "
                     f"{verdicts(count_verdicts(study, one, other, metrics))}")
    text = f"""## The three formulas

`corrected` averages the second power of the gradient in alpha's numerator, `paper` the first as it
is printed, `mean-of-maps` averages the maps of the noisy copies (`docs/methods.md`). Over
{len(metrics)} metrics and both architectures, {'; '.join(parts)}.

"""
    text += differences_table(study, SMOOTH, [PAPER, MEAN_OF_MAPS], metrics)
    return text


def rq2(study):
    several = several_of_one_class(study)
    metrics = ["multi-object-recall", "pointing-game", "energy-inside", "mass-accuracy"]
    against = {other: verdicts(count_verdicts(study, SMOOTH, other, ["multi-object-recall"], several))
               for other in ("grad-cam", "grad-cam++")}
    text = f"""## RQ2: Does it show several objects of one class?

`multi-object-recall` is the share of the objects of the class that the map hits, over the
{len(several)} scenes with more than one. Smooth Grad-CAM++ (`corrected`) against Grad-CAM:
{against["grad-cam"]} architectures; against Grad-CAM++: {against["grad-cam++"]}.

"""
    text += means_table(study, metrics, several)
    text += "\n" + differences_table(study, SMOOTH, ["grad-cam", "grad-cam++"], metrics, several)
    return text


def grouped(rows, value, by):
    """Per group a Mean over networks and scenes of a column, or of a function of the row."""
    found = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in rows:
        one = value(row) if callable(value) else float(row[value] or "nan")
        if not math.isnan(one):
            found[tuple(row[key] for key in by)][row["network"]][row["image"]].append(one)
    means = {}
    for group, networks in found.items():
        images = sorted({image for values in networks.values() for image in values})
        means[group] = Mean(matrix([{i: sum(v) / len(v) for i, v in values.items()}
                                    for values in networks.values()], images))
    return means


def explained_by_map(rows, shuffles=200):
    """The part of the variance of rim shares that which feature map it is explains, and the part
    that it would explain by chance (maps shuffled)."""
    found, chance = [], []
    by_network = defaultdict(list)
    for row in rows:
        share = float(row["on_rim"]) / float(row["on_object"]) if float(row["on_object"]) else math.nan
        if row["rank"] != "0" and not math.isnan(share):
            by_network[row["network"]].append((int(row["map"]), share - float(row["rim_of_object"])))
    rng = np.random.Generator(np.random.PCG64(0))
    for pairs in by_network.values():
        maps, shares = (np.array(column) for column in zip(*pairs))
        _, group = np.unique(maps, return_inverse=True)

        def part(order):
            counts = np.bincount(order)
            means = np.bincount(order, shares) / counts
            return float((counts * (means - shares.mean()) ** 2).sum()
                         / ((shares - shares.mean()) ** 2).sum())

        found.append(part(group))
        chance.append(np.mean([part(rng.permutation(group)) for _ in range(shuffles)]))
    return found, chance


def rq3(study):
    additive, parts, neurons = study.table("additive"), study.table("parts"), study.table("neurons")
    scenes = len({row["image"] for row in additive})
    raw = max(float(row["raw"]) for row in additive)
    text = f"""## RQ3: Do subsets of feature maps and neurons behave additively, and localise parts?

On the first {scenes} scenes, by all networks (`examples/study/Subsets.java`).

**Additivity.** The feature maps, in random order, and the cells, by quarters, are divided into four
groups. The raw maps of the groups add up to the whole map: the largest difference anywhere is
{raw:.1e} of the largest number. What is shown is the part above zero, and those parts need not add
up; nor needs the score fall by the sum of what the removal of each group costs:

"""
    shown = grouped(additive, "shown", ["architecture", "method", "groups"])
    text += table(["networks", "method", "groups of", "maps as shown: their sum less the whole, as a"
                   " part of the whole"],
                  [[f"`{a}`", SHORT[m], g, interval(mean)] for (a, m, g), mean in shown.items()])
    of_maps = [row for row in additive if row["groups"] == "feature maps"]
    ratio = grouped(of_maps, lambda r: float(r["removal"]) / float(r["together"])
                    if abs(float(r["together"])) > 1e-6 else math.nan, ["architecture"])
    likeness = grouped(of_maps, "correlation", ["architecture", "method"])
    text += "\n" + "\n".join(
        f"On `{a}` the score falls, over the four groups removed one at a time, by "
        f"{interval(mean)} times what it falls when all are removed together." for (a,), mean in
        ratio.items())
    text += """

Does the evidence that a map gives to a group of feature maps (the sum of its raw map) say by how much
the score falls without it? The correlation over the four groups:

"""
    text += table(["networks", "method", "correlation of evidence and fall"],
                  [[f"`{a}`", SHORT[m], interval(mean)] for (a, m), mean in likeness.items()])

    text += """
**Parts, by feature maps.** Of the map of each of the ten feature maps that contribute most, and of the
whole map (Grad-CAM++), the share that lies on the objects, and the share of that on their rim (a fifth
of the radius wide; the rim's share of the visible pixels in comparison):

"""
    few = [dict(row, what="the whole map" if row["rank"] == "0" else
                "the first" if row["rank"] == "1" else "the second to tenth") for row in parts]
    on = grouped(few, "on_object", ["architecture", "what"])
    rim = grouped(few, lambda r: float(r["on_rim"]) / float(r["on_object"])
                  if float(r["on_object"]) > 0 else math.nan, ["architecture", "what"])
    area = grouped(few, "share_of_image", ["architecture", "what"])
    border = grouped(few, "rim_of_object", ["architecture", "what"])
    text += table(["networks", "feature maps", "on the objects", "objects' share of the image",
                   "of that on the rim", "rim's share of the objects"],
                  [[f"`{a}`", w, interval(on[a, w]), number(area[a, w].mean), interval(rim[a, w]),
                    number(border[a, w].mean)] for a, w in sorted(on, reverse=True)])
    for architecture in study.architectures:
        found, chance = explained_by_map([r for r in parts if r["architecture"] == architecture])
        text += (f"\nOn `{architecture}`, which feature map it is explains "
                 f"{', '.join(f'{100 * f:.0f} %' for f in found)} of the variance of the rim's share "
                 f"(by network; by chance it would be {', '.join(f'{100 * c:.0f} %' for c in chance)}): "
                 f"the more, the more a feature map is one of rims or of insides in every scene.\n")

    text += """
**Parts, by neurons.** In scenes with several objects of the class, the neurons under one object's box
are selected. Of what the map shows on objects of the class, the share on this one, when all neurons
take part, when only the selected ones make the weights (`weight`), and when only they are summed
(`contribution`); beside it the object's share of the pixels of all:

"""
    share = grouped(neurons, lambda r: float(r["on_own"]) / (float(r["on_own"]) + float(r["on_others"]))
                    if float(r["on_own"]) + float(r["on_others"]) > 0 else math.nan,
                    ["architecture", "method", "neurons"])
    own = grouped(neurons, "own_area", ["architecture", "method", "neurons"])
    rows = []
    for architecture in study.architectures:
        for method in ("grad-cam", "grad-cam++", SMOOTH):
            if (architecture, method, "all") in share:
                rows.append([f"`{architecture}`", SHORT[method],
                             *[interval(share[architecture, method, n])
                               for n in ("all", "weight", "contribution")],
                             number(own[architecture, method, "all"].mean)])
    return text + table(["networks", "method", "all neurons", "`weight`", "`contribution`",
                         "share of the pixels"], rows)


def rq4(study):
    metrics = ["energy-inside", "mass-accuracy", "pointing-game", "iou", "entropy"]
    text = f"""## RQ4: Which layer, and how many feature maps?

From the first layer to the last, on the first {
        len(next(iter(study.results(study.architectures[0], "layers"))).objects)} scenes; the last
column is the difference to the last layer.

![Localisation by layer](images/study-layers.svg)

"""
    rows = []
    for architecture in study.architectures:
        layers = study.results(architecture, "layers")[0].layers
        for index, layer in enumerate(layers):
            for method in ("grad-cam", "grad-cam++", SMOOTH):
                rows.append([f"`{architecture}`", f"`{layer}`", SHORT[method], *[
                    interval(study.mean(architecture, "layers", method, metric, index))
                    for metric in metrics],
                    "" if index == len(layers) - 1 else difference_cell(
                        "mass-accuracy",
                        study.difference(architecture, "layers", method, method, "mass-accuracy",
                                         index, other_layer=len(layers) - 1))])
    text += table(["networks", "layer", "method", *metrics, "mass-accuracy less the last layer's"],
                  rows)
    top = study.table("top")
    like = grouped(top, "likeness", ["architecture", "method", "maps"])
    on = grouped(top, "on_object", ["architecture", "method", "maps"])
    text += """
**Feature maps.** With the feature maps alone that contribute most: how alike the map is to that of all
(correlation of what is shown), and which share of it lies on the objects:

"""
    counts = sorted({int(row["maps"]) for row in top})
    rows = []
    for architecture in study.architectures:
        for method in ("grad-cam", "grad-cam++", SMOOTH):
            for title, found in (("likeness", like), ("on the objects", on)):
                rows.append([f"`{architecture}`", SHORT[method], title, *[
                    interval(found[architecture, method, str(n)])
                    if (architecture, method, str(n)) in found else "–" for n in counts]])
    return text + table(["networks", "method", "", *[f"{n} maps" for n in counts]], rows)


def sweep_settings(study, formula):
    """The method names in a sweep by noise, samples and seed."""
    found = {}
    results = study.results(study.architectures[0], f"sweep-{formula}")[0]
    for _, method, _ in results.values:
        options = dict(part.split("=") for part in method.split(":")[1:])
        found[float(options["noise"]), int(options["samples"]), int(options["seed"])] = method
    return found


def cell_values(study, architecture, formula, metric, noise, samples):
    """Networks by scenes, the mean over noise seeds."""
    settings = sweep_settings(study, formula)
    each = [study.values(architecture, f"sweep-{formula}", method, metric)
            for (level, count, _), method in settings.items()
            if level == noise and count == samples]
    return np.mean(each, axis=0)


def counts_of(study, formula):
    return sorted({samples for _, samples, _ in sweep_settings(study, formula)})


def rq5(study):
    metrics = [*NOISE_METRICS, "agreement-over-seeds"]
    settings = sweep_settings(study, "corrected")
    levels = sorted({noise for noise, _, _ in settings if noise > 0})
    counts = sorted({samples for _, samples, _ in settings})
    seeds = len({seed for _, _, seed in settings})
    scenes = len(study.results(study.architectures[0], "sweep-corrected")[0].objects)
    text = f"""## RQ5: Noise and number of samples

The first {scenes} scenes, {seeds} noise seeds each, whose mean counts. Differences to the map without
noise, which is that of Grad-CAM++ for `corrected` and `mean-of-maps`, and of the most samples
({', '.join(f'{counts_of(study, f)[-1]} of `{f}`' for f in FORMULAS)}) to one:

![By noise and samples](images/study-noise.svg)

"""
    rows, more = [], []
    for formula in FORMULAS:
        most = counts_of(study, formula)[-1]
        for architecture in study.architectures:
            for metric in NOISE_METRICS:
                clean = cell_values(study, architecture, formula, metric, 0, counts[0])
                rows.append([formula, f"`{architecture}`", metric, interval(Mean(clean)), *[
                    difference_cell(metric, Mean(
                        cell_values(study, architecture, formula, metric, level, most) - clean))
                    for level in levels]])
                more.append([formula, f"`{architecture}`", metric, *[
                    difference_cell(metric, Mean(
                        cell_values(study, architecture, formula, metric, level, most)
                        - cell_values(study, architecture, formula, metric, level, counts[0])))
                    for level in levels]])
    text += table(["formula", "networks", "metric", "without noise",
                   *[f"noise {level:g} less none" for level in levels]], rows)
    text += "\nThe most samples less one:\n\n"
    text += table(["formula", "networks", "metric", *[f"noise {level:g}" for level in levels]], more)
    text += """
How much maps of different noise seeds agree (mean correlation of raw maps), by noise and samples:

"""
    rows = []
    for formula in FORMULAS:
        for architecture in study.architectures:
            for level in levels:
                rows.append([formula, f"`{architecture}`", f"{level:g}", *[
                    f"{Mean(cell_values(study, architecture, formula, metrics[-1], level, n)).mean:.4f}"
                    if n in counts_of(study, formula) else "–" for n in counts]])
    return text + table(["formula", "networks", "noise", *[f"{n} samples" for n in counts]], rows)


# ---- figures


def save(figure, path):
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def scene_figure(study, folder):
    columns = []
    for kind in study.kinds:
        scene = next(s for s in study.scenes if s["kind"] == kind)
        image = np.asarray(Image.open(study.work / "scenes" / scene["file"]))
        mask = np.asarray(Image.open(study.work / "scenes" / scene["mask"]))
        shades = np.array([0, 255, 170, 100], np.uint8)[mask]
        columns.append(np.vstack([image, np.repeat(shades[..., None], 3, 2)]))
    Image.fromarray(np.hstack(columns)).save(folder / "study-scenes.png", optimize=True)


def method_figure(study, folder):
    metrics = LOCALISATION + ["multi-object-recall"] + SHARPNESS + FAITHFULNESS
    figure, axes = plt.subplots(2, 6, figsize=(15, 5), layout="constrained")
    for axis in axes.flat[len(metrics):]:
        axis.set_visible(False)
    for place, (axis, metric) in enumerate(zip(axes.flat, metrics)):
        for shift, (architecture, mark) in enumerate(zip(study.architectures, "os")):
            for row, method in enumerate(METHODS):
                mean = study.mean(architecture, "methods", method, metric)
                axis.errorbar(mean.mean, -row - 0.25 * shift,
                              xerr=[[mean.mean - mean.low], [mean.high - mean.mean]],
                              fmt=mark, color=f"C{shift}", markersize=4,
                              label=architecture if row == 0 else None)
        axis.set_yticks(-np.arange(len(METHODS)) - 0.125, [SHORT[m] for m in METHODS])
        axis.tick_params(labelleft=place % 6 == 0)
        axis.set_title(f"{metric} ({'more' if DIRECTIONS[metric] > 0 else 'less'} is better)",
                       fontsize=9)
    axes.flat[0].legend(fontsize=8)
    save(figure, folder / "study-methods.svg")


def layer_figure(study, folder):
    metrics = ["mass-accuracy", "pointing-game", "entropy"]
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.4), layout="constrained")
    for axis, metric in zip(axes, metrics):
        for line, architecture in zip(("-", "--"), study.architectures):
            layers = study.results(architecture, "layers")[0].layers
            for colour, method in enumerate(("grad-cam", "grad-cam++", SMOOTH)):
                axis.plot(range(1, len(layers) + 1),
                          [study.mean(architecture, "layers", method, metric, i).mean
                           for i in range(len(layers))], line, color=f"C{colour}", marker=".",
                          label=f"{SHORT[method]}, {architecture}")
        axis.set_xlabel("layer, from the first to the last")
        axis.set_xticks(range(1, len(layers) + 1))
        axis.set_title(metric, fontsize=10)
    axes[0].legend(fontsize=7)
    save(figure, folder / "study-layers.svg")


def noise_figure(study, folder):
    metrics = ["mass-accuracy", "entropy", "agreement-over-seeds"]
    settings = sweep_settings(study, "corrected")
    levels = sorted({noise for noise, _, _ in settings if noise > 0})
    counts = sorted({samples for _, samples, _ in settings})
    figure, axes = plt.subplots(len(study.architectures), 3, figsize=(12, 6), squeeze=False,
                                layout="constrained")
    for row, architecture in zip(axes, study.architectures):
        for axis, metric in zip(row, metrics):
            for line, formula in zip(("-", "--", ":"), FORMULAS):
                for colour, count in enumerate(counts):
                    if count not in counts_of(study, formula):
                        continue
                    values = [Mean(cell_values(study, architecture, formula, metric, level,
                                               count)).mean for level in levels]
                    start = [] if metric == metrics[-1] else [
                        Mean(cell_values(study, architecture, formula, metric, 0, counts[0])).mean]
                    axis.plot([0] * len(start) + levels, start + values, line, marker=".",
                              color=f"C{colour}", label=f"{formula}, {count}")
            axis.set_title(f"{metric}, {architecture}", fontsize=9)
            axis.set_xlabel("noise")
    axes.flat[0].legend(fontsize=6, title="formula, samples", title_fontsize=6)
    save(figure, folder / "study-noise.svg")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--work", type=Path, required=True)
    arguments.add_argument("--out", type=Path, required=True, help="the folder docs")
    options = arguments.parse_args()
    matplotlib.rcParams["svg.hashsalt"] = "pellucid"
    study = Study(options.work, HERE / "networks")
    images = options.out / "images"
    images.mkdir(parents=True, exist_ok=True)
    for figure in (scene_figure, method_figure, layer_figure, noise_figure):
        figure(study, images)
    text = f"""# The study

Written by `examples/study/run`, with `--scenes {len(study.images) // len(study.kinds)}`; every number
and every verdict comes of that command, and nothing here is edited by hand. It answers the questions of
*Smooth Grad-CAM++* ([Omeiza et al. 2019](https://arxiv.org/abs/1908.01224)), which the paper answers
with a few pictures, on small networks and drawn scenes, for which everything is known. What holds
here need not hold for photographs and large networks; `pellucid evaluate` and `pellucid sweep` ask
the same of those.

"""
    for section in (short, setting, rq1, rq2, rq3, rq4, rq5, formulas):
        text += section(study) + "\n"
    (options.out / "study.md").write_text(text.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
