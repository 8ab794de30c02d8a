"""Times PyTorch on a graphics card at the work that gpu-check times: the same networks with random
weights, in milliseconds, medians of calls whose results have come back to the host.

  python3 pytorch.py VGG16,RESNET50 [DEVICE]

Writes lines of words with tabs between, as org.pellucid.bench.gpu.Lines reads them.
"""

import statistics
import sys
import time

MANY = 25
SECONDS_OF_WARMING_UP = 0.5
SECONDS_PER_WORK = 1.0
FEWEST, MOST = 3, 40
LEVEL = 0.15


def tell(*words):
    print("\t".join(" ".join(str(word).split()) for word in words), flush=True)


try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError as missing:
    tell("note", f"PyTorch was not timed: {sys.executable} has none ({missing})")
    sys.exit(0)


class Vgg16(nn.Module):
    """Simonyan and Zisserman 2015, configuration D."""

    def __init__(self):
        super().__init__()
        layers, depth = [], 3
        for stage, maps in enumerate([[64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3]):
            if stage > 0:
                layers.append(nn.MaxPool2d(2, 2))
            for count in maps:
                layers += [nn.Conv2d(depth, count, 3, padding=1), nn.ReLU()]
                depth = count
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.MaxPool2d(2, 2),
            nn.Flatten(),
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Linear(4096, 1000),
        )


class Bottleneck(nn.Module):
    def __init__(self, depth, maps, stride, projected):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(depth, maps, 1),
            nn.ReLU(),
            nn.Conv2d(maps, maps, 3, stride=stride, padding=1),
            nn.ReLU(),
            nn.Conv2d(maps, 4 * maps, 1),
        )
        self.shortcut = nn.Conv2d(depth, 4 * maps, 1, stride=stride) if projected else nn.Identity()

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


class ResNet50(nn.Module):
    """He et al. 2016 with the stride in the 3x3 convolution, and batch normalization folded."""

    def __init__(self):
        super().__init__()
        layers = [nn.Conv2d(3, 64, 7, stride=2, padding=3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
        depth = 64
        for stage, count in enumerate([3, 4, 6, 3]):
            for block in range(count):
                maps = 64 << stage
                stride = 2 if stage > 0 and block == 0 else 1
                layers.append(Bottleneck(depth, maps, stride, block == 0))
                depth = 4 * maps
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


NETWORKS = {"VGG16": Vgg16, "RESNET50": ResNet50}
PRECISIONS = ["float32", "tf32", "bf16"]


def layer_and_gradient(net, x):
    """Activations at the last layer, and there the gradients of each image's score of class 0."""
    with torch.no_grad():
        a = net.features(x)
    a = a.detach().requires_grad_(True)
    (g,) = torch.autograd.grad(net.head(a)[:, 0].sum(), a)
    return a.detach(), g


def forward(net, host):
    with torch.inference_mode():
        return net.head(net.features(host.to(DEVICE, DTYPE))).float().cpu()


def gradients(net, host):
    a, g = layer_and_gradient(net, host.to(DEVICE, DTYPE))
    return a.float().cpu(), g.float().cpu()


def grad_cam(net, host):
    a, g = layer_and_gradient(net, host.to(DEVICE, DTYPE))
    return (g.float().mean((2, 3), keepdim=True) * a.float()).sum(1).cpu()


def smooth_grad_cam_plus_plus(net, host, at_once):
    """25 noisy copies, so many at once; the sums stay on the card."""
    x = host.to(DEVICE)
    sigma = LEVEL * (x.max() - x.min())
    a, _ = layer_and_gradient(net, x.to(DTYPE))
    sums = [0, 0, 0]
    for _ in range(MANY // at_once):
        noisy = x + sigma * torch.randn(at_once, *x.shape[1:], device=DEVICE)
        _, g = layer_and_gradient(net, noisy.to(DTYPE))
        g = g.float()
        for power in range(3):
            sums[power] = sums[power] + (g ** (power + 1)).sum(0, keepdim=True)
    d1, d2, d3 = (total / MANY for total in sums)
    a = a.float()
    below = 2 * d2 + a.sum((2, 3), keepdim=True) * d3
    alpha = torch.where(below == 0, torch.zeros_like(below), d2 / below)
    weights = (alpha * d1.clamp(min=0)).sum((2, 3), keepdim=True)
    return (weights * a).sum(1).clamp(min=0).cpu()


def median(work):
    warm = time.perf_counter() + SECONDS_OF_WARMING_UP
    work()
    while time.perf_counter() < warm:
        work()
    times, end = [], time.perf_counter() + SECONDS_PER_WORK
    while len(times) < FEWEST or (len(times) < MOST and time.perf_counter() < end):
        start = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def measure(name):
    global DTYPE
    torch.manual_seed(0)
    net = NETWORKS[name]().eval().to(DEVICE)
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    one = torch.randn(1, 3, 224, 224)
    many = one.expand(MANY, -1, -1, -1).contiguous()
    works = [
        ("forward pass, ms", 1, lambda: forward(net, one)),
        ("forward pass, ms", MANY, lambda: forward(net, many)),
        ("Grad-CAM, ms", 1, lambda: grad_cam(net, one)),
        ("activations and gradients, ms", MANY, lambda: gradients(net, many)),
        ("Smooth Grad-CAM++, n = 25, ms", 1, lambda: smooth_grad_cam_plus_plus(net, one, 1)),
        ("Smooth Grad-CAM++, n = 25, ms", MANY, lambda: smooth_grad_cam_plus_plus(net, one, MANY)),
    ]
    for precision in PRECISIONS:
        DTYPE = torch.bfloat16 if precision == "bf16" else torch.float32
        torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
        torch.backends.cudnn.allow_tf32 = precision == "tf32"
        net.to(DTYPE)
        for what, batch, work in works:
            try:
                tell("cell", name, what, batch, "PyTorch " + precision, f"{median(work):.2f}")
            except RuntimeError as failure:
                tell("note", f"PyTorch {precision}, {name}, {what}, {batch}: {failure}")
        # Back to float32 for the next: the weights' values do not matter.
        net.to(torch.float32)


DEVICE = sys.argv[2] if len(sys.argv) > 2 else "cuda"
DTYPE = torch.float32
if DEVICE == "cuda" and not torch.cuda.is_available():
    tell("note", f"PyTorch was not timed: PyTorch {torch.__version__} finds no graphics card")
    sys.exit(0)
torch.backends.cudnn.benchmark = True
tell("note", f"PyTorch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}")
for wanted in sys.argv[1].split(","):
    if wanted in NETWORKS:
        measure(wanted)
    else:
        tell("note", f"PyTorch was not timed on {wanted}")
