"""What the specs of landscapes, formulas, runs and schedules mean in PyTorch."""

import inspect
import math

import torch

# --- Specs ------------------------------------------------------------------------------------------------------------


def value_of(text):
    """`true`, `7`, `0.05`, `auto` for None, a list like `30/60`, or a word."""
    if text in ("true", "false"):
        return text == "true"
    if text == "auto":
        return None
    if "/" in text:
        return tuple(value_of(part) for part in text.split("/"))
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def member(text):
    """`name:key=value,…` as (name, {key: value})."""
    name, _, settings = text.partition(":")
    pairs = (part.split("=") for part in settings.split(",") if part)
    return name, {key: value_of(value) for key, value in pairs}


# --- Landscapes -------------------------------------------------------------------------------------------------------
# Each takes the coordinates as tensors; `cos`, `exp`, … are PyTorch's so that autograd sees through them.

cos, sin, exp, sqrt = torch.cos, torch.sin, torch.exp, torch.sqrt


def quadratic(x, y, a=1, b=10, angle=0):
    """Axes turned by `angle` degrees."""
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    u, v = c * x + s * y, -s * x + c * y
    return 0.5 * (a * u**2 + b * v**2)


def rosenbrock(x, y, a=1, b=100):
    return (a - x) ** 2 + b * (y - x**2) ** 2


def beale(x, y):
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def himmelblau(x, y):
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def booth(x, y):
    return (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2


def three_hump_camel(x, y):
    return 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2


def rastrigin(x, y):
    return 20 + sum(t**2 - 10 * cos(2 * math.pi * t) for t in (x, y))


def ackley(x, y):
    waves = 0.5 * (cos(2 * math.pi * x) + cos(2 * math.pi * y))
    return -20 * exp(-0.2 * sqrt(0.5 * (x**2 + y**2))) - exp(waves) + math.e + 20


def styblinski_tang(x, y):
    return 0.5 * sum(t**4 - 16 * t**2 + 5 * t for t in (x, y))


def saddle(x, y, a=1, b=1, c=0):
    return a * x**2 - b * y**2 + c * y**4


def monkey_saddle(x, y):
    return x**3 - 3 * x * y**2


def edge_of_stability(x, y):
    return 0.25 * (x**2 * y**2 - 1) ** 2


def matyas(x, y):
    return 0.26 * (x**2 + y**2) - 0.48 * x * y


def zakharov(x, y):
    s = 0.5 * x + y
    return x**2 + y**2 + s**2 + s**4


def trid(x, y):
    return (x - 1) ** 2 + (y - 1) ** 2 - x * y


def leon(x, y):
    return (1 - x) ** 2 + 100 * (y - x**3) ** 2


def dixon_price(x, y):
    return (x - 1) ** 2 + 2 * (2 * y**2 - x) ** 2


def goldstein_price(x, y):
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    second = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return first * second


def deckkers_aarts(x, y):
    return 1e5 * x**2 + y**2 - (x**2 + y**2) ** 2 + 1e-5 * (x**2 + y**2) ** 4


def mccormick(x, y):
    return sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1


def adjiman(x, y):
    return cos(x) * sin(y) - x / (y**2 + 1)


def gramacy_lee(x, y):
    return x * exp(-(x**2) - y**2)


def easom(x, y):
    return -cos(x) * cos(y) * exp(-((x - math.pi) ** 2) - (y - math.pi) ** 2)


def six_hump_camel(x, y):
    return (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (4 * y**2 - 4) * y**2


def branin(x, y):
    floor = y - 5.1 * x**2 / (4 * math.pi**2) + 5 * x / math.pi - 6
    return floor**2 + 10 * (1 - 1 / (8 * math.pi)) * cos(x) + 10


def griewank(x, y):
    return 1 + (x**2 + y**2) / 4000 - cos(x) * cos(y / math.sqrt(2))


def levy(x, y):
    w1, w2 = (1 + (t - 1) / 4 for t in (x, y))
    last = (w2 - 1) ** 2 * (1 + sin(2 * math.pi * w2) ** 2)
    return sin(math.pi * w1) ** 2 + (w1 - 1) ** 2 * (1 + 10 * sin(math.pi * w1 + 1) ** 2) + last


def levy_13(x, y):
    last = (y - 1) ** 2 * (1 + sin(2 * math.pi * y) ** 2)
    return sin(3 * math.pi * x) ** 2 + (x - 1) ** 2 * (1 + sin(3 * math.pi * y) ** 2) + last


def schwefel(x, y):
    return 837.9657745448674 - sum(t * sin(sqrt(abs(t))) for t in (x, y))


def eggholder(x, y):
    return -(y + 47) * sin(sqrt(abs(x / 2 + y + 47))) - x * sin(sqrt(abs(x - y - 47)))


def shubert(x, y):
    first, second = (sum(i * cos((i + 1) * t + i) for i in range(1, 6)) for t in (x, y))
    return first * second


def langermann(x, y):
    centres = ((1, 3, 5), (2, 5, 2), (5, 2, 1), (2, 1, 4), (3, 7, 9))
    squares = [(c, (x - a) ** 2 + (y - b) ** 2) for c, a, b in centres]
    return sum(c * exp(-d / math.pi) * cos(math.pi * d) for c, d in squares)


def drop_wave(x, y):
    square = x**2 + y**2
    return -(1 + cos(12 * sqrt(square))) / (0.5 * square + 2)


def schaffer_2(x, y):
    return 0.5 + (sin(x**2 - y**2) ** 2 - 0.5) / (1 + 0.001 * (x**2 + y**2)) ** 2


def schaffer_4(x, y):
    return 0.5 + (cos(sin(abs(x**2 - y**2))) ** 2 - 0.5) / (1 + 0.001 * (x**2 + y**2)) ** 2


def bohachevsky_1(x, y):
    return x**2 + 2 * y**2 - 0.3 * cos(3 * math.pi * x) - 0.4 * cos(4 * math.pi * y) + 0.7


def bohachevsky_2(x, y):
    return x**2 + 2 * y**2 - 0.3 * cos(3 * math.pi * x) * cos(4 * math.pi * y) + 0.3


def egg_crate(x, y):
    return x**2 + y**2 + 25 * (sin(x) ** 2 + sin(y) ** 2)


def bird(x, y):
    return sin(x) * exp((1 - cos(y)) ** 2) + cos(y) * exp((1 - sin(x)) ** 2) + (x - y) ** 2


def keane(x, y):
    return -(sin(x - y) ** 2) * sin(x + y) ** 2 / sqrt(x**2 + y**2)


def alpine_1(x, y):
    return sum(abs(t * sin(t) + 0.1 * t) for t in (x, y))


def salomon(x, y):
    r = sqrt(x**2 + y**2)
    return 1 - cos(2 * math.pi * r) + 0.1 * r


def michalewicz(x, y, m=10):
    return -sum(sin(t) * sin(i * t**2 / math.pi) ** (2 * m) for i, t in ((1, x), (2, y)))


def de_jong_5(x, y):
    grid = (-32, -16, 0, 16, 32)
    holes = [(a, b) for b in grid for a in grid]
    return 1 / (0.002 + sum(1 / (j + (x - a) ** 6 + (y - b) ** 6) for j, (a, b) in enumerate(holes, 1)))


def bukin_6(x, y):
    return 100 * sqrt(abs(y - 0.01 * x**2)) + 0.01 * abs(x + 10)


def holder_table(x, y):
    return -abs(sin(x) * cos(y) * exp(abs(1 - sqrt(x**2 + y**2) / math.pi)))


def cross_in_tray(x, y):
    return -0.0001 * (abs(sin(x) * sin(y) * exp(abs(100 - sqrt(x**2 + y**2) / math.pi))) + 1) ** 0.1


def two_wells(x, y):
    return x**2 + y**2 - 2 * exp(-((x - 1) ** 2 + y**2) / 0.2) - 3 * exp(-((x + 1) ** 2 + y**2) / 0.2)


def plateau(x, y, w=1):
    return 1 - exp(-(x**2 + y**2) / w)


LANDSCAPES = {
    function.__name__.replace("_", "-"): function
    for function in (quadratic, rosenbrock, beale, himmelblau, booth, three_hump_camel, rastrigin, ackley,
                     styblinski_tang, saddle, monkey_saddle, edge_of_stability, matyas, zakharov, trid, leon,
                     dixon_price, goldstein_price, deckkers_aarts, mccormick, adjiman, gramacy_lee, easom,
                     six_hump_camel, branin, griewank, levy, levy_13, schwefel, eggholder, shubert, langermann,
                     drop_wave, schaffer_2, schaffer_4, bohachevsky_1, bohachevsky_2, egg_crate, bird, keane, alpine_1,
                     salomon, michalewicz, de_jong_5, bukin_6, holder_table, cross_in_tray, two_wells, plateau)
}  # fmt: skip


def landscape(spec):
    """The function of a tensor [x, y] that a spec names."""
    name, settings = member(spec)
    return lambda theta: LANDSCAPES[name](theta[0], theta[1], **settings)


def formula(text):
    """The same for a formula in x and y. Python's `**` binds the way the formulas' `^` does: from the right, tighter
    than a minus before it, and with a minus allowed after it."""
    of = lambda function: lambda *given: function(*(torch.as_tensor(value, dtype=torch.float64) for value in given))
    names = {name: of(getattr(torch, name)) for name in "sin cos tan exp log10 sqrt abs tanh".split()}
    names |= {"ln": of(torch.log), "min": of(torch.minimum), "max": of(torch.maximum), "pi": math.pi, "e": math.e}
    code = compile(text.replace("^", "**"), text, "eval")
    return lambda theta: eval(code, {"__builtins__": {}}, names | {"x": theta[0], "y": theta[1]})


def derivatives(function, point):
    """Value, gradient and Hessian (xx, xy, yy) by differentiating twice backwards."""
    theta = torch.tensor(point, requires_grad=True)
    value = function(theta)
    (gradient,) = torch.autograd.grad(value, theta, create_graph=True)
    rows = []
    for slope in gradient:
        # A slope that is a constant has no graph behind it.
        row = torch.autograd.grad(slope, theta, retain_graph=True, allow_unused=True)[0] if slope.requires_grad else None
        rows.append([0.0, 0.0] if row is None else row.tolist())
    return value.item(), gradient.tolist(), rows


# --- Optimizers and schedules -----------------------------------------------------------------------------------------


class Newton(torch.optim.Optimizer):
    """θ ← θ − lr · (H + damping · I)⁻¹ g with the exact Hessian; not part of PyTorch."""

    def __init__(self, params, lr=1.0, damping=0.0):
        super().__init__(params, {"lr": lr, "damping": damping})

    def step(self, closure):
        closure()
        (group,) = self.param_groups
        (theta,) = group["params"]
        _, gradient, hessian = derivatives(self.function, theta.tolist())
        system = torch.tensor(hessian) + group["damping"] * torch.eye(2)
        with torch.no_grad():
            theta -= group["lr"] * torch.linalg.solve(system, torch.tensor(gradient))


OPTIMIZERS = {
    name.lower(): getattr(torch.optim, name)
    for name in ("SGD", "Adam", "AdamW", "Adagrad", "RMSprop", "Adadelta", "LBFGS",
                 "NAdam", "RAdam", "Adamax", "Adafactor", "Rprop", "ASGD")
} | {"newton": Newton}  # fmt: skip

# The average of the iterates, where there is one, from θ, the state and the settings.
AVERAGES = {"asgd": lambda theta, state, settings: state["ax"]}

# What goes around an optimizer: a function of settings, of parameters and of what makes the optimizer for them.
WRAPPERS = {}

# Settings that are several numbers, and what specs call these.
PARTS = {
    "betas": ("beta1", "beta2", "beta3"),
    "nus": ("nu1", "nu2"),
    "etas": ("eta_minus", "eta_plus"),
    "step_sizes": ("step_min", "step_max"),
    "eps": ("eps1", "eps2"),
}
OTHER_NAMES = {"line_search": "line_search_fn", "decoupled_weight_decay": "weight_decouple"}


def optimizer(spec, params, function):
    """The optimizer for a spec, with wrappers from the inside out after `+`; `function` is for Hessians alone."""
    inner, _, outer = spec.rpartition("+")
    if inner:
        name, settings = member(outer)
        return WRAPPERS[name](settings, params, lambda params: optimizer(inner, params, function))
    name, settings = member(spec)
    kind = OPTIMIZERS[name]
    known = inspect.signature(kind).parameters
    for whole, parts in PARTS.items():
        if whole in known and isinstance(known[whole].default, tuple) and whole not in settings:
            settings[whole] = tuple(settings.pop(part, own) for part, own in zip(parts, known[whole].default))
    settings = {key if key in known else OTHER_NAMES.get(key, key): value for key, value in settings.items()}
    if settings.get("line_search_fn") == "none":
        settings["line_search_fn"] = None
    if "foreach" in known:
        settings["foreach"] = False
    made = kind(params, **settings)
    made.function = function
    return made


class OneCycle(torch.optim.lr_scheduler.OneCycleLR):
    """With numbers of its own, where PyTorch has them in the optimizer's group, where others in a sequence overwrite them."""

    own = None

    def get_lr(self):
        if self.own is None:
            return super().get_lr()
        (group,) = self.optimizer.param_groups
        others = {name: group.get(name) for name in self.own}
        group.update(self.own)
        lrs = super().get_lr()
        group.update(others)
        return lrs


def schedule(spec, optimizer):
    """PyTorch's scheduler for a spec, `>` meaning SequentialLR. Returns None for the empty spec.

    OneCycleLR and CyclicLR overwrite learning rate and momentum of the optimizer when they are constructed, also where they
    come later in a sequence. That is undone, so that each starts from the optimizer's own.
    """
    schedulers, milestones, start = [], [], 0
    base = optimizer.param_groups[0]["lr"]
    parts = [part for part in spec.split(">") if part]
    for part in parts:
        name, settings = member(part)
        # How long a part of a sequence lasts: known for these, a setting of the others.
        lengths = {"warmup": "steps", "cosine": "t_max", "one-cycle": "total_steps", "polynomial": "total_iters"}
        length = settings[lengths[name]] if name in lengths else settings.pop("steps", 0)
        (group,) = optimizer.param_groups
        numbers = {key: group[key] for key in ("momentum", "betas") if key in group}
        made = scheduler(name, settings, optimizer, base)
        if len(parts) > 1 and name in ("one-cycle", "cyclic"):
            if name == "one-cycle":
                names = ("initial_lr", "max_lr", "min_lr", "base_momentum", "max_momentum")
                made.own = {key: group[key] for key in names if key in group}
            group.update(numbers | {"lr": base, "initial_lr": base})
        schedulers.append(made)
        start += length
        milestones.append(start)
    if len(parts) > 1:
        return torch.optim.lr_scheduler.SequentialLR(optimizer, schedulers, milestones[:-1])
    return schedulers[0] if schedulers else None


def scheduler(name, settings, optimizer, base):
    lrs = torch.optim.lr_scheduler
    match name:
        case "constant":
            return lrs.LambdaLR(optimizer, lambda t: 1.0)
        case "warmup":
            steps, first = settings["steps"], settings.get("start_factor", 0)
            return lrs.LambdaLR(optimizer, lambda t: first + (1 - first) * min(t / steps, 1))
        case "step":
            return lrs.StepLR(optimizer, **settings)
        case "exponential":
            return lrs.ExponentialLR(optimizer, **settings)
        case "cosine":
            return lrs.CosineAnnealingLR(optimizer, settings["t_max"], settings.get("eta_min", 0))
        case "one-cycle":
            return OneCycle(optimizer, **{"max_lr": base} | settings)
        case "multi-step":
            milestones = settings.pop("milestones")
            return lrs.MultiStepLR(optimizer, milestones if isinstance(milestones, tuple) else [milestones], **settings)
        case "constant-factor":
            return lrs.ConstantLR(optimizer, **settings)
        case "linear":
            return lrs.LinearLR(optimizer, **settings)
        case "polynomial":
            return lrs.PolynomialLR(optimizer, **settings)
        case "cosine-warm-restarts":
            names = {"t_0": "T_0", "t_mult": "T_mult"}
            settings = {names.get(key, key): value for key, value in settings.items()}
            return lrs.CosineAnnealingWarmRestarts(optimizer, **settings)
        case "plateau":
            return lrs.ReduceLROnPlateau(optimizer, **settings)
        case "cyclic":
            return lrs.CyclicLR(optimizer, **{"base_lr": base} | settings)
    raise ValueError(f"no schedule `{name}`")
