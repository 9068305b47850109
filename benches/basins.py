"""Runs an optimizer from a grid of starts with JAX, and says how long it takes.

    pip install jax optax

The rules are written by hand, and are optax's own, which users take: of whole runs under vmap, and of steps under vmap, where
each start has the state of its own that `vmap(init)` gives it.

    python3 benches/basins.py

The bench `basins` runs this with --json, sends what to do and reads the times.
"""

import json
import math
import statistics
import sys
import time

try:
    import jax
    import jax.numpy as jnp
    import optax
except ImportError as error:
    sys.exit(f"{error}; pip install jax optax")

jax.config.update("jax_enable_x64", True)

TAU = 2.0 * math.pi

LANDSCAPES = {
    "rosenbrock": lambda x, y: (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2,
    "himmelblau": lambda x, y: (x * x + y - 11.0) ** 2 + (x + y * y - 7.0) ** 2,
    "rastrigin": lambda x, y: 20.0 + x * x - 10.0 * jnp.cos(TAU * x) + y * y - 10.0 * jnp.cos(TAU * y),
}

# What the bench asks for.
QUESTION = {
    "side": 256,
    "steps": 500,
    "cases": [
        {"landscape": landscape, "rule": rule, "lr": lr, "view": [[-radius, radius]] * 2}
        for landscape, radius in (("rosenbrock", 2.048), ("himmelblau", 5.0), ("rastrigin", 5.12))
        for rule, lr in (("sgd", 1e-5), ("adam", 1e-2))
    ],
}


def sgd(gradient, lr, momentum=0.9):
    """torch.optim.SGD with momentum."""

    def step(state, _):
        theta, velocity = state
        velocity = momentum * velocity + gradient(theta)
        return (theta - lr * velocity, velocity), None

    return lambda theta: (theta, jnp.zeros(2)), step


def adam(gradient, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """torch.optim.Adam."""

    def step(state, t):
        theta, m, v = state
        g = gradient(theta)
        m = beta1 * m + (1.0 - beta1) * g
        v = beta2 * v + (1.0 - beta2) * g * g
        m_hat, v_hat = m / (1.0 - beta1**t), v / (1.0 - beta2**t)
        return (theta - lr * m_hat / (jnp.sqrt(v_hat) + eps), m, v), None

    return lambda theta: (theta, jnp.zeros(2), jnp.zeros(2)), step


def by_hand(rule, gradient, lr, steps):
    """The ends of runs from starts, by a rule from here."""
    start, step = {"sgd": sgd, "adam": adam}[rule](gradient, lr)
    counts = jnp.arange(1.0, steps + 1.0)
    return jax.vmap(lambda theta: jax.lax.scan(step, start(theta), counts)[0][0])


def by_optax(rule, gradient, lr, steps):
    """The same by optax: a function of whole runs, and one of steps."""
    rule = {"sgd": lambda: optax.sgd(lr, momentum=0.9), "adam": lambda: optax.adam(lr)}[rule]()

    def step(theta, memory):
        updates, memory = rule.update(gradient(theta), memory, theta)
        return optax.apply_updates(theta, updates), memory

    def scan(step, start):
        return jax.lax.scan(lambda state, _: (step(*state), None), start, None, length=steps)[0][0]

    runs = jax.vmap(lambda theta: scan(step, (theta, rule.init(theta))))
    return runs, lambda starts: scan(jax.vmap(step), (starts, jax.vmap(rule.init)(starts)))


def median_ms(work, rounds):
    """The median time of a call, after warm-up."""
    result = work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = work()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times), result


def run(question):
    side, steps = question["side"], question["steps"]
    times, checks = {}, {}
    for case in question["cases"]:
        function = LANDSCAPES[case["landscape"]]
        gradient = jax.grad(lambda theta: function(theta[0], theta[1]))
        axes = [jnp.linspace(low, high, side) for low, high in case["view"]]
        starts = jnp.stack(jnp.meshgrid(*axes), -1).reshape(-1, 2)
        name = f"{case['landscape']} {case['rule']}"
        what = case["rule"], gradient, case["lr"], steps
        optax_runs, optax_steps = by_optax(*what)
        ways = {"steps": by_hand(*what), "optax": optax_runs, "state": optax_steps}
        for way, ends in ways.items():
            compiled = jax.jit(ends)
            ms, theta = median_ms(lambda: compiled(starts).block_until_ready(), 5)
            times[f"{way} {name}"] = ms
            checks[f"{way} {name}"] = float(jnp.abs(theta).sum())
        times[f"basins {name}"] = times[f"steps {name}"]
    versions = f"jax {jax.__version__}, optax {optax.__version__}, jit and vmap, float64"
    return {"versions": versions, "times": times, "checks": checks}


def main():
    if "--json" in sys.argv:
        json.dump(run(json.load(sys.stdin)), sys.stdout)
        return
    answer = run(QUESTION)
    print(answer["versions"])
    units = QUESTION["side"] ** 2 * QUESTION["steps"]
    for name, ms in answer["times"].items():
        if not name.startswith("basins"):
            print(f"{name:24} {ms:10.3f} ms {ms * 1e6 / units:8.2f} ns a step")


if __name__ == "__main__":
    main()
