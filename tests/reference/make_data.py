#!/usr/bin/env python3
"""Makes the data sets in `assets/data` from scikit-learn's copies.

    pip install scikit-learn
    python3 tests/reference/make_data.py

iris.csv    150 flowers: four lengths in cm and the species
digits.csv  1,797 handwritten digits: 8×8 grey values from 0 to 16, row by row, and the digit
"""

from pathlib import Path

from sklearn.datasets import load_digits, load_iris

DATA = Path(__file__).parents[2] / "assets" / "data"


def write(name, columns, rows):
    lines = [",".join(columns)] + [",".join(map(str, row)) for row in rows]
    (DATA / name).write_text("\n".join(lines) + "\n")


DATA.mkdir(parents=True, exist_ok=True)
iris = load_iris()
names = [name.removesuffix(" (cm)").replace(" ", "_") for name in iris.feature_names]
write(
    "iris.csv",
    names + ["species"],
    ([*row.tolist(), iris.target_names[label]] for row, label in zip(iris.data, iris.target)),
)
digits = load_digits()
write(
    "digits.csv",
    [f"p{row}{column}" for row in range(8) for column in range(8)] + ["digit"],
    ([*row.astype(int).tolist(), label] for row, label in zip(digits.data, digits.target)),
)
