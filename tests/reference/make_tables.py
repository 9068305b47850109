"""Makes tables.json: tables as people write them, and what pandas and scipy take of them.

A case has the text of a file, what reads it (regression, grid, or the loss that labels are for), and for pandas the hints that a person
would give. Cases without hints are to be refused; they hold the beginning of the sentence.
"""

import io
import json
import pathlib
import platform

import numpy as np
import pandas as pd
import scipy
from scipy.stats import linregress

# Slope and intercept: name, text, hints for pandas, columns of x and y by place, settings of the landscape.
REGRESSION = [
    ("plain", "x,y\n0,1\n1,3\n2,5.5\n", {}, (0, 1), ""),
    ("pandas index", ",x,y\n0,10,21\n1,20,41\n2,30,61\n", {"index_col": 0}, (0, 1), ""),
    ("filtered pandas index", ",x,y\n3,10,21\n7,20,41\n5,30,61\n", {"index_col": 0}, (0, 1), ""),
    ("R row names", '"","x","y"\n"1",10,21\n"2",20,41\n"3",30,61\n', {"index_col": 0}, (0, 1), ""),
    ("R write.table", '"x" "y"\n"1" 10 21\n"2" 20 41\n"3" 30 61\n', {"sep": " "}, (0, 1), ""),
    ("R names of rows", '"x","y"\n"a",10,21\n"b",20,41\n"c",30,66\n', {"index_col": 0}, (0, 1), ""),
    ("R without a header", '"1",10,21\n"2",20,41\n"3",30,66\n', {"index_col": 0, "header": None}, (0, 1), ""),
    ("pandas header of numbers", "0,1\n10,35\n20,65\n30,95\n", {}, (0, 1), ""),
    ("pandas index and header of numbers", ",0,1\n0,10,35\n1,20,65\n2,30,97\n", {"index_col": 0}, (0, 1), ""),
    ("years", "year,2019,2020\na,1,2\nb,2,4\nc,3,6\n", {}, (1, 2), ""),
    ("decimal commas, spaces", "0,5 2,0\n1,5 4,0\n2,5 6,0\n", {"sep": " ", "decimal": ",", "header": None}, (0, 1), ""),
    ("decimal commas, semicolons", "x;y\n0,5;2,0\n1,5;4,0\n2,5;6,5\n", {"sep": ";", "decimal": ","}, (0, 1), ""),
    ("decimal commas, tabs", "x\ty\n0,5\t2\n1,5\t4,25\n2,5\t6\n", {"sep": "\t", "decimal": ","}, (0, 1), ""),
    ("sep line", "sep=;\nx;y\n1;2\n2;4\n4;9\n", {"sep": ";", "skiprows": 1}, (0, 1), ""),
    ("bars", "x|y\n1|2\n2|4\n4|9\n", {"sep": "|"}, (0, 1), ""),
    ("runs of spaces", "   x    y\n 1.0  2.0\n 2.0  4.0\n10.0 19.0\n", {"sep": r"\s+"}, (0, 1), ""),
    ("CR alone", "x,y\r1,2\r2,4\r4,9\r", {"lineterminator": "\r"}, (0, 1), ""),
    ("comments", "# by hand\nx,y\n1,2\n# later\n2,4\n4,9\n", {"comment": "#"}, (0, 1), ""),
    ("numpy savetxt", "# x y\n1.0e+00 2.0e+00\n2.0e+00 4.0e+00\n4.0e+00 9.0e+00\n", {"comment": "#", "sep": " ", "header": None}, (0, 1), ""),
    ("separators in quotes", 'name,x,y\n"Lee, A.",1,2\n"Cho; B.",2,4\n"two\nlines",4,9\n', {}, (1, 2), ""),
    ("quotes in quotes", 'name,x,y\n"a ""b"", c",1,2\nd,2,4\ne,4,9\n', {}, (1, 2), ""),
    ("text columns", "who,x,day,y\nann,1,2020-01-01,2\nbob,2,2020-01-02,4\ncid,4,2020-01-03,9\n", {}, (1, 3), ""),
    ("booleans", "ok,x,y\nTRUE,1,2\nFALSE,2,4\nTRUE,4,9\n", {}, (1, 2), ""),
    ("trailing separators", "x,y,\n1,2,\n2,4,\n4,9,\n", {"usecols": [0, 1]}, (0, 1), ""),
    ("forms of numbers", "x,y\n+5,.5\n5.,1e1\n-2E-1,-4e+0\n", {}, (0, 1), ""),
    ("ids beyond 2^53", "x,y\n9007199254740993,1\n18014398509481984,2\n27021597764222976,4\n", {}, (0, 1), ""),
    ("byte order mark", "\ufeffx;y\r\n1;2\r\n2;4\r\n4;9\r\n\r\n", {"sep": ";"}, (0, 1), ""),
    ("names that are asked for", "a,b,a\n1,2,9\n2,4,9\n4,9,9\n", {}, (1, 0), ",x=b"),
    ("header=no", "0,1\n1,2.9\n2,5.2\n", {"header": None}, (0, 1), ",header=no"),
    ("header=yes", "0,1\n1,2.9\n2,5.2\n4,9\n", {}, (0, 1), ",header=yes"),
    ("a long first line", "x" * 70_000 + ",y\n1,2\n2,4\n4,9\n", {}, (0, 1), ""),
]

# Matrices: hints for pandas.
GRIDS = [
    ("matrix", "1,2.5,3\n4,5,6\n", {"header": None}),
    ("quoted decimal commas", '"1,5","2,0"\n"3,5","4,25"\n', {"header": None, "decimal": ","}),
    ("decimal commas", "1,5;2,0\n3,5;4,25\n", {"header": None, "sep": ";", "decimal": ","}),
    ("numpy savetxt", "# heights\n1.5 2\n3 4\n", {"header": None, "sep": " ", "comment": "#"}),
    ("numpy arange", "0,1,2\n3,4,5\n6,7,8\n9,10,11\n", {"header": None}),
    ("header of numbers", "0,1,2\n5.5,6,9\n7,1,2\n1,4,4\n", {}),
    ("trailing separators", "1,2,\n3,4,\n", {"header": None, "usecols": [0, 1]}),
    ("pandas index", ",0,1,2\n0,5.5,6,9\n1,7,1,2\n", {"index_col": 0}),
]

# Labels for a loss: classes in the order of the rows.
LABELS = [
    ("classes from 0", "a,b,y\n1,2,0\n3,4,2\n5,6,1\n", "ce"),
    ("classes from 1", "a,b,y\n1,2,1\n3,4,3\n5,6,2\n", "ce"),
    ("signs", "a,b,y\n1,2,-1\n3,4,1\n5,6,1\n", "bce"),
    ("names", "a,b,y\n1,2,dog\n3,4,cat\n5,6,dog\n", "ce"),
    ("pandas index", ",a,b,y\n0,1,2,1\n1,3,4,0\n2,5,6,1\n", "bce"),
]

# Refusals: what reads it, and the beginning of the sentence after the file's name.
REFUSED = [
    ("regression", "x,y\n1,2\n2,n/a\n3,4\n", "line 3, column 2 (`y`): `n/a` is a missing value"),
    ("regression", "x,y\n1,2\n2,12 %\n3,4\n", "line 3, column 2 (`y`): `12 %`"),
    ("regression", "x,y\n1 234,2\n2 500,3\n", "line 2, column 1 (`x`): `1 234`"),
    ("regression", "x,y\n1,2\n\u22122,3\n", "line 3, column 1 (`x`): `\u22122`"),
    ("regression", "x,y\n1,2\n,3\n", "line 3, column 1 (`x`): there is no number"),
    ("regression", 'x,y\n1,2\n"1,5",3\n', "line 3, column 1 (`x`): `1,5` has a decimal comma"),
    ("regression", "x,y\n1,5,2,0\n2,5,3,0\n", "line 2 has 4 cells; expected 2"),
    ("regression", "x,y\n1,2\n3\n", "line 3 has 1 cell; expected 2"),
    ("regression", "x,y\n1,2\n3,4,5\n", "line 3 has 3 cells; expected 2"),
    ("regression", "x,y\n1,$5\n2,$6\n", "line 2, column 2 (`y`): `$5`"),
    ("regression", "x,y\n1,inf\n", "line 2, column 2 (`y`): `inf` is not finite"),
    ("regression", "x,y\n1,2\nTotal,2\n", "line 3, column 1 (`x`): `Total` is text"),
    ("regression", "x,y\n1,0x1F\n2,3\n", "line 2, column 2 (`y`): `0x1F` is text"),
    ("regression", "Growth of plants\nx,y\n1,2\n2,4\n", "line 1 has `Growth of plants` above a table of 2 columns"),
    ("regression", "Growth\nSpring\n\nx;y\n1;2\n2;4\n3;6\n", "line 1 has `Growth` above a table of 2 columns"),
    ("regression", "Growth,spring\nx,y\n1,2\n2,4\n", "line 2, column 1 (`Growth`): `x` is text"),
    ("regression", "0,1\n1,2.9\n2,5.2\n", "line 1 may be names of columns or the first row"),
    ("regression", "1999,2000\n2001,2005\n1990,2003\n", "line 1 may be names of columns or the first row"),
    ("regression", "x\ty\n1,234\t5\n2,345\t6\n", "line 2, column 1: `1,234` may be 1.234 or 1234"),
    ("regression", "x;y\n1,5;2\n2.5;3\n", "line 2, column 1: `1,5` has a decimal comma, but `2.5` in line 3 has a point"),
    ("regression:y=a", "a,b,a\n1,2,3\n", "line 1 has the column `a` twice"),
    ("regression", 'x,y\n1,2\n"3,4\n', "line 3 has a quote that is not closed"),
    ("grid", "0,1,2\n3,4,5\n6,7,8\n", "line 1 may be names of columns or the first row"),
    ("grid", "1,2\n3,4,5\n", "line 2 has 3 cells; expected 2"),
    ("grid", "1,2\n3,x\n", "line 2, column 2: `x` is text"),
    ("ce", "a,y\n1,0\n2,1\n3,1\n4,x\n", "line 5, column 2 (`y`): `x` is text"),
    ("mse", "a,y\n1,0\n2,1\n3,1\n4,x\n", "line 5, column 2 (`y`): `x` is text"),
    ("bce", "a,y\n1,0\n2,1\n3,2.5\n", "line 4, column 2 (`y`): `2.5` is not a class"),
    ("ce", "a,y\n1,dog\n2,cat\n3,dog\n4,7\n", "line 5, column 2 (`y`): `7` is a number among names"),
    ("ce", "a,y\n1,dog\n2,\n", "line 3, column 2 (`y`): there is no label"),
    ("ce", "a,y\n1,2,0\n3,4,1\n", "line 2 has 3 cells; expected 2"),
]


def frame(text, hints):
    return pd.read_csv(io.StringIO(text.removeprefix("\ufeff"), newline=""), **hints)


def main():
    cases = []
    for name, text, hints, (x, y), more in REGRESSION:
        data = frame(text, hints)
        fit = linregress(data.iloc[:, x].astype(float), data.iloc[:, y].astype(float))
        cases.append({"name": name, "reader": "regression" + more, "text": text, "hints": hints,
                      "line": [fit.slope, fit.intercept]})
    for name, text, hints in GRIDS:
        matrix = frame(text, hints).to_numpy(float)
        cases.append({"name": name, "reader": "grid", "text": text, "hints": hints, "matrix": matrix.tolist()})
    for name, text, loss in LABELS:
        labels = frame(text, {}).iloc[:, -1]
        classes = np.unique(labels, return_inverse=True)[1]
        cases.append({"name": name, "reader": loss, "text": text, "hints": {}, "classes": classes.tolist()})
    for reader, text, refused in REFUSED:
        cases.append({"name": refused, "reader": reader, "text": text, "refused": refused})
    made = f"Python {platform.python_version()}, pandas {pd.__version__}, numpy {np.__version__}, scipy {scipy.__version__}"
    with open(pathlib.Path(__file__).with_name("tables.json"), "w", encoding="utf-8") as out:
        out.write('{"made_with": ' + json.dumps(made) + ',\n"cases": [\n')
        out.write(",\n".join(json.dumps(case) for case in cases))
        out.write("\n]}\n")
    print(len(cases), "cases;", made)


main()
