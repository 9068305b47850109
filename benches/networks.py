"""Slices networks' losses and trains a network with PyTorch, and trains it with JAX too, and says how long each takes.

    pip install torch jax optax scikit-learn
    python3 benches/networks.py

The bench `networks` runs this with --json, sends what to do and reads the times.

A slice is made in batches: the weights of many points of the plane are stacked, and torch.baddbmm takes all samples through
all of them at once. The first layer is made as it is here: one product for a batch, which is faster than the loss-landscapes
package, which sets a module's weights and runs it for every point.
"""

import json
import statistics
import sys
import time

try:
    import jax
    import jax.numpy as jnp
    import numpy as np
    import optax
    import torch
except ImportError as error:
    sys.exit(f"{error}; pip install torch jax optax")

jax.config.update("jax_enable_x64", True)
ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu}


def median_ms(work, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times), result


def layers(theta, widths):
    """Weights (out, in) and biases of each layer, along the last axis of theta."""
    parts, at = [], 0
    for width, out in zip(widths, widths[1:]):
        weight = theta[..., at : at + out * width].reshape(*theta.shape[:-1], out, width)
        at += out * width
        parts.append((weight, theta[..., at : at + out]))
        at += out
    return parts


def slice_losses(case, dtype, chunk):
    """All losses on the grid, `chunk` points at a time."""
    x = torch.tensor(case["inputs"], dtype=dtype).reshape(-1, case["widths"][0])
    y = torch.tensor(case["classes"]).long()
    origin, u, v = (torch.tensor(part, dtype=dtype) for part in case["plane"])
    side = torch.linspace(-1, 1, case["points"], dtype=dtype)
    b, a = (part.reshape(-1, 1) for part in torch.meshgrid(side, side, indexing="ij"))
    bend = ACTIVATIONS[case["activation"]]
    found = []
    with torch.inference_mode():
        for first in range(0, len(a), chunk):
            theta = origin + a[first : first + chunk] * u + b[first : first + chunk] * v
            h = x.expand(len(theta), -1, -1)
            parts = layers(theta, case["widths"])
            for number, (weight, bias) in enumerate(parts):
                h = torch.baddbmm(bias[:, None, :], h, weight.mT)
                if number + 1 < len(parts):
                    h = bend(h)
            if case["loss"] == "ce":
                points, samples, classes = h.shape
                flat = torch.nn.functional.cross_entropy(
                    h.reshape(-1, classes), y.repeat(points), reduction="none"
                )
                found.append(flat.reshape(points, samples).mean(1))
            else:
                goal = y.to(dtype).expand(len(theta), -1)
                loss = torch.nn.functional.binary_cross_entropy_with_logits
                found.append(loss(h[..., 0], goal, reduction="none").mean(1))
    return torch.cat(found)


def looped_losses(case, dtype):
    """All losses on the grid, one point after the other, as the loss-landscapes package goes, but without modules."""
    x = torch.tensor(case["inputs"], dtype=dtype).reshape(-1, case["widths"][0])
    y = torch.tensor(case["classes"]).long()
    goal = y.to(dtype)
    origin, u, v = (torch.tensor(part, dtype=dtype) for part in case["plane"])
    side = torch.linspace(-1, 1, case["points"], dtype=dtype)
    bend, functional = ACTIVATIONS[case["activation"]], torch.nn.functional
    found = []
    with torch.inference_mode():
        for b in side:
            for a in side:
                h = x
                parts = layers(origin + a * u + b * v, case["widths"])
                for number, (weight, bias) in enumerate(parts):
                    h = functional.linear(h, weight, bias)
                    if number + 1 < len(parts):
                        h = bend(h)
                if case["loss"] == "ce":
                    found.append(functional.cross_entropy(h, y))
                else:
                    found.append(functional.binary_cross_entropy_with_logits(h[:, 0], goal))
    return torch.stack(found)


def slices(case):
    times, checks = {}, {}
    for name, dtype in [("f64", torch.float64), ("f32", torch.float32)]:
        # Large batches do not fit the caches, small ones cost calls, and one point alone has the fastest products: the best on a
        # coarse grid makes the fine one.
        ways = [lambda case, chunk=chunk: slice_losses(case, dtype, chunk) for chunk in (1, 2, 4, 8, 16, 32)]
        ways.append(lambda case: looped_losses(case, dtype))

        def coarse(way):
            small = case | {"points": 21}
            return median_ms(lambda: way(small), 1)[0]

        coarse(ways[0])
        way = min(ways, key=coarse)
        best, losses = median_ms(lambda: way(case), 1)
        key = f"slice {case['name']} {name}"
        times[key], checks[key] = best, float(losses.double().mean())
    return times, checks


def train_torch(case):
    torch.manual_seed(0)
    x = torch.tensor(case["inputs"], dtype=torch.float64).reshape(-1, case["widths"][0])
    y = torch.tensor(case["classes"]).long()
    widths = case["widths"]
    batches = torch.randint(len(x), (case["steps"], case["batch"]))

    def run():
        net = torch.nn.Sequential(
            torch.nn.Linear(widths[0], widths[1]), torch.nn.ReLU(), torch.nn.Linear(widths[1], widths[2])
        ).double()
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
        for batch in batches:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(net(x[batch]), y[batch]).backward()
            optimizer.step()

    run()
    return median_ms(run, 3)[0]


def train_jax(case):
    x = jnp.asarray(case["inputs"], dtype=jnp.float64).reshape(-1, case["widths"][0])
    y = jnp.asarray(case["classes"], dtype=int)
    widths = case["widths"]
    batches = jax.random.randint(jax.random.key(0), (case["steps"], case["batch"]), 0, len(x))
    size = sum(out * (width + 1) for width, out in zip(widths, widths[1:]))
    start = 0.1 * jax.random.normal(jax.random.key(1), (size,), dtype=jnp.float64)
    adam = optax.adam(1e-3)

    def loss(theta, batch):
        (w1, b1), (w2, b2) = layers(theta, widths)
        z = jax.nn.relu(x[batch] @ w1.T + b1) @ w2.T + b2
        return optax.softmax_cross_entropy_with_integer_labels(z, y[batch]).mean()

    def step(carry, batch):
        theta, state = carry
        updates, state = adam.update(jax.grad(loss)(theta, batch), state)
        return (optax.apply_updates(theta, updates), state), None

    run = jax.jit(lambda theta: jax.lax.scan(step, (theta, adam.init(theta)), batches)[0][0])
    run(start).block_until_ready()
    return median_ms(lambda: run(start).block_until_ready(), 5)[0]


def answer(question):
    torch.set_num_threads(question["threads"])
    times, checks = {}, {}
    for case in question["slices"]:
        found, sums = slices(case)
        times |= found
        checks |= sums
    case = question["training"]
    times["adam torch"] = train_torch(case)
    times["adam jax"] = train_jax(case)
    versions = [f"{m.__name__} {m.__version__}" for m in (torch, jax, optax, np)]
    return {
        "versions": ", ".join([*versions, f"{question['threads']} threads"]),
        "times": times,
        "checks": checks,
    }


if __name__ == "__main__":
    if "--json" not in sys.argv[1:]:
        sys.exit("cargo bench --bench networks asks this script what to do; expected --json")
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
