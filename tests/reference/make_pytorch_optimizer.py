#!/usr/bin/env python3
"""Makes paths of optimizers and wrappers from pytorch_optimizer in float64 on the CPU, as make_torch.py does from PyTorch.

    python3 tests/reference/make_pytorch_optimizer.py        (some minutes)
    python3 tests/reference/make_pytorch_optimizer.py --new  (keeps the cases that the file has)

Beside this script it writes pytorch_optimizer_paths.json, in the form of torch_paths.json. The library computes some of
its scalars in single precision, which would show: what is done about it stands below. Settings that specs do not have are
fixed in OPTIMIZERS.
"""

from functools import partial
from importlib.metadata import version

import pytorch_optimizer
import torch
from pytorch_optimizer.optimizer import adan, lamb, sam

import make_torch
import torch_specs
from torch_specs import derivatives

# --- Optimizers -------------------------------------------------------------------------------------------------------
# `torch_specs.optimizer` asks all of them for `foreach=False`, because their batched operations have scalars in single
# precision: the step size of LaProp for one. SOAP's QR decomposition is in single precision whatever one does, and its
# cases are so.


def squared_norm(groups, *, weight_adaptive=False):
    """‖g‖², or ‖|θ| g‖² for ASAM: the library's function, which rounds it to single precision."""
    total = 0
    for group in groups:
        for p in group["params"]:
            scaled = p.grad * p.abs() if weight_adaptive and group["adaptive"] else p.grad
            total += scaled.square().sum()
    return total.reshape(1)


for module in [adan, lamb, sam]:
    module.get_global_gradient_norm = squared_norm


class QHAdam(pytorch_optimizer.QHAdam):
    """With the weights of its means in double precision, which are in single precision in the library."""

    def init_group(self, group, **kwargs):
        super().init_group(group)
        for state in self.state.values():
            for name in ("beta1_weight", "beta2_weight"):
                state[name] = state[name].double()


class LARS(pytorch_optimizer.LARS):
    """The library has no trust ratio for vectors, so the parameters are a matrix of one row while it steps."""

    def step(self, closure):
        closure()
        (theta,) = self.param_groups[0]["params"]
        gradient, theta.grad = theta.grad, None
        theta.data, theta.grad = theta.data.unsqueeze(0), gradient.unsqueeze(0)
        super().step()
        theta.grad = None
        theta.data = theta.data.squeeze(0)


class Diagonal:
    """Gives an optimizer the diagonal of the Hessian in those steps in which it would estimate it.

    Where the Hessian is diagonal this is what Hutchinson's estimate is for any random signs.
    """

    def step(self, closure):
        closure()
        (group,) = self.param_groups
        if group.get("step", 0) % self.update_period:
            return super().step()
        (theta,) = group["params"]
        _, _, hessian = derivatives(self.function, theta.tolist())
        return super().step(hessian=[torch.tensor(hessian).diagonal()])


class AdaHessian(Diagonal, pytorch_optimizer.AdaHessian):
    pass


class SophiaH(Diagonal, pytorch_optimizer.SophiaH):
    pass


OPTIMIZERS = {
    "adabelief": pytorch_optimizer.AdaBelief,
    "adahessian": AdaHessian,
    "adan": pytorch_optimizer.Adan,
    "ademamix": pytorch_optimizer.AdEMAMix,
    "adopt": pytorch_optimizer.ADOPT,
    "aggmo": pytorch_optimizer.AggMo,
    "dadapt-adam": pytorch_optimizer.DAdaptAdam,
    "lamb": pytorch_optimizer.Lamb,
    "laprop": pytorch_optimizer.LaProp,
    "lars": LARS,
    "lion": pytorch_optimizer.Lion,
    "madgrad": pytorch_optimizer.MADGRAD,
    "mars": partial(pytorch_optimizer.MARS, optimize_1d=True),
    "prodigy": pytorch_optimizer.Prodigy,
    "qhadam": QHAdam,
    "qhm": pytorch_optimizer.QHM,
    "schedulefree-adamw": pytorch_optimizer.ScheduleFreeAdamW,
    "schedulefree-sgd": pytorch_optimizer.ScheduleFreeSGD,
    "shampoo": pytorch_optimizer.Shampoo,
    "signsgd": pytorch_optimizer.SignSGD,
    "soap": partial(pytorch_optimizer.SOAP, precondition_1d=True),
    "sophia": SophiaH,
    "tiger": pytorch_optimizer.Tiger,
    "yogi": pytorch_optimizer.Yogi,
}

# What `eval()` would make of θ, which is not done because coming back rounds.
AVERAGES = {
    "schedulefree-adamw": lambda theta, state, settings: theta.lerp(state["z"], 1 - 1 / settings["betas"][0]),
    "schedulefree-sgd": lambda theta, state, settings: theta.lerp(state["z"], 1 - 1 / settings["momentum"]),
}

# --- Wrappers ---------------------------------------------------------------------------------------------------------


class SAM(pytorch_optimizer.SAM):
    """The library wants the first of the two gradients before the step."""

    def step(self, closure):
        with torch.enable_grad():
            closure()
        return super().step(closure)


SCALES = {
    "mean": lambda mask: 1 / mask.mean().clamp(min=1e-3),  # C-AdamW of the authors, and timm
    "count": lambda mask: mask.numel() / (mask.sum() + 1),  # C-Lion of the authors, and the library
}


class Cautious(torch.optim.Optimizer):
    """θ ← δ + s φ u for the inner optimizer's step u, where φ is 1 for u g < 0 and 0 elsewhere, and δ is what decoupled
    weight decay makes of θ, which is no part of u.

    The library has this inside of some optimizers, with the scale `count` alone; `confirm_cautious` sees that all is the
    same. With the scale `mean` AdamW is the authors' C-AdamW.
    """

    def __init__(self, inner, scale="mean"):
        super().__init__(inner.param_groups, {})
        self.inner = inner
        self.param_groups = inner.param_groups
        self.scale = SCALES[scale]

    def decayed(self, theta):
        (group,) = self.inner.param_groups
        if group.get("weight_decouple", group.get("decoupled_weight_decay", False)):
            return theta * (1 - group["weight_decay"] * (1 if group.get("fixed_decay") else group["lr"]))
        return theta

    def step(self, closure):
        (theta,) = self.param_groups[0]["params"]
        decayed = self.decayed(theta.detach().clone())
        self.inner.step(closure)
        with torch.no_grad():
            update = theta - decayed
            mask = (update * theta.grad < 0).double()
            theta.copy_(decayed + update * mask * self.scale(mask))


def confirm_cautious():
    """Steps of `Cautious` with the library's scale are those of the library's cautious optimizers. Of AdEMAMix it masks the
    faster mean alone, which is the whole step without the slow one."""
    decays = ["", ",weight_decay=0.3,decoupled_weight_decay=true", ",weight_decay=0.1,decoupled_weight_decay=false"]
    decays += [",weight_decay=0.02,decoupled_weight_decay=true,fixed_decay=true"]
    rules = ["lion:lr=0.02", "adopt:lr=0.05", "laprop:lr=0.05", "ademamix:lr=0.05,alpha=0"]
    for run in (rule + decay for rule in rules for decay in decays):
        if run.startswith("laprop") and "decoupled_weight_decay=false" in run:
            continue  # The library adds λθ to the gradient when the step is over.
        for spec in ["rosenbrock", "himmelblau", "beale"]:
            case = {"landscape": spec, "start": make_torch.STARTS[spec], "clip_norm": None, "clip_value": None}
            ours = make_torch.path(case | {"run": f"{run}+cautious:scale=count"})
            theirs = make_torch.path(case | {"run": f"{run},cautious=true"})
            apart = (torch.tensor(ours["theta"]) - torch.tensor(theirs["theta"])).abs().max().item()
            assert apart < 1e-9, f"{run} on {spec}: {apart}"


WRAPPERS = {
    "sam": lambda settings, params, make: SAM(params, lambda groups, **_: make(groups), foreach=False, **settings),
    "asam": lambda settings, params, make: asam(params, make, **settings),
    "lookahead": lambda settings, params, make: pytorch_optimizer.Lookahead(make(params), **settings),
    "cautious": lambda settings, params, make: Cautious(make(params), **settings),
}


def asam(params, make, rho, eta):
    """The library has ASAM without its η."""
    assert eta == 0
    return WRAPPERS["sam"]({"rho": rho, "adaptive": True}, params, make)


# --- Paths ------------------------------------------------------------------------------------------------------------

STARTS = {"rastrigin": (1.3, -0.8), "egg-crate": (2.0, -1.2)}

# run | landscapes
PATHS = """
adabelief:lr=0.05 | rosenbrock beale himmelblau
adabelief:lr=0.1,beta1=0.8,beta2=0.99,eps=1e-8,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang rosenbrock
adabelief:lr=0.05,eps=1e-6,weight_decay=0.2,decoupled_weight_decay=false,ams_bound=true | himmelblau ackley
adabelief:lr=0.02,rectify=true,beta2=0.99 | beale styblinski-tang
adabelief:lr=0.05,weight_decay=0.01,fixed_decay=true,maximize=true | himmelblau
lion:lr=0.01 | rosenbrock beale himmelblau
lion:lr=0.03,beta1=0.8,beta2=0.95,weight_decay=0.2 | quadratic:a=1,b=25 styblinski-tang rosenbrock
lion:lr=0.02,weight_decay=0.5,decoupled_weight_decay=false | ackley himmelblau
tiger:lr=0.01 | rosenbrock beale himmelblau
tiger:lr=0.03,beta=0.8,weight_decay=0.2,decoupled_weight_decay=false | quadratic:a=1,b=25 styblinski-tang ackley
signsgd:lr=0.01 | rosenbrock beale himmelblau
signsgd:lr=0.03,momentum=0.5,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
signsgd:lr=0.007,momentum=0,weight_decay=0.2,decoupled_weight_decay=false | rosenbrock himmelblau
yogi:lr=0.05 | rosenbrock beale himmelblau
yogi:lr=0.1,beta1=0.8,beta2=0.99,initial_accumulator=0.01,eps=0.0001,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
adan:lr=0.05 | rosenbrock beale himmelblau
adan:lr=0.1,beta1=0.9,beta2=0.8,beta3=0.95,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
adan:lr=0.05,weight_decay=0.2,decoupled_weight_decay=true | rosenbrock edge-of-stability
qhadam:lr=0.05 | rosenbrock beale himmelblau
qhadam:lr=0.1,beta1=0.95,beta2=0.99,nu1=0.7,nu2=0.9,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
qhadam:lr=0.05,nu1=0.8,weight_decay=0.2,decoupled_weight_decay=true | rosenbrock edge-of-stability
qhm:lr=0.001,momentum=0.9,nu=0.7 | rosenbrock beale himmelblau
qhm:lr=0.03,momentum=0.95,nu=0.8,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang edge-of-stability
qhm:lr=0.01,weight_decay=0.2,decoupled_weight_decay=true | ackley himmelblau
aggmo:lr=0.0005 | rosenbrock beale himmelblau
aggmo:lr=0.01,betas=0.3/0.8/0.95/0.5,weight_decay=0.1 | quadratic:a=1,b=25 edge-of-stability
aggmo:lr=0.002,betas=0/0.9,weight_decay=0.2,decoupled_weight_decay=true | styblinski-tang ackley
ademamix:lr=0.05 | rosenbrock beale himmelblau
ademamix:lr=0.1,beta1=0.8,beta2=0.99,beta3=0.99,alpha=2,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
ademamix:lr=0.05,t_alpha_beta3=60,weight_decay=0.2,decoupled_weight_decay=true | rosenbrock edge-of-stability
laprop:lr=0.05 | rosenbrock beale himmelblau
laprop:lr=0.1,beta1=0.8,beta2=0.99,eps=1e-8,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
laprop:lr=0.02,centered=true,weight_decay=0.2 | rosenbrock edge-of-stability
laprop:lr=0.05,ams_bound=true@cosine:t_max=100 | himmelblau rosenbrock
madgrad:lr=0.02 | rosenbrock beale himmelblau
madgrad:lr=0.05,momentum=0.5,eps=0.001,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
madgrad:lr=0.02,momentum=0,weight_decay=0.2,decoupled_weight_decay=true | rosenbrock edge-of-stability
adopt:lr=0.05 | rosenbrock beale himmelblau
adopt:lr=0.1,beta1=0.8,beta2=0.99,eps=0.001,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
adopt:lr=0.02,weight_decay=0.2,decoupled_weight_decay=true | rosenbrock edge-of-stability
schedulefree-sgd:lr=0.001 | rosenbrock beale himmelblau
schedulefree-sgd:lr=0.03,momentum=0.8,r=1,weight_lr_power=1,warmup_steps=20,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang edge-of-stability
schedulefree-sgd:lr=0.002@cosine:t_max=100 | beale himmelblau
schedulefree-adamw:lr=0.05 | rosenbrock beale himmelblau
schedulefree-adamw:lr=0.1,beta1=0.8,beta2=0.99,r=1,weight_lr_power=1,warmup_steps=20,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
schedulefree-adamw:lr=0.05,decoupling_c=20,ams_bound=true | rosenbrock
prodigy:d0=0.001 | rosenbrock beale himmelblau
prodigy:d0=0.05 | edge-of-stability
prodigy:lr=0.5,beta1=0.8,beta2=0.99,d0=0.001,d_coef=2,growth_rate=1.1,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
prodigy:d0=0.01,beta3=0.9,bias_correction=true,safeguard_warmup=true | rosenbrock himmelblau
dadapt-adam | rosenbrock beale himmelblau
dadapt-adam:lr=0.5,beta1=0.8,beta2=0.99,d0=0.001,growth_rate=1.1,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
dadapt-adam:d0=0.01,bias_correction=true,weight_decay=0.1,decoupled_weight_decay=true | rosenbrock himmelblau
lamb:lr=0.02 | rosenbrock beale himmelblau
lamb:lr=0.05,beta1=0.8,beta2=0.99,eps=0.001,grad_averaging=false,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
lamb:lr=0.02,weight_decay=0.2,decoupled_weight_decay=false | rosenbrock edge-of-stability
lamb:lr=0.02,beta2=0.99,rectify=true | rosenbrock beale
lamb:lr=0.02,beta2=0.99,rectify=true,degenerated_to_sgd=true | quadratic:a=1,b=25 styblinski-tang
lamb:lr=0.02,pre_norm=true,max_grad_norm=3,adam=true | beale ackley
lars:lr=1,trust_coefficient=0.01 | rosenbrock beale himmelblau
lars:lr=1,momentum=0.8,trust_coefficient=0.02,nesterov=true,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
lars:lr=2,momentum=0.5,dampening=0.3,trust_coefficient=0.01,weight_decay=0.2 | rosenbrock edge-of-stability
sophia:lr=2 | quadratic:a=1,b=25 styblinski-tang rastrigin egg-crate
sophia:lr=0.1,beta1=0.8,beta2=0.9,p=0.5,update_period=3,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang
sophia:lr=0.1,beta1=0.8,p=0.5,update_period=3,weight_decay=0.1,decoupled_weight_decay=false,eps=0.1 | rastrigin egg-crate
adahessian:lr=0.1 | quadratic:a=1,b=25 styblinski-tang rastrigin egg-crate
adahessian:lr=0.1,beta1=0.8,beta2=0.99,hessian_power=0.7,update_period=4,eps=0.01,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang rastrigin egg-crate
shampoo:lr=0.1 | rosenbrock beale himmelblau
shampoo:lr=0.2,momentum=0.5,matrix_eps=0.01,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
shampoo:lr=0.1,matrix_eps=0.1,preconditioning_compute_steps=5,weight_decay=0.2,decoupled_weight_decay=true | rosenbrock edge-of-stability
soap:lr=0.05,eps=0.01 | rosenbrock beale himmelblau
soap:lr=0.1,beta1=0.8,beta2=0.9,precondition_frequency=3,weight_decay=0.1,eps=0.01 | quadratic:a=1,b=25 styblinski-tang ackley
soap:lr=0.05,shampoo_beta=0.8,correct_bias=false,normalize_gradient=true,eps=0.1 | rosenbrock edge-of-stability
mars:lr=0.02 | rosenbrock beale himmelblau
mars:lr=0.1,beta1=0.8,beta2=0.9,gamma=0.1,weight_decay=0.1 | quadratic:a=1,b=25 styblinski-tang ackley
mars:lr=0.02,cautious=true,ams_bound=true | beale
mars:lr=0.02,mars_type=lion,weight_decay=0.2 | rosenbrock himmelblau
sgd:lr=0.001+sam:rho=0.05 | rosenbrock beale himmelblau
sgd:lr=0.01,momentum=0.9+sam:rho=0.2 | quadratic:a=1,b=25 beale edge-of-stability
adam:lr=0.05+sam:rho=0.1@cosine:t_max=100 | rosenbrock styblinski-tang
sgd:lr=0.0005+asam:rho=0.05,eta=0 | rosenbrock beale himmelblau
sgd:lr=0.01+asam:rho=0.5,eta=0 | beale quadratic:a=1,b=25 ackley edge-of-stability
adamw:lr=0.05,weight_decay=0.1+asam:rho=0.2,eta=0 | rosenbrock styblinski-tang
adam:lr=0.05+lookahead:k=5,alpha=0.5 | rosenbrock beale himmelblau
sgd:lr=0.001,momentum=0.9+lookahead:k=3,alpha=0.8@exponential:gamma=0.99 | rosenbrock quadratic:a=1,b=25 styblinski-tang
adam:lr=0.05+cautious | rosenbrock beale himmelblau
lion:lr=0.02+cautious | rosenbrock styblinski-tang
sgd:lr=0.01,momentum=0.9+cautious | beale quadratic:a=1,b=25 edge-of-stability
adamw:lr=0.05+cautious | rosenbrock beale himmelblau
adamw:lr=0.1,weight_decay=0.5+cautious | quadratic:a=1,b=25 ackley styblinski-tang
adamw:lr=0.05,weight_decay=0.2,amsgrad=true+cautious:scale=count | rosenbrock edge-of-stability
lion:lr=0.02,weight_decay=0.3+cautious:scale=count | rosenbrock quadratic:a=1,b=25 styblinski-tang
lion:lr=0.02,weight_decay=0.02,fixed_decay=true+cautious | ackley himmelblau
adopt:lr=0.05,weight_decay=0.2,decoupled_weight_decay=true+cautious:scale=count | rosenbrock himmelblau beale
adopt:lr=0.05,weight_decay=0.1+cautious | styblinski-tang quadratic:a=1,b=25
laprop:lr=0.05,weight_decay=0.2+cautious:scale=count | rosenbrock beale edge-of-stability
laprop:lr=0.1,weight_decay=0.1,centered=true+cautious | himmelblau ackley
ademamix:lr=0.05,weight_decay=0.2,decoupled_weight_decay=true,cautious=true | rosenbrock himmelblau beale
ademamix:lr=0.05,weight_decay=0.2,decoupled_weight_decay=true+cautious:scale=count | rosenbrock styblinski-tang
sgd:lr=0.0005,momentum=0.9+sam:rho=0.05+lookahead:k=5,alpha=0.5@cosine:t_max=100 | rosenbrock beale
"""


def main():
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    torch_specs.OPTIMIZERS.update(OPTIMIZERS)
    torch_specs.AVERAGES.update(AVERAGES)
    torch_specs.WRAPPERS.update(WRAPPERS)
    make_torch.STARTS.update(STARTS)
    confirm_cautious()
    versions = {"pytorch_optimizer": version("pytorch_optimizer")}
    file = "pytorch_optimizer_paths.json"
    make_torch.write(file, make_torch.path_cases(PATHS, file), **versions)


if __name__ == "__main__":
    main()
