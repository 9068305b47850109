"""Asks PyHessian for the largest eigenvalue, the trace and the density of Hessians, and says how long each takes.

    pip install torch pyhessian
    python3 benches/curvature.py

The bench `curvature` runs this with --json, sends what to do and reads the times. All samples are one batch, in float64, so that
PyHessian keeps the graph of the gradient and pays for each product one way back through it only.
"""

import json
import statistics
import sys
import time

try:
    import numpy as np
    import torch
    from pyhessian import hessian
    from pyhessian.utils import hessian_vector_product
except ImportError as error:
    sys.exit(f"{error}; pip install torch pyhessian")

torch.set_default_dtype(torch.float64)


def eig(matrix, eigenvectors):
    """What newer PyTorch no longer has, as PyHessian calls it."""
    values, vectors = torch.linalg.eigh(matrix)
    return values[:, None], vectors


torch.eig = eig


def median_ms(work, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times), result


def build(case):
    widths = case["widths"]
    bend = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[case["activation"]]
    parts = []
    for width, out in zip(widths, widths[1:]):
        parts += [torch.nn.Linear(width, out), bend()]
    net = torch.nn.Sequential(*parts[:-1])
    at = 0
    theta = torch.tensor(case["theta"])
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(theta[at : at + parameter.numel()].reshape(parameter.shape))
            at += parameter.numel()
    x = torch.tensor(case["inputs"]).reshape(-1, widths[0])
    y = torch.tensor(case["classes"])
    if case["loss"] == "ce":
        return net, torch.nn.CrossEntropyLoss(), (x, y.long())
    return net, torch.nn.BCEWithLogitsLoss(), (x, y[:, None])


def measure(case, question):
    net, loss, data = build(case)
    name = case["name"]
    torch.manual_seed(0)
    times, checks = {}, {}

    def asked():
        net.zero_grad()
        return hessian(net, loss, data=data, cuda=False)

    asker = asked()
    vector = [torch.randn_like(p) for p in asker.params]
    times[f"product {name}"], _ = median_ms(lambda: hessian_vector_product(asker.gradsH, asker.params, vector), 15)
    # Two powers that differ by less than this may still be farther from the eigenvalue; the check is told.
    times[f"lambda_max {name}"], found = median_ms(lambda: asked().eigenvalues(maxIter=20000, tol=1e-9)[0][0], 1)
    reached = found
    for tolerance in (1e-6, 1e-7, 1e-8):
        ms, value = median_ms(lambda: asked().eigenvalues(maxIter=20000, tol=tolerance)[0][0], 5)
        if abs(value - reached) <= 1e-6 * abs(reached):
            times[f"lambda_max {name}"], found = ms, value
            break
    checks[f"lambda_max {name}"] = found
    # Its own end is where two means are alike, or the last was negative, which says nothing; so a number of products, and their scatter.
    count = 200
    ms, samples = median_ms(lambda: asked().trace(maxIter=count, tol=-np.inf), 1)
    error = float(np.std(samples, ddof=1)) / count**0.5
    times[f"trace {name}"] = ms * (error / case["trace_error"]) ** 2
    if error <= 0.05 * abs(np.mean(samples)):
        checks[f"trace {name}"] = float(np.mean(samples))
    vectors = question["vectors"]
    ms, (values, weights) = median_ms(lambda: asked().density(iter=question["steps"], n_v=vectors), 1)
    moments = (np.array(values) ** 2 * np.array(weights)).sum(axis=1)
    error = float(np.std(moments, ddof=1)) / vectors**0.5
    times[f"density {name}"] = ms
    times[f"equal {name}"] = ms * max(1.0, error / case["moment_error"]) ** 2
    checks[f"density {name}"] = checks[f"equal {name}"] = float(np.max(values))
    return times, checks


def answer(question):
    torch.set_num_threads(question["threads"])
    times, checks = {}, {}
    for case in question["cases"]:
        own = measure(case, question)
        times |= own[0]
        checks |= own[1]
    return {
        "versions": f"PyHessian, torch {torch.__version__}, {question['threads']} threads",
        "times": times,
        "checks": checks,
    }


if __name__ == "__main__":
    if "--json" not in sys.argv[1:]:
        sys.exit("cargo bench --bench curvature asks this script what to do; expected --json")
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
