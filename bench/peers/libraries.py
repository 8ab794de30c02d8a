"""The same work by the libraries that people use today, each as its documentation has it.

All run in eval mode with frozen weights. A graph for gradients is only built where something needs
one, so the input asks for it, as torch-cam's documentation does."""

import captum.attr
import pytorch_grad_cam
import torch
import torchcam.methods
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

STD_PART = 0.15  # of the input's range, as Pellucid's default


def forward(model, x):
    """A plain forward pass, which nothing can be faster than."""

    def run():
        with torch.inference_mode():
            return model(x)

    return run


def torch_cam(kind, model, network, x, target, **options):
    """One of torch-cam's methods, with its hooks set once."""
    extractor = getattr(torchcam.methods, kind)(model, network.layer, **options)

    def run():
        scores = model(x.requires_grad_(True))
        return extractor(target, scores, normalized=False)[0]

    run.close = extractor.remove_hooks
    return run


def torch_cam_score(model, network, x, target):
    """torch-cam's Score-CAM, which asks for no gradients; 32 masks at once, its default."""
    extractor = torchcam.methods.ScoreCAM(model, network.layer)

    def run():
        with torch.inference_mode():
            model(x)
            return extractor(target)[0]

    run.close = extractor.remove_hooks
    return run


def torch_cam_all(kinds, model, network, x, target, **options):
    """Several of torch-cam's methods, one after the other: it has no way to share a pass."""
    def run():
        maps = []
        for kind in kinds:
            extractor = getattr(torchcam.methods, kind)(model, network.layer, **options.get(kind, {}))
            scores = model(x.requires_grad_(True))
            maps.append(extractor(target, scores, normalized=False)[0])
            extractor.remove_hooks()
        return maps

    return run


def grad_cam(kind, model, network, x, target):
    """One of pytorch-grad-cam's methods."""
    layer = model.get_submodule(network.layer)
    cam = getattr(pytorch_grad_cam, kind)(model=model, target_layers=[layer])
    targets = [ClassifierOutputTarget(target)]

    def run():
        return cam(input_tensor=x.requires_grad_(True), targets=targets)

    run.close = cam.activations_and_grads.release
    return run


def captum_grad_cam(model, network, x, target):
    """captum's Grad-CAM."""
    cam = captum.attr.LayerGradCam(model, model.get_submodule(network.layer))

    def run():
        return cam.attribute(x.requires_grad_(True), target=target)

    return run


def captum_smooth_grad(model, x, target, samples, at_once):
    """captum's SmoothGrad."""
    tunnel = captum.attr.NoiseTunnel(captum.attr.Saliency(model))
    std = STD_PART * float((x.max() - x.min()).detach())

    def run():
        return tunnel.attribute(
            x.requires_grad_(True),
            nt_type="smoothgrad",
            nt_samples=samples,
            nt_samples_batch_size=at_once,
            stdevs=std,
            target=target,
            abs=False,
        )

    return run
