#!/usr/bin/env python3
"""Makes the reference data that the program is tested against, from PyTorch in float64 on the CPU.

    python3 tests/reference/make_torch.py        (some minutes)
    python3 tests/reference/make_torch.py --new  (keeps the paths that the file has)

Three files are written beside this script:

torch_paths.json       paths of optimizers: position, loss and learning rate after 0, 1, … 100 steps
torch_landscapes.json  value, gradient and Hessian of landscapes and formulas at seeded points
torch_schedules.json   learning rate and momentum of schedules, step by step

Landscapes, runs and schedules are named by specs (`adam:lr=0.05@warmup:steps=10>cosine:t_max=90`); settings have
PyTorch's names, `betas` is split into `beta1` and `beta2`. Every number reads back to the same bits.
"""

import json
import platform
import random
import sys
from pathlib import Path

import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau

from torch_specs import AVERAGES, derivatives, formula, landscape, member, optimizer, schedule

HERE = Path(__file__).parent
STEPS = 100

# --- Paths ------------------------------------------------------------------------------------------------------------


def path(case, shift=(0.0, 0.0), shaken=None):
    """Positions, losses and learning rates after 0 to STEPS steps, and averages of the positions if there are any.

    Each step: gradient, clipping, `optimizer.step`, `scheduler.step`, which sees the new loss if it looks for plateaus.
    For L-BFGS a step is one `step(closure)`.
    `shift` moves the start by that part of itself; `shaken` is a seed: every evaluation then happens at a point that
    is off by up to two roundings per coordinate.
    """
    function = landscape(case["landscape"])
    theta = torch.tensor([start * (1 + part) for start, part in zip(case["start"], shift)], requires_grad=True)
    noise = None if shaken is None else random.Random(shaken)

    def seen(point):
        if noise is None:
            return function(point)
        return function(point * torch.tensor([1 + noise.randint(-2, 2) * 2**-52 for _ in range(2)]))

    run, _, after = case["run"].partition("@")
    steps_with = optimizer(run, [theta], seen)
    schedules_with = schedule(after, steps_with)

    def closure():
        steps_with.zero_grad()
        loss = seen(theta)
        loss.backward()
        if case["clip_norm"] is not None:
            torch.nn.utils.clip_grad_norm_([theta], case["clip_norm"])
        if case["clip_value"] is not None:
            torch.nn.utils.clip_grad_value_([theta], case["clip_value"])
        return loss

    average = AVERAGES.get(run.partition(":")[0])
    rows = {"theta": [], "loss": [], "lr": []} | ({"average": []} if average else {})
    for step in range(STEPS + 1):
        rows["theta"].append(theta.tolist())
        rows["loss"].append(function(theta).item())
        rows["lr"].append(float(steps_with.param_groups[0]["lr"]))
        if average is not None:
            state = steps_with.state.get(theta)
            rows["average"].append((average(theta, state, steps_with.param_groups[0]) if state else theta).tolist())
        if step == STEPS:
            return rows
        steps_with.step(closure)
        if isinstance(schedules_with, ReduceLROnPlateau):
            schedules_with.step(function(theta).item())
        elif schedules_with is not None:
            schedules_with.step()


# Small enough to be mere rounding, and together wide enough to show what a path makes of rounding.
SHIFTS = [(1e-15, 2e-15), (-3e-15, 1e-15), (4e-15, -5e-15), (-6e-15, -7e-15), (8e-15, 8e-15)]
SHAKES = [1, 2, 3]
THETA_STABLE, LOSS_STABLE = 2e-12, 2e-11


def comparable(case, rows):
    """The last row up to which the path can be compared to 1e-10 with one that rounds differently.

    The case is run again from each start of SHIFTS, and with each seed of SHAKES from its own start. Row k is stable if
    in all of these runs max(|Δx|, |Δy|) ≤ 2e-12 · max(1, |x|, |y|) and |Δloss| ≤ 2e-11 · max(1, |loss|), where x, y and
    loss are those of the row. The answer is the last row before the first unstable one. The test that reads the data
    uses the same scales: |Δ| ≤ 1e-10 · max(1, |x|, |y|), and likewise for the loss.
    """
    runs = [path(case, shift=shift) for shift in SHIFTS] + [path(case, shaken=seed) for seed in SHAKES]
    for k, (theta, loss) in enumerate(zip(rows["theta"], rows["loss"])):
        size = max(1, *map(abs, theta))
        for other in runs:
            moved = max(abs(a - b) for a, b in zip(theta, other["theta"][k]))
            if not (moved <= THETA_STABLE * size and abs(loss - other["loss"][k]) <= LOSS_STABLE * max(1, abs(loss))):
                return k - 1
    return STEPS


# Where the paths begin.
STARTS = {
    "rosenbrock": (-1.5, 2.0),
    "beale": (1.0, -0.8),
    "himmelblau": (-1.0, -1.5),
    "quadratic:a=1,b=25": (-4.0, 1.5),
    "ackley": (1.8, -1.3),
    "styblinski-tang": (1.0, -1.5),
    "edge-of-stability": (2.5, 0.2),
}

# run | landscapes | clipping
PATHS = """
sgd:lr=0.001 | rosenbrock beale edge-of-stability
sgd:lr=0.01 | himmelblau quadratic:a=1,b=25 ackley styblinski-tang
sgd:lr=0.001,momentum=0.9 | rosenbrock himmelblau styblinski-tang
sgd:lr=0.01,momentum=0.9 | beale quadratic:a=1,b=25 edge-of-stability
sgd:lr=0.002,momentum=0.9,dampening=0.5 | rosenbrock beale himmelblau
sgd:lr=0.05,momentum=0.8,dampening=0.8 | quadratic:a=1,b=25 ackley edge-of-stability
sgd:lr=0.001,momentum=0.9,nesterov=true | rosenbrock himmelblau beale
sgd:lr=0.02,momentum=0.8,nesterov=true | quadratic:a=1,b=25 edge-of-stability styblinski-tang
sgd:lr=0.001,weight_decay=0.1 | rosenbrock beale himmelblau
sgd:lr=0.01,momentum=0.9,weight_decay=0.05,nesterov=true | quadratic:a=1,b=25 styblinski-tang edge-of-stability
sgd:lr=0.002,maximize=true | himmelblau styblinski-tang ackley
sgd:lr=0.0001,momentum=0.5,weight_decay=0.1,maximize=true | himmelblau styblinski-tang edge-of-stability
adam:lr=0.05 | rosenbrock beale himmelblau quadratic:a=1,b=25 ackley styblinski-tang edge-of-stability
adam:lr=0.1,beta1=0.8,beta2=0.99 | rosenbrock himmelblau ackley
adam:lr=0.05,beta1=0.95 | quadratic:a=1,b=25 beale styblinski-tang
adam:lr=0.05,amsgrad=true | rosenbrock beale edge-of-stability
adam:lr=0.2,beta2=0.9,amsgrad=true | quadratic:a=1,b=25 himmelblau styblinski-tang
adam:lr=0.05,weight_decay=0.1 | rosenbrock himmelblau ackley
adam:lr=0.1,eps=0.1 | beale quadratic:a=1,b=25 edge-of-stability
adam:lr=0.02,maximize=true | himmelblau styblinski-tang ackley
adamw:lr=0.05 | rosenbrock beale himmelblau
adamw:lr=0.1,weight_decay=0.5 | quadratic:a=1,b=25 ackley styblinski-tang
adamw:lr=0.05,weight_decay=0 | edge-of-stability rosenbrock himmelblau
adamw:lr=0.1,weight_decay=0.1,amsgrad=true | rosenbrock beale edge-of-stability
adagrad:lr=0.5 | rosenbrock beale himmelblau
adagrad:lr=0.3,lr_decay=0.01 | rosenbrock quadratic:a=1,b=25 styblinski-tang
adagrad:lr=0.5,initial_accumulator_value=0.1 | himmelblau ackley edge-of-stability
adagrad:lr=0.2,weight_decay=0.1,eps=0.01 | rosenbrock beale quadratic:a=1,b=25
rmsprop:lr=0.01 | rosenbrock beale himmelblau
rmsprop:lr=0.005,momentum=0.9 | rosenbrock quadratic:a=1,b=25 styblinski-tang
rmsprop:lr=0.01,centered=true | himmelblau beale edge-of-stability
rmsprop:lr=0.002,momentum=0.8,centered=true | rosenbrock himmelblau styblinski-tang
rmsprop:lr=0.02,alpha=0.9 | quadratic:a=1,b=25 himmelblau edge-of-stability
rmsprop:lr=0.01,weight_decay=0.1,eps=0.001 | rosenbrock beale ackley
adadelta:lr=1 | rosenbrock beale himmelblau
adadelta:lr=1,rho=0.5 | quadratic:a=1,b=25 styblinski-tang edge-of-stability
adadelta:lr=10,eps=0.0001 | rosenbrock himmelblau quadratic:a=1,b=25
adadelta:lr=2,weight_decay=0.1 | beale quadratic:a=1,b=25 styblinski-tang
nadam:lr=0.05 | rosenbrock beale himmelblau edge-of-stability
nadam:lr=0.1,beta1=0.8,beta2=0.99,momentum_decay=0.02,weight_decay=0.1 | rosenbrock quadratic:a=1,b=25 styblinski-tang
nadam:lr=0.02,weight_decay=0.5,decoupled_weight_decay=true,maximize=true | himmelblau ackley
radam:lr=0.05 | beale himmelblau ackley styblinski-tang
radam:lr=0.001,beta2=0.9 | rosenbrock himmelblau
radam:lr=0.02,beta1=0.8,beta2=0.99,weight_decay=0.1 | quadratic:a=1,b=25 beale
radam:lr=0.02,beta2=0.99,weight_decay=0.5,decoupled_weight_decay=true | styblinski-tang edge-of-stability
adamax:lr=0.05 | rosenbrock beale himmelblau
adamax:lr=0.1,beta1=0.8,beta2=0.9,eps=0.001,weight_decay=0.1 | beale quadratic:a=1,b=25 styblinski-tang
adamax:lr=0.02,maximize=true | ackley himmelblau
adafactor:lr=0.05 | rosenbrock beale himmelblau edge-of-stability
adafactor:lr=0.5,beta2_decay=-0.5,eps1=0.001,eps2=0.1,d=1.5,weight_decay=0.1 | rosenbrock quadratic:a=1,b=25 ackley
adafactor:lr=0.05,maximize=true | himmelblau ackley
rprop | rosenbrock beale himmelblau
rprop:lr=0.1,eta_minus=0.3,eta_plus=1.1,step_min=0.001,step_max=0.25 | rosenbrock quadratic:a=1,b=25 styblinski-tang
asgd:lr=0.001 | rosenbrock beale himmelblau
asgd:lr=0.02,lambd=0.05,alpha=0.6,t0=20,weight_decay=0.1 | quadratic:a=1,b=25 beale styblinski-tang
asgd:lr=0.002,t0=50,maximize=true | himmelblau ackley
lbfgs:lr=0.005,line_search=none | rosenbrock
lbfgs:lr=0.02,max_iter=5,line_search=none | rosenbrock himmelblau ackley
lbfgs:lr=0.01,line_search=none | beale himmelblau
lbfgs:lr=0.1,line_search=none | quadratic:a=1,b=25 edge-of-stability styblinski-tang
lbfgs:lr=1,line_search=strong_wolfe | beale himmelblau quadratic:a=1,b=25 ackley styblinski-tang edge-of-stability
lbfgs:lr=1,max_iter=4,history_size=3,line_search=strong_wolfe | beale himmelblau edge-of-stability
lbfgs:lr=1,max_iter=1,max_eval=25,line_search=strong_wolfe | rosenbrock beale himmelblau styblinski-tang
lbfgs:lr=1,max_iter=2,line_search=strong_wolfe | rosenbrock beale edge-of-stability
lbfgs:lr=1,max_iter=1,line_search=strong_wolfe | rosenbrock quadratic:a=1,b=25 styblinski-tang
lbfgs:lr=0.1,max_iter=1,line_search=none | rosenbrock beale himmelblau
lbfgs:lr=0.2,max_iter=4,history_size=3,line_search=none | quadratic:a=1,b=25 beale styblinski-tang
newton:lr=1 | rosenbrock quadratic:a=1,b=25 beale styblinski-tang
newton:lr=0.1 | rosenbrock quadratic:a=1,b=25 edge-of-stability
newton:lr=0.3,damping=2 | rosenbrock beale himmelblau
newton:lr=0.5,damping=30 | quadratic:a=1,b=25 ackley styblinski-tang
sgd:lr=0.001,momentum=0.9@step:step_size=30,gamma=0.5 | rosenbrock himmelblau
sgd:lr=0.05@exponential:gamma=0.97 | quadratic:a=1,b=25 edge-of-stability
sgd:lr=0.01@cosine:t_max=100 | himmelblau styblinski-tang
sgd:lr=0.01@cosine:t_max=40,eta_min=0.001 | quadratic:a=1,b=25 ackley
sgd:lr=0.002,momentum=0.9@one-cycle:total_steps=101 | rosenbrock beale
sgd:lr=0.02,momentum=0.9,nesterov=true@one-cycle:total_steps=101,three_phase=true | quadratic:a=1,b=25 styblinski-tang
adam:lr=0.1@one-cycle:total_steps=101 | rosenbrock himmelblau
adam:lr=0.1@one-cycle:total_steps=101,cycle_momentum=false,anneal_strategy=linear | beale edge-of-stability
adam:lr=0.05,beta1=0.95@warmup:steps=10>cosine:t_max=90 | rosenbrock himmelblau
sgd:lr=0.002,momentum=0.9@warmup:steps=20,start_factor=0.1>cosine:t_max=60>constant | rosenbrock beale
adamw:lr=0.1@constant:steps=30>exponential:gamma=0.95 | rosenbrock styblinski-tang
lbfgs:lr=0.2,max_iter=2,line_search=none@exponential:gamma=0.98 | rosenbrock himmelblau
rmsprop:lr=0.02@step:step_size=25 | rosenbrock styblinski-tang
sgd:lr=0.01@multi-step:milestones=20/50/80,gamma=0.3 | himmelblau beale
sgd:lr=0.02,momentum=0.9@constant-factor:factor=0.25,total_iters=30 | quadratic:a=1,b=25 edge-of-stability
adam:lr=0.1@linear:start_factor=0.1,end_factor=0.8,total_iters=40 | rosenbrock styblinski-tang
adamw:lr=0.1@polynomial:total_iters=80,power=2 | rosenbrock himmelblau
sgd:lr=0.01@cosine-warm-restarts:t_0=10,t_mult=2,eta_min=0.001 | himmelblau quadratic:a=1,b=25
sgd:lr=0.001,momentum=0.9@cyclic:max_lr=0.003,step_size_up=12,step_size_down=20,mode=triangular2 | himmelblau beale
adam:lr=0.02@cyclic:max_lr=0.1,step_size_up=15,mode=exp_range,gamma=0.98 | rosenbrock himmelblau
rmsprop:lr=0.005@cyclic:max_lr=0.02,step_size_up=10,cycle_momentum=false | styblinski-tang ackley
sgd:lr=0.002,momentum=0.5@one-cycle:total_steps=40>cosine:t_max=60 | rosenbrock beale
adam:lr=0.05@cyclic:base_lr=0.01,max_lr=0.1,step_size_up=8,steps=30>exponential:gamma=0.97 | himmelblau styblinski-tang
sgd:lr=0.081@plateau:patience=3,factor=0.5 | quadratic:a=1,b=25 ackley
sgd:lr=0.0018@plateau:patience=2,factor=0.7,cooldown=4 | rosenbrock edge-of-stability
adam:lr=0.5@plateau:patience=4,factor=0.5,threshold=0.05,min_lr=0.02 | himmelblau styblinski-tang
adam:lr=0.3@plateau:patience=0,factor=0.8,threshold=0.01,threshold_mode=abs,cooldown=3,eps=0.01 | beale edge-of-stability
sgd:lr=0.002,maximize=true@plateau:mode=max,patience=5,factor=0.9,threshold=0.3 | himmelblau
sgd:lr=0.01 | rosenbrock beale himmelblau | clip_norm=1
sgd:lr=0.002,momentum=0.9 | rosenbrock quadratic:a=1,b=25 | clip_value=0.5
sgd:lr=0.005,momentum=0.9,weight_decay=0.1 | beale edge-of-stability | clip_norm=2
adam:lr=0.05 | rosenbrock himmelblau | clip_norm=10
adagrad:lr=0.3 | rosenbrock beale | clip_value=1
adam:lr=0.1@cosine:t_max=100 | rosenbrock styblinski-tang | clip_norm=5
"""


def path_cases(table, file):
    """The cases of a table; with `--new` those that the file has are taken from there."""
    key = lambda case: (case["landscape"], case["run"], case["clip_norm"], case["clip_value"])
    known = json.loads((HERE / file).read_text(encoding="utf-8"))["cases"] if "--new" in sys.argv else []
    known = {key(case): case for case in known}
    for line in table.strip().splitlines():
        run, landscapes, *clipping = line.split(" | ")
        clip = member("clip:" + "".join(clipping))[1]
        for spec in landscapes.split():
            case = {"landscape": spec, "run": run, "start": list(STARTS[spec]), "steps": STEPS}
            case |= {"clip_norm": clip.get("clip_norm"), "clip_value": clip.get("clip_value")}
            if key(case) in known:
                yield known[key(case)]
                continue
            rows = path(case)
            case["compare"] = comparable(case, rows)
            if case["compare"] < 20:  # Choose other settings, unless L-BFGS has converged by then.
                print(f"only row {case['compare']} can be compared: {run} on {spec}")
            yield case | rows


# --- Points on landscapes ---------------------------------------------------------------------------------------------

# How far the points reach from the origin, in both directions.
REACH = {
    "quadratic": 5, "quadratic:a=2,b=30,angle=30": 5, "rosenbrock": 2.048, "rosenbrock:a=2,b=50": 2.048, "beale": 4.5,
    "himmelblau": 5, "booth": 10, "three-hump-camel": 5, "rastrigin": 5.12, "ackley": 5, "styblinski-tang": 5,
    "saddle": 2, "saddle:c=0.5": 2, "monkey-saddle": 2, "edge-of-stability": 4,
}  # fmt: skip

# Rectangles of the others, x then y; where a domain is large and its waves are short, a part of it.
AREAS = {
    "matyas": (-10, 10, -10, 10), "zakharov": (-5, 10, -5, 10), "trid": (-4, 4, -4, 4), "leon": (0, 10, 0, 10),
    "dixon-price": (-10, 10, -10, 10), "goldstein-price": (-2, 2, -2, 2), "deckkers-aarts": (-20, 20, -20, 20),
    "mccormick": (-1.5, 4, -3, 4), "adjiman": (-1, 2, -1, 1), "gramacy-lee": (-2, 2, -2, 2), "easom": (1, 6, 1, 6),
    "six-hump-camel": (-3, 3, -2, 2), "branin": (-5, 10, 0, 15), "griewank": (-600, 600, -600, 600),
    "levy": (-10, 10, -10, 10), "levy-13": (-10, 10, -10, 10), "schwefel": (-500, 500, -500, 500),
    "eggholder": (-512, 512, -512, 512), "shubert": (-5.12, 5.12, -5.12, 5.12), "langermann": (0, 10, 0, 10),
    "drop-wave": (-5.12, 5.12, -5.12, 5.12), "schaffer-2": (-10, 10, -10, 10), "schaffer-4": (-10, 10, -10, 10),
    "bohachevsky-1": (-100, 100, -100, 100), "bohachevsky-2": (-100, 100, -100, 100), "egg-crate": (-5, 5, -5, 5),
    "bird": (-6.28, 6.28, -6.28, 6.28), "keane": (0, 10, 0, 10), "alpine-1": (-10, 10, -10, 10),
    "salomon": (-10, 10, -10, 10), "michalewicz": (0, 3.14, 0, 3.14), "michalewicz:m=3": (0, 3.14, 0, 3.14),
    "de-jong-5": (-40, 40, -40, 40), "bukin-6": (-15, -5, -3, 3), "holder-table": (-10, 10, -10, 10),
    "cross-in-tray": (-10, 10, -10, 10), "two-wells": (-2, 2, -2, 2), "plateau": (-2, 2, -2, 2),
    "plateau:w=6": (-5, 5, -5, 5),
}  # fmt: skip

# Formulas, and the interval of both coordinates in which they are defined and smooth but for kinks that no point hits.
FORMULAS = {
    "x^2+3*y^2-x*y": (-3, 3),
    "-x^2+2^-x+y^3^2/50": (-1.5, 1.5),
    "sin(3*x)*cos(2*y)+tan(x/4)": (-3, 3),
    "exp(-x^2-y^2)+e^(x/2)": (-2, 2),
    "ln(x+y)*log10(x*y+1)-x/y": (0.2, 3),
    "sqrt(x^2+y^2+0.1)-tanh(x-2*y)": (-3, 3),
    "abs(x)+abs(y-1)*x^2": (-3, 3),
    "max(x,y)+min(x^2,2*y)": (-2, 2),
    "max(x,y)*sin(pi*x)-min(sin(x),cos(y))": (-2, 2),
    "x^y+y^-x-(-x)^3": (0.3, 2.5),
    "1e-1*(x-.5)^4-2.5E1*-y/(1+x^2)": (-2, 2),
    "-(-x-y)^2-x-y-1/2/(x^2+1)*4": (-2, 2),
}
POINTS = 8


def landscape_cases():
    dice = random.Random(20)
    squares = [(spec, landscape(spec), (-reach, reach) * 2, POINTS) for spec, reach in REACH.items()]
    formulas = [(f'formula:f="{text}"', formula(text), ends * 2, POINTS) for text, ends in FORMULAS.items()]
    others = [(spec, landscape(spec), area, 6) for spec, area in AREAS.items()]
    for spec, function, area, points in squares + formulas + others:
        for _ in range(points):
            point = [round(dice.uniform(*ends), 6) for ends in (area[:2], area[2:])]
            value, gradient, ((xx, xy), (_, yy)) = derivatives(function, point)
            hessian = [xx, xy, yy]
            yield {"landscape": spec, "point": point, "value": value, "gradient": gradient, "hessian": hessian}


# --- Schedules --------------------------------------------------------------------------------------------------------

SCHEDULES = """
constant
step:step_size=7,gamma=0.5
exponential:gamma=0.9
cosine:t_max=30
cosine:t_max=10,eta_min=0.01
one-cycle:total_steps=30
one-cycle:total_steps=30,pct_start=0.4,div_factor=10,final_div_factor=100,anneal_strategy=linear
one-cycle:total_steps=30,three_phase=true
one-cycle:total_steps=30,cycle_momentum=false
warmup:steps=10
warmup:steps=10,start_factor=0.1
warmup:steps=10>cosine:t_max=20
constant:steps=5>exponential:gamma=0.9
step:step_size=3,gamma=0.5,steps=9>cosine:t_max=10
multi-step:milestones=30,gamma=0.5
multi-step:milestones=5/12/12/33,gamma=0.4
constant-factor
constant-factor:factor=0.2,total_iters=15
linear
linear:start_factor=0.1,end_factor=0.6,total_iters=20
polynomial:total_iters=30
polynomial:total_iters=25,power=2.5
cosine-warm-restarts:t_0=10
cosine-warm-restarts:t_0=5,t_mult=2,eta_min=0.01
cyclic:max_lr=0.5,step_size_up=10
cyclic:max_lr=0.4,step_size_up=7,step_size_down=4,mode=triangular2,base_momentum=0.7,max_momentum=0.95
cyclic:max_lr=0.4,step_size_up=6,mode=exp_range,gamma=0.95
cyclic:max_lr=0.05,step_size_up=9,step_size_down=6,cycle_momentum=false
linear:start_factor=0.1,total_iters=8,steps=10>cosine:t_max=30
warmup:steps=10>multi-step:milestones=5/15,gamma=0.5
constant:steps=5>polynomial:total_iters=20,power=2
polynomial:total_iters=12>cosine-warm-restarts:t_0=4,t_mult=2
cosine-warm-restarts:t_0=6,steps=15>constant-factor:factor=0.5,total_iters=10
multi-step:milestones=3/6,steps=10>linear:total_iters=7
constant-factor:factor=0.4,total_iters=0
constant-factor:factor=0.4,total_iters=0,steps=7>cosine:t_max=20
cyclic:base_lr=0.02,max_lr=0.3,step_size_up=6
cyclic:base_lr=0.02,max_lr=0.3,step_size_up=8,step_size_down=5,mode=exp_range,gamma=0.97,cycle_momentum=false
one-cycle:total_steps=12>cosine:t_max=20
one-cycle:total_steps=15,three_phase=true>exponential:gamma=0.9
one-cycle:total_steps=10,cycle_momentum=false>linear
warmup:steps=5>one-cycle:total_steps=15,max_momentum=0.97>constant
cyclic:max_lr=0.4,step_size_up=4,steps=11>exponential:gamma=0.9
constant:steps=6>cyclic:max_lr=0.3,step_size_up=5,mode=triangular2
cyclic:base_lr=0.02,max_lr=0.3,step_size_up=6,steps=9>one-cycle:total_steps=12>polynomial:total_iters=15
one-cycle:total_steps=9>cyclic:base_lr=0.05,max_lr=0.2,step_size_up=3,steps=8>step:step_size=4
"""


def schedule_cases():
    """Entry t is what step t + 1 uses. A one-cycle schedule of 30 steps ends with entry 29."""
    for spec in SCHEDULES.split():
        for run in ["sgd:lr=0.1,momentum=0.9"] + ["adam:lr=0.1"] * ("cycl" in spec):
            theta = torch.zeros(2, requires_grad=True)
            theta.grad = torch.zeros(2)
            steps_with = optimizer(run, [theta], None)
            (group,) = steps_with.param_groups
            schedules_with = schedule(spec, steps_with)
            case = {"schedule": spec, "run": run, "lr": [], "momentum": []}
            last = 29 if spec.startswith("one-cycle") and ">" not in spec else 40
            for t in range(last + 1):
                case["lr"].append(float(group["lr"]))
                case["momentum"].append(float(group["betas"][0] if "betas" in group else group["momentum"]))
                if t < last:
                    steps_with.step()
                    schedules_with.step()
            yield case


# --- Files ------------------------------------------------------------------------------------------------------------


def write(name, cases, **versions):
    """One case per line, so that a change of one is one line in a diff. NaN and infinity are refused."""
    made_with = {"python": platform.python_version(), "torch": torch.__version__} | versions
    lines = [json.dumps(case, separators=(",", ":"), allow_nan=False) for case in cases]
    text = f'{{"made_with": {json.dumps(made_with)}, "cases": [\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / name).write_text(text, encoding="utf-8")
    print(f"{name}: {len(lines)} cases, {len(text.encode())} bytes")


def main():
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    write("torch_landscapes.json", landscape_cases())
    write("torch_schedules.json", schedule_cases())
    write("torch_paths.json", path_cases(PATHS, "torch_paths.json"))


if __name__ == "__main__":
    main()
