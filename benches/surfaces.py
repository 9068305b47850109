"""Samples landscapes with JAX and draws their contour lines with contourpy, and says how long each takes.

    pip install jax contourpy
    python3 benches/surfaces.py

The bench `surfaces` runs this with --json, sends what to do and reads the times.
"""

import json
import math
import os
import statistics
import sys
import time

try:
    import contourpy
    import jax
    import jax.numpy as jnp
    import numpy as np
except ImportError as error:
    sys.exit(f"{error}; pip install jax contourpy")

jax.config.update("jax_enable_x64", True)

TAU = 2.0 * math.pi

# What the bench asks for, with levels that are evenly spaced.
QUESTION = {
    "side": 1024,
    "contour_side": 512,
    "cases": {
        "rosenbrock": {"view": [[-2.048, 2.048], [-2.048, 2.048]], "levels": 20},
        "ackley": {"view": [[-5.0, 5.0], [-5.0, 5.0]], "levels": 20},
        "rastrigin": {"view": [[-5.12, 5.12], [-5.12, 5.12]], "levels": 20},
    },
}


def rosenbrock(x, y):
    return (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2


def ackley(x, y):
    radius = jnp.sqrt(0.5 * (x * x + y * y))
    waves = 0.5 * (jnp.cos(TAU * x) + jnp.cos(TAU * y))
    return -20.0 * jnp.exp(-0.2 * radius) - jnp.exp(waves) + math.e + 20.0


def rastrigin(x, y):
    return 20.0 + x * x - 10.0 * jnp.cos(TAU * x) + y * y - 10.0 * jnp.cos(TAU * y)


LANDSCAPES = {"rosenbrock": rosenbrock, "ackley": ackley, "rastrigin": rastrigin}


def median_ms(work, rounds):
    """The median time of a call, after warm-up; freeing its result does not count."""
    for _ in range(3):
        result = work()
    times = []
    for _ in range(rounds):
        del result
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)


def axes(view, side):
    return [np.linspace(low, high, side) for low, high in view]


def sample(landscape, view, side):
    """The time of the faster of two forms, full arrays and a row beside a column; and the sum of the values."""
    x, y = axes(view, side)
    compiled = jax.jit(landscape)
    forms = {"meshgrid": np.meshgrid(x, y), "broadcast": (x[None, :], y[:, None])}
    times = {}
    for name, form in forms.items():
        a, b = (jax.block_until_ready(jnp.asarray(part)) for part in form)
        times[name] = median_ms(lambda a=a, b=b: compiled(a, b).block_until_ready(), 31)
    return times, float(jnp.sum(compiled(a, b)))


def contours(landscape, view, side, levels):
    """The time of all lines, the generator being there already; and the number of crossings with the grid."""
    x, y = axes(view, side)
    z = np.asarray(landscape(x[None, :], y[:, None]))
    if isinstance(levels, int):
        levels = np.linspace(z.min(), z.max(), levels + 2)[1:-1].tolist()
    generator = contourpy.contour_generator(
        x, y, z, name="serial", line_type=contourpy.LineType.Separate
    )
    ms = median_ms(lambda: [generator.lines(level) for level in levels], 11)
    lines = [line for level in levels for line in generator.lines(level)]
    # A closed line has its first point once more at its end.
    crossings = sum(len(line) - bool((line[0] == line[-1]).all()) for line in lines)
    return ms, float(crossings)


def answer(question):
    times, checks = {}, {}
    for name, case in question["cases"].items():
        landscape = LANDSCAPES[name]
        forms, checks[f"surface {name}"] = sample(landscape, case["view"], question["side"])
        times[f"surface {name}"] = min(forms.values())
        times |= {f"surface {name} {form}": ms for form, ms in forms.items()}
        times[f"contours {name}"], checks[f"contours {name}"] = contours(
            landscape, case["view"], question["contour_side"], case["levels"]
        )
    versions = [f"{module.__name__} {module.__version__}" for module in (jax, contourpy, np)]
    python = ".".join(map(str, sys.version_info[:3]))
    return {
        "versions": ", ".join([*versions, f"Python {python}", f"{os.cpu_count()} cores"]),
        "times": times,
        "checks": checks,
    }


def main():
    if "--json" in sys.argv[1:]:
        json.dump(answer(json.load(sys.stdin)), sys.stdout)
        return
    found = answer(QUESTION)
    print(f"{found['versions']}\n\n{'median':32} {'ms':>10} {'ns a point':>12}")
    for name, ms in found["times"].items():
        side = QUESTION["contour_side" if name.startswith("contours") else "side"]
        print(f"{name:32} {ms:10.3f} {1e6 * ms / side**2:12.2f}")


if __name__ == "__main__":
    main()
