#!/usr/bin/env python3
"""Makes small grids and pictures, and what scipy's splines through them are.

    python3 tests/reference/make_grids.py

Beside this script it writes grids/, the files that a user could bring, and grid_spline.json: for each of them the value,
the gradient and the Hessian (xx, xy, yy) of RectBivariateSpline(x, y, z, kx=3, ky=3, s=0) at seeded points, some of them
outside the grid. Every number reads back to the same bits.
"""

import json
import platform
from pathlib import Path

import numpy
import PIL
import scipy
from PIL import Image
from scipy.interpolate import RectBivariateSpline

HERE = Path(__file__).parent
GRIDS = HERE / "grids"
POINTS = 24


def case(landscape, x, y, heights, random, tolerance, derivatives=True):
    """The spline through heights[i, j] at (x[j], y[i]), at the corners of the grid, a knot and random points."""
    spline = RectBivariateSpline(x, y, heights.T, kx=3, ky=3, s=0)
    inside = random.uniform([x[0], y[0]], [x[-1], y[-1]], (POINTS, 2))
    points = [[x[0], y[0]], [x[-1], y[0]], [x[0], y[-1]], [x[-1], y[-1]], [x[2], y[2]], *inside.tolist()]
    at = numpy.array(points).T

    def part(dx, dy):
        return spline.ev(*at, dx=dx, dy=dy)

    found = {"landscape": landscape, "tolerance": tolerance, "points": at.T.tolist(), "value": part(0, 0).tolist()}
    if derivatives:
        found["gradient"] = numpy.stack([part(1, 0), part(0, 1)], 1).tolist()
        found["hessian"] = numpy.stack([part(2, 0), part(1, 1), part(0, 2)], 1).tolist()
    reach = [x[-1] - x[0], y[-1] - y[0]]
    outside = [[x[0] - reach[0], y[1]], [x[-1] + 9 * reach[0], y[-1] + reach[1]], [0.5 * (x[0] + x[1]), y[0] - reach[1]]]
    found["outside"] = outside
    found["outside_value"] = spline.ev(*numpy.array(outside).T).tolist()
    return found


def text(name, rows):
    """A CSV file; repr has every digit."""
    lines = [",".join(cell if isinstance(cell, str) else repr(float(cell)) for cell in row) for row in rows]
    (GRIDS / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def grids(random):
    """A 7 × 9 grid that is uneven, a 10 × 12 grid of numbered points, and a 5 × 4 one in single precision."""
    x = numpy.cumsum(random.uniform(0.1, 1.0, 9)) - 2
    y = numpy.cumsum(random.uniform(0.1, 1.0, 7)) - 2
    heights = random.normal(size=(7, 9))
    text("axes.csv", [["", *x], *([b, *row] for b, row in zip(y, heights))])
    points = [[a, b, heights[i, j]] for i, b in enumerate(y) for j, a in enumerate(x)]
    text("points.csv", [["a", "b", "loss"], *(points[k] for k in random.permutation(len(points)))])
    for name in ["axes.csv", "points.csv"]:
        yield case(f"grid:data={name}", x, y, heights, random, 1e-10)

    heights = random.normal(size=(10, 12))
    x, y = numpy.arange(12.0), numpy.arange(10.0)
    text("plain.csv", heights)
    numpy.save(GRIDS / "fortran.npy", numpy.asfortranarray(heights))
    for name in ["plain.csv", "fortran.npy"]:
        yield case(f"grid:data={name}", x, y, heights, random, 1e-10)
    moved = "grid:data=plain.csv,x_low=-3,x_high=8,y_high=4.5"
    yield case(moved, x - 3, y / 2, heights, random, 1e-10)

    heights = random.normal(size=(5, 4)).astype(">f4")
    numpy.save(GRIDS / "big-endian.npy", heights)
    yield case("grid:data=big-endian.npy", numpy.arange(4.0), numpy.arange(5.0), heights.astype(float), random, 1e-10)


def luma(picture):
    """Rec. 709's weighting of an 8-bit picture, over white."""
    rgba = numpy.asarray(picture.convert("RGBA"), dtype=float) / 255
    grey = rgba[..., :3] @ [0.2126, 0.7152, 0.0722]
    return grey * rgba[..., 3] + (1 - rgba[..., 3])


def picture(name, shades, random, tolerance, settings="", longer=2.0, height=1.0, derivatives=True):
    """The case of a picture whose luma is `shades`, the first row on top."""
    rows, columns = shades.shape
    unit = longer / (max(rows, columns) - 1)
    x, y = [(numpy.arange(count) - (count - 1) / 2) * unit for count in (columns, rows)]
    return case(f"image:file={name}{settings}", x, y, height * shades[::-1], random, tolerance, derivatives)


def pictures(random):
    """Colours with transparency, a palette, 16 bits of grey, and a JPEG, which decoders round differently."""
    rgba = Image.fromarray(random.integers(0, 256, (8, 11, 4), dtype=numpy.uint8), "RGBA")
    rgba.save(GRIDS / "rgba.png")
    yield picture("rgba.png", luma(rgba), random, 1e-5, ",width=10,height=-3", 10.0, -3.0)
    palette = rgba.convert("RGB").quantize(7)
    palette.save(GRIDS / "palette.png")
    yield picture("palette.png", luma(palette), random, 1e-5)
    deep = random.integers(0, 65536, (6, 5), dtype=numpy.uint16)
    Image.fromarray(deep).save(GRIDS / "grey16.png")
    yield picture("grey16.png", deep / 65535, random, 1e-5)
    b, a = numpy.mgrid[0:24, 0:32]
    waves = [numpy.sin(0.2 * a + 0.1 * b), numpy.cos(0.15 * a - 0.2 * b), numpy.sin(0.3 * b)]
    smooth = numpy.stack([127.5 + 100 * wave for wave in waves], 2).astype(numpy.uint8)
    Image.fromarray(smooth, "RGB").save(GRIDS / "smooth.jpg", quality=92, subsampling=0)
    yield picture("smooth.jpg", luma(Image.open(GRIDS / "smooth.jpg")), random, 0.01, derivatives=False)


def main():
    GRIDS.mkdir(exist_ok=True)
    random = numpy.random.default_rng(20)
    cases = [*grids(random), *pictures(random)]
    made_with = {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "pillow": PIL.__version__,
    }
    lines = [json.dumps(found, separators=(",", ":"), allow_nan=False) for found in cases]
    written = f'{{"made_with": {json.dumps(made_with)}, "cases": [\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / "grid_spline.json").write_text(written, encoding="utf-8")
    print(f"grid_spline.json: {len(lines)} cases, {len(written)} bytes")


if __name__ == "__main__":
    main()
