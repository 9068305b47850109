#!/usr/bin/env python3
"""Makes torch_networks.json: networks on data as PyTorch computes them, in float64 on the CPU.

    pip install torch==2.15.0
    python3 tests/reference/make_torch_networks.py        (a minute)

points  loss, gradient, Hessian·vector, Gauss-Newton·vector and, of small networks, the Hessian, at seeded parameters; with
        moments where batch normalisation is in evaluation mode
layers  norms of gradients, weights and updates, and the share of dead ReLUs, layer by layer; the trace of the covariance of
        the gradients of single samples
paths   losses and last parameters of full-batch training; `compare` is the last step at which two runs from starts that
        differ by a rounding are still within 1e-10 of each other

The parameters are those of a module with `layers` and then `norms`, in the order of `parameters()`.
"""

import inspect
import json
import platform
from pathlib import Path

import torch
from torch import nn
from torch.autograd.functional import hessian, hvp, jvp, vjp
from torch.func import functional_call

HERE = Path(__file__).parent
STEPS = 50
ACTIVATIONS = {
    "identity": nn.Identity(),
    "relu": nn.ReLU(),
    "leaky-relu": nn.LeakyReLU(),
    "tanh": nn.Tanh(),
    "sigmoid": nn.Sigmoid(),
    "gelu": nn.GELU(),
    "silu": nn.SiLU(),
    "elu": nn.ELU(),
    "softplus": nn.Softplus(),
}
LOSSES = {"mse": nn.MSELoss(), "bce": nn.BCEWithLogitsLoss(), "ce": nn.CrossEntropyLoss()}
NORMS = {"none": None, "batch": nn.BatchNorm1d, "layer": nn.LayerNorm}


class Network(nn.Module):
    """Linear, norm, activation for each hidden layer; linear."""

    def __init__(self, widths, activation="tanh", norm="none", residual=False, bias=True):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b, bias=bias) for a, b in zip(widths, widths[1:]))
        norms = widths[1:-1] if NORMS[norm] else []
        self.norms = nn.ModuleList(NORMS[norm](width) for width in norms)
        self.activation = ACTIVATIONS[activation]
        self.residual = residual

    def forward(self, h):
        for l, layer in enumerate(self.layers[:-1]):
            u = layer(h)
            if self.norms:
                u = self.norms[l](u)
            a = self.activation(u)
            h = h + a if self.residual and a.shape == h.shape else a
        return self.layers[-1](h)


def spec(settings):
    """What the program calls the network."""
    words = {"hidden": "/".join(map(str, settings["widths"][1:-1])), "activation": "tanh", "loss": "bce"}
    words |= {key: value for key, value in settings.items() if key != "widths"}
    return "mlp:" + ",".join(f"{key}={str(value).lower() if isinstance(value, bool) else value}" for key, value in words.items())


def problem(settings, samples, seed):
    """A network with random parameters, and its loss as a function of named parameters."""
    torch.manual_seed(seed)
    settings = dict(settings)
    widths, loss, l2 = settings.pop("widths"), settings.pop("loss"), settings.pop("l2", 0.0)
    network = Network(widths, **settings)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(0.7 * torch.randn_like(parameter) + (1.0 if name.startswith("norms") and "weight" in name else 0.0))
    inputs = torch.randn(samples, widths[0])
    targets = torch.randn(samples, widths[-1]) if loss == "mse" else torch.arange(samples) % max(2, widths[-1])

    def value(parameters):
        outputs = functional_call(network, parameters, (inputs,))
        goal = targets[:, None].to(outputs.dtype) if loss == "bce" else targets
        data = LOSSES[loss](outputs, goal)
        return data + 0.5 * l2 * sum((p**2).sum() for p in parameters.values())

    def of_outputs(outputs):
        return LOSSES[loss](outputs, targets[:, None].to(outputs.dtype) if loss == "bce" else targets)

    return network, inputs, targets, value, of_outputs, l2


def flat(parameters):
    return torch.cat([p.reshape(-1) for p in parameters])


def freeze(network):
    """Evaluation mode, with random running averages."""
    for norm in network.norms:
        norm.running_mean.copy_(torch.randn_like(norm.running_mean))
        norm.running_var.copy_(torch.rand_like(norm.running_var) + 0.5)
    network.eval()


def point(settings, samples=6, seed=0, dense=False, frozen=False):
    network, inputs, targets, value, of_outputs, l2 = problem(settings, samples, seed)
    if frozen:
        freeze(network)
    parameters = {name: p.detach().clone().requires_grad_() for name, p in network.named_parameters()}
    shapes = {name: p.shape for name, p in parameters.items()}

    def named(theta):
        parts = torch.split(theta, [shape.numel() for shape in shapes.values()])
        return {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts)}

    theta = flat(parameters.values()).detach().requires_grad_()
    loss = value(named(theta))
    (gradient,) = torch.autograd.grad(loss, theta, create_graph=True)
    vector = torch.randn_like(theta)
    product = (gradient * vector).sum()
    (hessian_vector,) = torch.autograd.grad(product, theta) if product.requires_grad else (torch.zeros_like(theta),)

    def outputs(theta):
        return functional_call(network, named(theta), (inputs,))

    here = theta.detach()
    z, moved = jvp(outputs, here, vector)
    _, curved = hvp(of_outputs, z, moved)
    _, gauss_newton = vjp(outputs, here, curved)
    gauss_newton = gauss_newton + l2 * vector
    case = {
        "network": spec(settings),
        "names": list(shapes),
        "width": inputs.shape[1],
        "inputs": inputs.reshape(-1).tolist(),
        "outputs": settings["widths"][-1],
        "targets": targets.reshape(-1).tolist(),
        "theta": here.tolist(),
        "z": z.reshape(-1).tolist(),
        "loss": loss.item(),
        "gradient": gradient.tolist(),
        "vector": vector.tolist(),
        "hessian_vector": hessian_vector.tolist(),
        "gauss_newton_vector": gauss_newton.tolist(),
    }
    if frozen:
        case["moments"] = [[norm.running_mean.tolist(), norm.running_var.tolist()] for norm in network.norms]
    if dense:
        case["hessian"] = hessian(lambda theta: value(named(theta)), here).reshape(-1).tolist()
    return case


def points():
    for loss in LOSSES:
        for seed, activation in enumerate(ACTIVATIONS):
            widths = [3, 4, 1 if loss == "bce" else 2]
            yield point({"widths": widths, "activation": activation, "loss": loss}, 6, seed, dense=activation in ("gelu", "silu"))
    for seed, (loss, norm) in enumerate((loss, norm) for loss in LOSSES for norm in ("batch", "layer")):
        widths = [3, 5, 5, 1 if loss == "bce" else 3]
        for residual in (False, True):
            settings = {"widths": widths, "loss": loss, "norm": norm, "residual": residual}
            yield point(settings, 7, 30 + seed, dense=residual and loss == "ce")
    more = [
        {"widths": [2, 16, 16, 1], "loss": "bce"},
        {"widths": [2, 16, 16, 1], "loss": "mse", "activation": "gelu", "residual": True},
        {"widths": [5, 5, 5, 3], "loss": "ce", "activation": "elu", "residual": True},
        {"widths": [4, 9, 3], "loss": "ce", "activation": "softplus", "bias": False},
        {"widths": [4, 6, 6, 3], "loss": "ce", "activation": "silu", "bias": False, "norm": "batch"},
        {"widths": [4, 6, 3], "loss": "mse", "activation": "sigmoid", "l2": 0.3},
        {"widths": [4, 6, 1], "loss": "bce", "norm": "layer", "l2": 0.01},
        {"widths": [4, 3], "loss": "ce"},
        {"widths": [4, 2], "loss": "mse", "bias": False},
        {"widths": [1, 1], "loss": "mse", "l2": 0.1},
        {"widths": [3, 1], "loss": "bce"},
    ]
    for seed, settings in enumerate(more):
        yield point(settings, 9, 60 + seed)
    yield point({"widths": [2, 10, 3], "loss": "ce"}, 150, 90)
    for seed, loss in enumerate(LOSSES):
        settings = {"widths": [3, 4, 4, 1 if loss == "bce" else 2], "loss": loss, "norm": "batch", "residual": True}
        yield point(settings, 6, 80 + seed, frozen=True)


def layers(settings, samples, seed, frozen=False):
    network, inputs, targets, value, *_ = problem(settings, samples, seed)
    if frozen:
        freeze(network)
    with torch.no_grad():
        if network.layers[0].bias is not None and len(network.layers) > 1:
            network.layers[0].bias[1::3] -= 50  # Dead, if they are ReLUs.
    parameters = dict(network.named_parameters())
    before = {name: p.detach() + 0.01 * torch.randn_like(p) for name, p in parameters.items()}
    seen = []
    hook = network.activation.register_forward_hook(lambda module, given, made: seen.append(made.detach()))
    value(parameters).backward()
    hook.remove()
    is_relu = isinstance(network.activation, nn.ReLU)
    dead = [(made == 0).all(dim=0).double().mean().item() if is_relu else None for made in seen] + [None]

    def norms(of):
        own = [[of(name, p) for name, p in parameters.items() if name.split(".")[1] == str(l)] for l in range(len(network.layers))]
        return [flat(parts).norm().item() for parts in own]

    updates = norms(lambda name, p: p.detach() - before[name])
    case = {
        "network": spec(settings),
        "width": inputs.shape[1],
        "inputs": inputs.reshape(-1).tolist(),
        "outputs": settings["widths"][-1],
        "targets": targets.reshape(-1).tolist(),
        "theta": flat(parameters.values()).tolist(),
        "before": flat(before.values()).tolist(),
        "grad_norm": norms(lambda name, p: p.grad),
        "weight_norm": norms(lambda name, p: p.detach()),
        "update_ratio": [moved / old for moved, old in zip(updates, norms(lambda name, p: before[name]))],
        "dead": dead,
    }
    if frozen:
        case["moments"] = [[norm.running_mean.tolist(), norm.running_var.tolist()] for norm in network.norms]
    if frozen or settings.get("norm") != "batch":
        outputs = network(inputs)
        goals = targets[:, None].to(outputs.dtype) if settings["loss"] == "bce" else targets
        single = [LOSSES[settings["loss"]](outputs[i : i + 1], goals[i : i + 1]) for i in range(samples)]
        single = [flat(torch.autograd.grad(loss, parameters.values(), retain_graph=True)) for loss in single]
        trace = torch.stack(single).var(dim=0, correction=0).sum()
        case["noise_scale"] = (trace / flat([p.grad for p in parameters.values()]).square().sum()).item()
    return case


def layer_cases():
    cases = [
        {"widths": [3, 8, 7, 2], "loss": "ce", "activation": "relu"},
        {"widths": [3, 8, 8, 1], "loss": "bce", "activation": "relu", "residual": True, "norm": "layer"},
        {"widths": [3, 6, 6, 2], "loss": "mse", "activation": "relu", "norm": "batch"},
        {"widths": [2, 5, 5, 1], "loss": "bce", "l2": 0.2},
        {"widths": [4, 9, 3], "loss": "ce", "activation": "relu", "bias": False},
        {"widths": [2, 5, 2], "loss": "mse", "activation": "leaky-relu", "norm": "layer", "l2": 0.1},
        {"widths": [4, 3], "loss": "ce"},
    ]
    for seed, settings in enumerate(cases):
        yield layers(settings, 11, 100 + seed)
    yield layers(cases[0], 300, 110)
    yield layers({"widths": [3, 6, 6, 2], "loss": "ce", "activation": "relu", "norm": "batch"}, 70, 111, frozen=True)


MUON = torch.optim._muon
exec(inspect.getsource(MUON._zeropower_via_newtonschulz).replace("bfloat16", "float64"), vars(MUON))


class Muon:
    """torch.optim.Muon for matrices, whose products are made in float64 and not in bfloat16, and AdamW for the rest."""

    def __init__(self, parameters, lr):
        matrices = [p for p in parameters if p.ndim == 2]
        vectors = [p for p in parameters if p.ndim != 2]
        self.parts = [
            torch.optim.Muon(matrices, lr=lr, weight_decay=0.1),
            torch.optim.AdamW(vectors, lr=lr, weight_decay=0.1),
        ]

    def zero_grad(self):
        for part in self.parts:
            part.zero_grad()

    def step(self, closure):
        closure()
        for part in self.parts:
            part.step()


OPTIMIZERS = {
    "adafactor:lr=0.05": lambda p: torch.optim.Adafactor(p, lr=0.05),
    "muon:lr=0.01": lambda p: Muon(p, lr=0.01),
    "sgd:lr=0.1,momentum=0.9": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "adam:lr=0.01": lambda p: torch.optim.Adam(p, lr=0.01),
    "lbfgs:lr=0.5,max_iter=2,history_size=10": lambda p: torch.optim.LBFGS(p, lr=0.5, max_iter=2, history_size=10),
}


def train(settings, samples, seed, run, shift):
    network, inputs, targets, value, _, _ = problem(settings, samples, seed)
    start = flat(network.parameters()).detach().tolist()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(0.5 * (1 + shift))
    parameters = list(network.parameters())
    named = dict(network.named_parameters())
    optimizer = OPTIMIZERS[run](parameters)

    def closure():
        optimizer.zero_grad()
        loss = value(named)
        loss.backward()
        return loss

    losses, thetas = [], []
    for step in range(STEPS + 1):
        losses.append(value(named).item())
        thetas.append(flat(parameters).detach().clone())
        if step < STEPS:
            optimizer.step(closure)
    return inputs, targets, [0.5 * number for number in start], losses, thetas


def path(settings, samples, seed, run):
    inputs, targets, start, losses, thetas = train(settings, samples, seed, run, 0.0)
    *_, shifted = train(settings, samples, seed, run, 2**-52)
    near = [(a - b).abs().max().item() <= 1e-10 for a, b in zip(thetas, shifted)]
    compare = near.index(False) - 1 if False in near else STEPS
    return {
        "network": spec(settings),
        "run": run,
        "width": inputs.shape[1],
        "inputs": inputs.reshape(-1).tolist(),
        "outputs": settings["widths"][-1],
        "targets": targets.reshape(-1).tolist(),
        "start": start,
        "compare": compare,
        "loss": losses,
        "theta": thetas[compare].tolist(),
    }


def paths():
    networks = [
        {"widths": [2, 8, 8, 1], "loss": "bce"},
        {"widths": [3, 10, 3], "loss": "ce", "activation": "gelu", "norm": "layer"},
        {"widths": [2, 6, 6, 2], "loss": "mse", "activation": "silu", "norm": "batch", "residual": True, "l2": 0.001},
    ]
    for seed, settings in enumerate(networks):
        for run in OPTIMIZERS:
            yield path(settings, 20, seed, run)


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    made = {
        "made_with": {"python": platform.python_version(), "torch": torch.__version__},
        "points": list(points()),
        "layers": list(layer_cases()),
        "paths": list(paths()),
    }
    for case in made["paths"]:
        print(case["network"], case["run"], "compare", case["compare"], "loss", case["loss"][0], case["loss"][-1])
    lines = [f'"made_with": {json.dumps(made["made_with"])}']
    lines += [f'"{key}": [\n' + ",\n".join(map(json.dumps, made[key])) + "\n]" for key in ("points", "layers", "paths")]
    (HERE / "torch_networks.json").write_text("{" + ",\n".join(lines) + "}\n")


if __name__ == "__main__":
    main()
