"""Times Pellucid and the libraries that people use today on the same work, in turns.

For each network and each work, every participant is visited once a round: it does the work for half a
second, once at least, and the mean is one measurement. Printed are medians with quartiles, and the
median over the rounds of the ratio to the first participant, so that a machine that is busy or slow for
a while slows both alike. See README.md beside this file.
"""

import argparse
import gc
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import torch

import libraries
from disturbance import Disturbance
from networks import NETWORKS, SIZE, build, export, image
from worker import Worker, work

TARGET = 7
VISIT_SECONDS = 0.5
MOST_RUNS = 100
CAM_METHODS = ["grad-cam", "grad-cam++", "smooth-grad-cam++", "xgrad-cam", "layer-cam"]
TORCH_CAM_KINDS = ["GradCAM", "GradCAMpp", "SmoothGradCAMpp", "XGradCAM", "LayerCAM"]
SAMPLES_OF_ALL = 4  # torch-cam's default for Smooth Grad-CAM++
SAMPLES_OF_SMOOTH_GRAD = 25
FLOOR_BATCHES = [1, 5]


class Native:
    """A function of a Python library as a participant."""

    def __init__(self, function):
        self.function = function

    def visit(self):
        """The mean time of a run."""
        start = time.perf_counter()
        runs = 0
        while True:
            self.function()
            runs += 1
            elapsed = time.perf_counter() - start
            if runs >= MOST_RUNS or elapsed >= VISIT_SECONDS:
                return elapsed / runs

    def close(self):
        """Takes hooks off the model, for which no work of another library should pay."""
        getattr(self.function, "close", lambda: None)()


class Floor:
    """Bare forward passes of as many images as a work has samples, on the engine that it runs on:
    what no explanation can be faster than. One batch is timed, and taken as often as it has to be."""

    def __init__(self, worker, samples, batch):
        self.worker = worker
        self.batch = batch
        self.batches = samples / batch

    def visit(self):
        """The time of all images."""
        question = work("forward", batch=self.batch)
        answer = self.worker.ask("visit", question, seconds=VISIT_SECONDS, most=MOST_RUNS, forwards=False)
        return answer["seconds"] * self.batches

    def close(self):
        """The worker serves other work, too."""


class Pellucid:
    """Some work of a worker as a participant."""

    def __init__(self, worker, *works):
        self.worker = worker
        self.works = works

    def visit(self):
        """The mean time of a run."""
        question = {"works": list(self.works)} if len(self.works) > 1 else {}
        answer = self.worker.ask(
            "visit", self.works[0], seconds=VISIT_SECONDS, most=MOST_RUNS, forwards=False, **question
        )
        return answer["seconds"]

    def close(self):
        """The worker serves other work, too."""


def participants(name, network, model, x, workers):
    """Who does a work: a function per participant that makes it ready; it may not be made."""
    layer = network.tensor
    ours = {
        "forward": [work("forward", batch=1)],
        "grad-cam": [work("grad-cam", layer)],
        "grad-cam++": [work("grad-cam++", layer)],
        "layer-cam": [work("layer-cam", layer)],
        "score-cam": [work("score-cam", layer)],
        "smooth-grad": [work("smooth-grad", samples=SAMPLES_OF_SMOOTH_GRAD)],
        "all-cam": [
            work(method, layer, **({"samples": SAMPLES_OF_ALL} if "smooth" in method else {}))
            for method in CAM_METHODS
        ],
    }
    kind = name.partition(":")[0]
    samples = int(name.partition(":")[2] or 0)
    if kind == "smooth-grad-cam++":
        ours[kind] = [work(kind, layer, samples=samples)]
    std = libraries.STD_PART * float((x.max() - x.min()).detach())
    theirs = {
        "forward": {"PyTorch": lambda: libraries.forward(model, x)},
        "grad-cam": {
            "torch-cam": lambda: libraries.torch_cam("GradCAM", model, network, x, TARGET),
            "pytorch-grad-cam": lambda: libraries.grad_cam("GradCAM", model, network, x, TARGET),
            "captum": lambda: libraries.captum_grad_cam(model, network, x, TARGET),
        },
        "grad-cam++": {
            "torch-cam": lambda: libraries.torch_cam("GradCAMpp", model, network, x, TARGET),
            "pytorch-grad-cam": lambda: libraries.grad_cam("GradCAMPlusPlus", model, network, x, TARGET),
        },
        "smooth-grad-cam++": {
            "torch-cam": lambda: libraries.torch_cam(
                "SmoothGradCAMpp", model, network, x, TARGET, num_samples=samples, std=std
            )
        },
        "layer-cam": {
            "torch-cam": lambda: libraries.torch_cam("LayerCAM", model, network, x, TARGET),
            "pytorch-grad-cam": lambda: libraries.grad_cam("LayerCAM", model, network, x, TARGET),
        },
        "score-cam": {"torch-cam": lambda: libraries.torch_cam_score(model, network, x, TARGET)},
        "smooth-grad": {
            f"captum, {at_once} at once": lambda at_once=at_once: libraries.captum_smooth_grad(
                model, x, TARGET, SAMPLES_OF_SMOOTH_GRAD, at_once
            )
            for at_once in (1, 5)
        },
        "all-cam": {
            "torch-cam": lambda: libraries.torch_cam_all(
                TORCH_CAM_KINDS,
                model,
                network,
                x,
                TARGET,
                SmoothGradCAMpp={"num_samples": SAMPLES_OF_ALL, "std": std},
            )
        },
    }
    made = {
        f"Pellucid, {backend}": lambda worker=worker: Pellucid(worker, *ours[kind])
        for backend, worker in workers.items()
    }
    if samples:
        for backend, worker in workers.items():
            for batch in FLOOR_BATCHES:
                made[f"floor, {backend}, {batch} at once"] = lambda worker=worker, batch=batch: Floor(
                    worker, samples, batch
                )
    made.update(
        {library: lambda make=make: Native(make()) for library, make in theirs[kind].items()}
    )
    return made


def measure(ready, rounds, warm_up, disturbance, tolerated):
    """Times of each participant, one per round. A round in which other processes took more than a
    part of the machine during a visit is done again, as long as that happens to every other at most."""
    times = {name: [] for name in ready}
    again = rounds
    number = -warm_up
    while number < rounds:
        found = {}
        disturbed = False
        for name, make in ready.items():
            participant = make()
            gc.collect()
            start, others = time.perf_counter(), disturbance.seconds()
            try:
                found[name] = participant.visit()
            finally:
                participant.close()
            elapsed = time.perf_counter() - start
            disturbed |= disturbance.seconds() - others > tolerated * elapsed * os.cpu_count()
        if disturbed and number >= 0:
            again -= 1
            print("disturbed", file=sys.stderr)
            if again < 0:
                sys.exit("Other processes use the machine; nothing can be timed.")
            continue
        if number >= 0:
            for name, seconds in found.items():
                times[name].append(seconds)
        number += 1
    return times


def quartiles(numbers):
    """Lower quartile, median, upper quartile."""
    if len(numbers) == 1:
        return [numbers[0]] * 3
    return statistics.quantiles(numbers, n=4, method="inclusive")


def check(network, model, x, worker):
    """Stops where Pellucid's Grad-CAM is not captum's: then it is not the same work."""
    ours = torch.tensor(worker.ask("map", work("grad-cam", network.tensor))["values"])
    attribution = libraries.captum_grad_cam(model, network, x, TARGET)().detach()
    theirs = attribution.flatten().to(ours.dtype)
    # captum's weights are means over cells, as Pellucid's; no ReLU in either.
    difference = float((ours - theirs).abs().max() / theirs.abs().max())
    print(f"{network.name}: Grad-CAM differs from captum's by {difference:.1e} of the largest value", file=sys.stderr)
    if not difference < 1e-2:
        sys.exit("These are not the same maps.")


def report(rows, facts):
    """A Markdown table."""
    lines = [f"{facts['machine']}; {facts['threads']} threads; {facts['versions']}", ""]
    lines += [
        "| Network | Work | Participant | Median, ms | Quartiles | Time / Pellucid's | Quartiles | Rounds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        low, median, high = (1e3 * second for second in row["quartiles"])
        ratio = row["ratio"]
        lines.append(
            f"| {row['network']} | {row['work']} | {row['participant']} | {median:.4g} "
            f"| {low:.4g} - {high:.4g} | "
            + (f"{ratio[1]:.2f} | {ratio[0]:.2f} - {ratio[2]:.2f}" if ratio else "1 | ")
            + f" | {row['rounds']} |"
        )
    return "\n".join(lines) + "\n"


def compact(rows):
    """A Markdown table with a row for each work: times of the first, the others as multiples."""
    works = {}
    for row in rows:
        works.setdefault((row["network"], row["work"]), []).append(row)
    others = list(dict.fromkeys(row["participant"] for row in rows if row["ratio"]))
    first = next(row["participant"] for row in rows if not row["ratio"])
    lines = [f"| Network | Work | {first}, ms | " + " | ".join(others) + " | Rounds |"]
    lines.append("|---" * (len(others) + 4) + "|")
    for (network, name), found in works.items():
        cells = {row["participant"]: row for row in found}
        low, median, high = (1e3 * second for second in cells[first]["quartiles"])
        texts = [f"{median:.4g} ({low:.4g} - {high:.4g})"]
        for other in others:
            ratio = cells[other]["ratio"] if other in cells else None
            texts.append(f"{ratio[1]:.2f} ({ratio[0]:.2f} - {ratio[2]:.2f})" if ratio else "")
        lines.append(f"| {network} | {name} | " + " | ".join(texts) + f" | {found[0]['rounds']} |")
    return "\n".join(lines) + "\n"


def processor():
    """The processor's name."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor()


def main():
    """Runs what is asked for."""
    names = ["forward", "grad-cam", "grad-cam++", "smooth-grad-cam++:4", "smooth-grad-cam++:25"]
    names += ["smooth-grad-cam++:50", "layer-cam", "smooth-grad", "all-cam", "score-cam"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pellucid", type=Path, required=True, help="the command")
    parser.add_argument("--networks", default=",".join(n.name for n in NETWORKS), help="default: all four")
    parser.add_argument("--works", default=",".join(names), help=f"default: {','.join(names)}")
    parser.add_argument("--backends", default="onnxruntime,djl", help="of Pellucid; the first is compared with")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--warm-up", type=int, default=3, help="rounds that are not counted")
    parser.add_argument(
        "--disturbed",
        type=float,
        default=0.1,
        metavar="PART",
        help="a round in which other processes take more than this part of all cores is done again; above 1 none",
    )
    parser.add_argument("--size", type=int, default=SIZE, help="of the image; a small one shows whether all runs")
    parser.add_argument("--out", type=Path, default=Path("peers.json"), help="what was measured, as data; added to")
    parser.add_argument("--report", action="store_true", help="only print what --out has, a row for each work")
    asked = parser.parse_args()
    if asked.report:
        print(compact(json.loads(asked.out.read_text())["rows"]))
        return
    torch.set_num_threads(asked.threads)
    libraries_used = ["torch", "torchvision", "torchcam", "grad-cam", "captum"]
    facts = {
        "machine": f"{processor()}, {platform.system()} {platform.release()}",
        "threads": asked.threads,
        "versions": ", ".join(f"{name} {version(name)}" for name in libraries_used),
    }
    rows = json.loads(asked.out.read_text())["rows"] if asked.out.exists() else []
    x = image(asked.size)
    for network in [n for n in NETWORKS if n.name in asked.networks.split(",")]:
        model = build(network)
        with tempfile.TemporaryDirectory() as folder:
            file, array = export(network, model, x, Path(folder))
            workers = {}
            try:
                for backend in asked.backends.split(","):
                    workers[backend] = Worker(asked.pellucid, file, array, backend, asked.threads, TARGET)
                    check(network, model, x, workers[backend])
                disturbance = Disturbance(workers.values())
                for name in asked.works.split(","):
                    ready = participants(name, network, model, x, workers)
                    times = measure(ready, asked.rounds, asked.warm_up, disturbance, asked.disturbed)
                    first = next(iter(times.values()))
                    for participant, seconds in times.items():
                        ratio = None if seconds is first else quartiles([a / b for a, b in zip(seconds, first)])
                        row = {
                            "network": network.name,
                            "work": name,
                            "participant": participant,
                            "seconds": seconds,
                            "quartiles": quartiles(seconds),
                            "ratio": ratio,
                            "rounds": asked.rounds,
                        }
                        rows.append(row)
                        print(report([row], facts).splitlines()[-1], file=sys.stderr, flush=True)
                    asked.out.write_text(json.dumps({"facts": facts, "rows": rows}, indent=1))
            finally:
                for worker in workers.values():
                    worker.close()
    print(report(rows, facts))


if __name__ == "__main__":
    main()
