"""Draws a map with runs and a film of it with matplotlib, and says how long each takes.

    pip install matplotlib
    python3 benches/export.py

The bench `export` runs this with --json, sends what to do and reads the times.
"""

import io
import json
import os
import statistics
import sys
import tempfile
import time

try:
    import matplotlib
    import numpy as np
    import PIL.Image
    import PIL.ImageSequence

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter
except ImportError as error:
    sys.exit(f"{error}; pip install matplotlib")

# What the bench asks for, with paths that are straight lines.
QUESTION = {
    "view": [[-5.0, 5.0], [-5.0, 5.0]],
    "names": ["one", "two", "three", "four", "five"],
    "paths": [[[-0.5 + 0.015 * k * c, -1.0 + 0.02 * k] for k in range(200)] for c in (-1.2, -0.6, 0.1, 0.7, 1.2)],
    "picture": [1600, 1200],
    "film": [800, 600],
    "levels": 20,
}


def figure(question, pixels):
    """Himmelblau's function on 512² points: fill, contour lines, colour bar, legend, and a line and head for each run."""
    dpi = 100
    fig, axes = plt.subplots(figsize=(pixels[0] / dpi, pixels[1] / dpi), dpi=dpi)
    (left, right), (low, high) = question["view"]
    x, y = np.meshgrid(np.linspace(left, right, 512), np.linspace(low, high, 512))
    z = (x * x + y - 11.0) ** 2 + (x + y * y - 7.0) ** 2
    levels = np.geomspace(0.1, z.max(), question["levels"])
    norm = matplotlib.colors.LogNorm(levels[0], levels[-1])
    fill = axes.imshow(np.maximum(z, levels[0]), extent=(left, right, low, high), origin="lower", norm=norm, aspect="equal")
    lines = axes.contour(x, y, z, levels=levels, colors="k", linewidths=0.5)
    axes.clabel(lines, levels[::3], fontsize=7)
    fig.colorbar(fill)
    trails = [axes.plot([], [], linewidth=2, label=name)[0] for name in question["names"]]
    heads = [axes.plot([], [], "o", color=trail.get_color())[0] for trail in trails]
    axes.set_title("Himmelblau")
    axes.legend(loc="upper right")
    return fig, trails, heads


def update(question, trails, heads, step):
    for path, trail, head in zip(question["paths"], trails, heads):
        trail.set_data(path[: step + 1, 0], path[: step + 1, 1])
        at = min(step, len(path) - 1)
        head.set_data(path[at : at + 1, 0], path[at : at + 1, 1])
    return trails + heads


def picture(question, kind="png"):
    fig, trails, heads = figure(question, question["picture"])
    update(question, trails, heads, 10**9)
    out = io.BytesIO()
    fig.savefig(out, format=kind)
    plt.close(fig)
    return len(out.getvalue())


def film(question, writer, suffix):
    fig, trails, heads = figure(question, question["film"])
    animation = FuncAnimation(fig, lambda step: update(question, trails, heads, step), frames=200, blit=False)
    path = os.path.join(tempfile.mkdtemp(), "film" + suffix)
    animation.save(path, writer=writer)
    plt.close(fig)
    return path


def timed(work, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = work()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times), result


def measure(question):
    question = dict(question, paths=[np.array(path) for path in question["paths"]])
    times = {}
    picture(question)
    times["PNG of a map"], _ = timed(lambda: picture(question), 5)
    times["PDF of a map"], _ = timed(lambda: picture(question, "pdf"), 5)
    times["GIF of 200 frames"], path = timed(lambda: film(question, PillowWriter(fps=25), ".gif"), 1)
    # Pillow joins equal frames; their durations, 40 ms a frame, are kept.
    film_file = PIL.Image.open(path)
    frames = sum(frame.info["duration"] for frame in PIL.ImageSequence.Iterator(film_file)) / 40
    if FFMpegWriter.isAvailable():
        times["MP4 of 200 frames"], _ = timed(lambda: film(question, FFMpegWriter(fps=25), ".mp4"), 1)
    return times, {"GIF of 200 frames": float(frames)}


if __name__ == "__main__":
    asked = "--json" in sys.argv
    times, checks = measure(json.load(sys.stdin) if asked else QUESTION)
    versions = f"matplotlib {matplotlib.__version__}, Pillow {PIL.__version__}, Python {sys.version.split()[0]}"
    if asked:
        print(json.dumps({"versions": versions, "times": times, "checks": checks}))
    else:
        print(versions)
        for name, ms in times.items():
            print(f"{name:24} {ms:12.3f} ms")
