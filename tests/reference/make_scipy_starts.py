"""Makes scipy_starts.json: from which of 40 seeded starts SciPy's BFGS and CG reach a minimum at the border of whose domain f is NaN or infinite.

Gradients are given. A start has reached the minimum where the end is nearer to it than `near`.
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.optimize import minimize

NEAR = 1e-3

# The formula as Ravine reads it, f and its gradient, and the minimum.
PROBLEMS = [
    (
        "x-ln(x)+y^2",
        lambda x, y: x - np.log(x) + y**2,
        lambda x, y: [1 - 1 / x, 2 * y],
        [1.0, 0.0],
    ),
    (
        "x+1/x+y^2-ln(x)",
        lambda x, y: x + 1 / x + y**2 - np.log(x),
        lambda x, y: [1 - 1 / x**2 - 1 / x, 2 * y],
        [(1 + 5**0.5) / 2, 0.0],
    ),
    (
        "x-2*sqrt(x)+(y-1)^2",
        lambda x, y: x - 2 * np.sqrt(x) + (y - 1) ** 2,
        lambda x, y: [1 - 1 / np.sqrt(x), 2 * (y - 1)],
        [1.0, 1.0],
    ),
    (
        "exp(x)-2*x+exp(y)-2*y",
        lambda x, y: np.exp(x) - 2 * x + np.exp(y) - 2 * y,
        lambda x, y: [np.exp(x) - 2, np.exp(y) - 2],
        [float(np.log(2))] * 2,
    ),
    (
        "x^x+y^2",
        lambda x, y: x**x + y**2,
        lambda x, y: [x**x * (np.log(x) + 1), 2 * y],
        [float(np.exp(-1)), 0.0],
    ),
    (
        "(1-x)^2+10*(y-x^2)^2+x-ln(x)+y-ln(y)",
        lambda x, y: (1 - x) ** 2 + 10 * (y - x**2) ** 2 + x - np.log(x) + y - np.log(y),
        lambda x, y: [
            -2 * (1 - x) - 40 * x * (y - x**2) + 1 - 1 / x,
            20 * (y - x**2) + 1 - 1 / y,
        ],
        [1.0, 1.0],
    ),
]


def reached(f, gradient, start, minimum, method):
    with np.errstate(all="ignore"):
        end = minimize(
            lambda p: f(p[0], p[1]),
            start,
            method=method,
            jac=lambda p: np.array(gradient(p[0], p[1])),
        )
    return bool(np.hypot(*(end.x - minimum)) < NEAR)


def main():
    random = np.random.default_rng(18)
    # (0, 20]: the open end is the low one.
    starts = [[20 - float(u) for u in row] for row in random.uniform(0, 20, (40, 2))]
    problems = []
    for formula, f, gradient, minimum in PROBLEMS:
        problems.append({
            "formula": formula,
            "minimum": minimum,
            "BFGS": [reached(f, gradient, start, minimum, "BFGS") for start in starts],
            "CG": [reached(f, gradient, start, minimum, "CG") for start in starts],
        })
        print(formula, sum(problems[-1]["BFGS"]), sum(problems[-1]["CG"]))
    made = {
        "versions": {"scipy": scipy.__version__, "numpy": np.__version__},
        "near": NEAR,
        "starts": starts,
        "problems": problems,
    }
    text = json.dumps(made, indent=1)
    Path(__file__).with_name("scipy_starts.json").write_text(text + "\n")


main()
