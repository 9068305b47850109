"""Draws a slice of a network's loss, with its runs, from the NPZ file of `ravine slice`:

    ravine train --network mlp:hidden=16/16,loss=bce --data moons --run adam:lr=0.01 --steps 200 \
        -o w.safetensors --trajectories steps.npz
    ravine slice --network mlp:hidden=16/16,loss=bce --data moons --weights w.safetensors \
        --plane pca --trajectories steps.npz -o slice.npz
    python slice.py slice.npz slice.pdf
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

slice = np.load(sys.argv[1])
figure, axes = plt.subplots()
figure.colorbar(axes.contourf(slice["a"], slice["b"], np.log10(slice["loss"]), levels=30), label="log₁₀ loss")
run = 1
while f"run_{run}_a" in slice:
    axes.plot(slice[f"run_{run}_a"], slice[f"run_{run}_b"], label=f"run {run}, at most {slice[f'run_{run}_residual'].max():.2g} away")
    run += 1
if "explained_variance_ratio" in slice:
    axes.set(xlabel="a ({:.0%})".format(slice["explained_variance_ratio"][0]), ylabel="b ({:.0%})".format(slice["explained_variance_ratio"][1]))
axes.legend()
figure.savefig(sys.argv[2])
