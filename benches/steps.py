"""Runs optimizers on Rosenbrock's function with optax, jit and lax.scan, and says how long a step takes, gradient and recording included.

    pip install optax
    python3 benches/steps.py

The bench `steps` runs this with --json, sends what to do and reads the times.
"""

import json
import statistics
import sys
import time

try:
    import jax
    import jax.numpy as jnp
    import optax
except ImportError as error:
    sys.exit(f"{error}; pip install optax")

jax.config.update("jax_enable_x64", True)

# What the bench asks for.
QUESTION = {
    "start": [-1.5, 2.0],
    "cases": [
        {"name": "sgd+momentum", "rule": "sgd", "lr": 1e-5, "steps": 100_000},
        {"name": "adam", "rule": "adam", "lr": 1e-5, "steps": 100_000},
        {"name": "lbfgs", "rule": "lbfgs", "lr": 1.0, "steps": 1_000},
    ],
}


def rosenbrock(theta):
    return (1.0 - theta[0]) ** 2 + 100.0 * (theta[1] - theta[0] ** 2) ** 2


RULES = {
    "sgd": lambda lr: optax.sgd(lr, momentum=0.9),
    "adam": optax.adam,
    # Its default: ten pairs and a zoom line search.
    "lbfgs": lambda lr: optax.lbfgs(lr, memory_size=10),
}


def runner(case, start):
    """A compiled run that returns θ, loss and gradient norm of every step."""
    rule = RULES[case["rule"]](case["lr"])
    value_and_grad = jax.value_and_grad(rosenbrock)

    def step(state, _):
        theta, memory = state
        loss, gradient = value_and_grad(theta)
        if case["rule"] == "lbfgs":
            updates, memory = rule.update(gradient, memory, theta, value=loss, grad=gradient, value_fn=rosenbrock)
        else:
            updates, memory = rule.update(gradient, memory, theta)
        record = (theta, loss, jnp.sqrt(jnp.sum(gradient**2)))
        return (optax.apply_updates(theta, updates), memory), record

    theta = jnp.array(start)
    run = jax.jit(lambda theta: jax.lax.scan(step, (theta, rule.init(theta)), None, length=case["steps"]))
    return lambda: jax.block_until_ready(run(theta))


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
    times, checks = {}, {}
    for case in question["cases"]:
        ms, ((theta, _), _) = median_ms(runner(case, question["start"]), 15)
        times[case["name"]] = ms
        if case["rule"] != "lbfgs":
            checks[case["name"]] = float(jnp.abs(theta).sum())
    return {"versions": f"optax {optax.__version__}, jax {jax.__version__}, float64", "times": times, "checks": checks}


def main():
    if "--json" in sys.argv:
        json.dump(run(json.load(sys.stdin)), sys.stdout)
        return
    answer = run(QUESTION)
    print(answer["versions"])
    for case in QUESTION["cases"]:
        ms = answer["times"][case["name"]]
        print(f"{case['name']:16} {ms * 1e6 / case['steps']:10.1f} ns a step")


if __name__ == "__main__":
    main()
