#!/usr/bin/env python3
"""Makes torch_curvature.json: the curvature of networks as PyTorch computes it, in float64 on the CPU.

    pip install torch==2.15.0
    python3 tests/reference/make_torch_curvature.py        (a few seconds)

All eigenvalues of the Hessian, of the Gauss-Newton matrix (without L2, which it then has on its diagonal) and of the Hessian's
diagonal block of each layer with its normalisation, by torch.linalg.eigvalsh of the matrices in full; and how much higher the
loss is at SAM's and at ASAM's ascent points, with the radii 0.05 and 0.5. The networks are those of make_torch_networks.py.
"""

import json
import platform
from pathlib import Path

import torch
from make_torch_networks import flat, freeze, functional_call, problem, spec
from torch.autograd.functional import hessian, jacobian

CASES = [
    ({"widths": [2, 8, 8, 1], "loss": "bce"}, 40, False),
    ({"widths": [3, 12, 3], "loss": "ce", "activation": "gelu"}, 30, False),
    ({"widths": [4, 6, 6, 2], "loss": "mse", "activation": "softplus", "residual": True}, 25, False),
    ({"widths": [3, 7, 7, 3], "loss": "ce", "activation": "silu", "norm": "layer"}, 25, False),
    ({"widths": [3, 6, 6, 1], "loss": "bce", "norm": "batch"}, 30, False),
    ({"widths": [3, 6, 6, 1], "loss": "bce", "norm": "batch"}, 30, True),
    ({"widths": [4, 9, 3], "loss": "ce", "activation": "relu", "l2": 0.02}, 40, False),
    ({"widths": [5, 3], "loss": "ce", "bias": False}, 20, False),
    ({"widths": [2, 16, 16, 1], "loss": "bce"}, 60, False),
]


def case(settings, samples, frozen, seed):
    network, inputs, targets, value, of_outputs, l2 = problem(settings, samples, seed)
    if frozen:
        freeze(network)
    shapes = {name: p.shape for name, p in network.named_parameters()}
    theta = flat(network.parameters()).detach()

    def named(theta):
        parts = torch.split(theta, [shape.numel() for shape in shapes.values()])
        return {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts)}

    def loss(theta):
        return value(named(theta))

    def outputs(theta):
        return functional_call(network, named(theta), (inputs,))

    whole = hessian(loss, theta)
    z = outputs(theta).detach()
    slopes = jacobian(outputs, theta).reshape(z.numel(), -1)
    bends = hessian(of_outputs, z).reshape(z.numel(), z.numel())
    gauss_newton = slopes.T @ bends @ slopes + l2 * torch.eye(len(theta))
    at = theta.clone().requires_grad_()
    here = loss(at)
    (gradient,) = torch.autograd.grad(here, at)
    places, first = {}, 0
    for name, shape in shapes.items():
        number = name.split(".")[1]
        places.setdefault(f"layers.{number}", []).extend(range(first, first + shape.numel()))
        first += shape.numel()
    size = theta.abs()
    stretched = size * gradient
    made = {
        "network": spec(settings),
        "width": inputs.shape[1],
        "inputs": inputs.reshape(-1).tolist(),
        "outputs": settings["widths"][-1],
        "targets": targets.reshape(-1).tolist(),
        "theta": theta.tolist(),
        "loss": here.item(),
        "hessian": torch.linalg.eigvalsh(whole).tolist(),
        "gauss_newton": torch.linalg.eigvalsh(gauss_newton).tolist(),
        "adaptive_lambda_max": torch.linalg.eigvalsh(size[:, None] * whole * size)[-1].item(),
        "layers": {name: torch.linalg.eigvalsh(whole[own][:, own]).tolist() for name, own in places.items()},
        "sam": (loss(theta + 0.05 * gradient / gradient.norm()) - here).item(),
        "adaptive": (loss(theta + 0.5 * size * stretched / stretched.norm()) - here).item(),
    }
    if frozen:
        made["moments"] = [[norm.running_mean.tolist(), norm.running_var.tolist()] for norm in network.norms]
    return made


def main():
    torch.set_default_dtype(torch.float64)
    torch.use_deterministic_algorithms(True)
    made = {
        "made_with": {"torch": torch.__version__.split("+")[0], "python": platform.python_version()},
        "cases": [case(*settings, seed) for seed, settings in enumerate(CASES)],
    }
    path = Path(__file__).parent / "torch_curvature.json"
    path.write_text(json.dumps(made, separators=(",", ":")) + "\n")


main()
