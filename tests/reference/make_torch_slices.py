#!/usr/bin/env python3
"""Makes torch_slices.json and slices: losses on planes as PyTorch computes them, in float64 on the CPU.

    pip install torch==2.15.0 safetensors==0.8.0 numpy==2.4.6
    python3 tests/reference/make_torch_slices.py        (seconds)

slices      data, and weights and directions saved by safetensors.torch: state_dicts of nn.Sequential
planes      losses on planes through these weights along these directions, as they are and filter-normalised (Li et al. 2018,
            section 4; biases and normalisations zero); frozen: of batch normalisation in evaluation mode
eigenvectors    the top two of the Hessian, from torch.linalg.eigh of the whole matrix
components  principal components of a list of rows, from torch.linalg.svd
"""

import json
import platform
from pathlib import Path

import safetensors
import torch
from safetensors.torch import save_file
from torch import nn
from torch.autograd.functional import hessian
from torch.func import functional_call

HERE = Path(__file__).parent
FILES = HERE / "slices"
FILES.mkdir(exist_ok=True)
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def data(name, samples, classes, seed):
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(samples, 3, generator=generator)
    labels = torch.randint(0, classes, (samples,), generator=generator)
    lines = ["x,y,z,label"]
    lines += [",".join(map(repr, row)) + f",{label}" for row, label in zip(inputs.tolist(), labels.tolist())]
    (FILES / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return inputs, labels


def dense(widths, activation, norm=False):
    parts = []
    for index, (a, b) in enumerate(zip(widths, widths[1:])):
        parts.append(nn.Linear(a, b))
        if index < len(widths) - 2:
            parts += [nn.BatchNorm1d(b)] if norm else []
            parts.append(activation())
    return nn.Sequential(*parts)


def normalised(direction, weights):
    made = {}
    for name, d in direction.items():
        w = weights[name]
        made[name] = d * (w.norm(dim=1) / d.norm(dim=1))[:, None] if d.dim() > 1 else torch.zeros_like(d)
    return made


def save(name, state, dtype=torch.float64):
    state = {key: value.to(dtype) if value.is_floating_point() else value for key, value in state.items()}
    save_file({key: value.contiguous() for key, value in state.items()}, FILES / f"{name}.safetensors")
    return {key: value.to(torch.float64) for key, value in state.items() if value.is_floating_point()}


def losses(network, inputs, labels, criterion, origin, u, v, a, b):
    rows = []
    for y in b:
        for x in a:
            here = {name: origin[name] + x * u[name] + y * v[name] for name in u}
            outputs = functional_call(network, here, (inputs,))
            rows.append(criterion(outputs, labels).item())
    return rows


def planes():
    # name, network of the program, module, loss, type of the saved weights
    cases = [
        ("tanh", "mlp:hidden=6/5,activation=tanh,loss=bce", dense([3, 6, 5, 1], nn.Tanh), "bce", torch.float64),
        ("relu", "mlp:hidden=7,activation=relu,loss=ce", dense([3, 7, 3], nn.ReLU), "ce", torch.float32),
        ("batch", "mlp:hidden=4/4,activation=silu,norm=batch,loss=ce", dense([3, 4, 4, 3], nn.SiLU, True), "ce", torch.float64),
        ("half", "mlp:hidden=5,activation=tanh,loss=bce", dense([3, 5, 1], nn.Tanh), "bce", torch.float16),
        ("bfloat", "mlp:hidden=,loss=ce", dense([3, 3], nn.Tanh), "ce", torch.bfloat16),
    ]
    generator = torch.Generator().manual_seed(9)
    for name, network, module, loss, dtype in cases:
        inputs, labels = data(loss, 40, 2 if loss == "bce" else 3, len(loss))
        with torch.no_grad():
            for part in module:
                if isinstance(part, nn.BatchNorm1d):
                    part.weight.uniform_(0.5, 1.5)
                    part.bias.normal_()
                    part.running_mean.normal_(generator=generator)
                    part.running_var.uniform_(0.5, 1.5, generator=generator)
        origin = save(name, module.state_dict(), dtype)
        names = [key for key, _ in module.named_parameters()]
        origin = {key: origin[key] for key in names}
        u, v = ({key: torch.randn_like(value) for key, value in origin.items()} for _ in range(2))
        save(f"{name}-u", u)
        save(f"{name}-v", v)
        if loss == "bce":
            criterion = lambda outputs, labels: nn.functional.binary_cross_entropy_with_logits(
                outputs[:, 0], labels.to(outputs.dtype)
            )
        else:
            criterion = nn.functional.cross_entropy
        a, b = torch.linspace(-1, 1, 9).tolist(), torch.linspace(-0.5, 1.5, 7).tolist()
        of = lambda u, v: losses(module, inputs, labels, criterion, origin, u, v, a, b)
        module.eval()
        frozen = of(u, v) if any(isinstance(part, nn.BatchNorm1d) for part in module) else None
        module.train()
        yield {
            "name": name,
            "network": network,
            "data": f"{loss}.csv",
            "frozen": frozen,
            "raw": of(u, v),
            "filter": of(normalised(u, origin), normalised(v, origin)),
        }


def top(values, vectors):
    return {"values": values[-2:].flip(0).tolist(), "vectors": [vectors[:, -1].tolist(), vectors[:, -2].tolist()]}


def eigenvectors():
    widths, module = [3, 8, 1], dense([3, 8, 1], nn.Tanh)
    inputs, labels = torch.randn(25, 3), torch.randn(25, 1)
    shapes = {name: p.shape for name, p in module.named_parameters()}
    theta = torch.cat([p.detach().reshape(-1) for p in module.parameters()])

    def value(theta):
        parts = torch.split(theta, [shape.numel() for shape in shapes.values()])
        named = {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts)}
        return nn.functional.mse_loss(functional_call(module, named, (inputs,)), labels)

    return {
        "network": "mlp:hidden=8,activation=tanh,loss=mse",
        "width": widths[0],
        "inputs": inputs.reshape(-1).tolist(),
        "targets": labels.reshape(-1).tolist(),
        "theta": theta.tolist(),
        **top(*torch.linalg.eigh(hessian(value, theta))),
    }


def components():
    rows = torch.randn(12, 20) @ torch.diag(torch.linspace(3, 0.1, 20)) + 5
    _, s, vh = torch.linalg.svd(rows - rows.mean(dim=0), full_matrices=False)
    return {
        "dim": 20,
        "rows": rows.reshape(-1).tolist(),
        "explained": (s[:2] ** 2 / (s**2).sum()).tolist(),
        "vectors": vh[:2].tolist(),
    }


torch.manual_seed(7)
versions = {"python": platform.python_version(), "torch": torch.__version__, "safetensors": safetensors.__version__}
lines = [f'"made_with": {json.dumps(versions)}', '"planes": [\n' + ",\n".join(map(json.dumps, planes())) + "\n]"]
lines += [f'"eigenvectors": {json.dumps(eigenvectors())}', f'"components": {json.dumps(components())}']
(HERE / "torch_slices.json").write_text("{" + ",\n".join(lines) + "}\n")
