"""How small the saves of a training can get at all: what of a save nobody can know who has the save before.

From one state the training goes on many times, each time with other batches, as far as the next save. How far the futures of a
weight and its two moments are apart is what no predictor knows. Their joint entropy is estimated for each weight, from the
distances to the nearest of the other futures (Kozachenko and Leonenko, 1987), and beside it as if they were normal; in bits, down to
the spacing of float32. The estimate knows where each weight's futures lie and how they spread, which a predictor has to guess. It
is of the task 'text', in which every weight has a gradient at every step; where some have none, futures coincide and the estimate
does not hold.
"""

import argparse
import copy
import math
import random

from benchmarks.tasks import text

STEPS = 100
BETWEEN = 5
FUTURES = 64
WEIGHTS = 20_000
NEIGHBOUR = 3
RATE = 1e-4
BATCH = 8


def main(arguments: "list[str]") -> None:
    parser = argparse.ArgumentParser(prog="bench.py ceiling", description=__doc__)
    parser.add_argument("--futures", type=int, default=FUTURES)
    parser.add_argument("--at", type=int, nargs="+", default=[20, 50, 80], metavar="STEP")
    options = parser.parse_args(arguments)
    training = Training()
    print(f"{training.weights} weights; {options.futures} futures of {BETWEEN} steps; bits of the 96 of a weight and its moments")
    print(f"{'step':>6}{'nearest':>10}{'normal':>10}{'MB a save':>12}")
    for at in sorted(options.at):
        training.go_to(at)
        nearest, normal = entropies(training.futures(options.futures))
        print(f"{at:>6}{nearest:>10.1f}{normal:>10.1f}{nearest / 8 * training.weights / 1e6:>12.1f}")


class Training:
    """What transformers' Trainer does with the arguments of the bench 'training': AdamW, a falling rate, clipped gradients."""

    def __init__(self) -> None:
        import torch
        from transformers import set_seed

        torch.set_num_threads(1)
        set_seed(7)
        self.model, self.data = text()
        self.model.train()
        self.parameters = [one for one in self.model.parameters() if one.requires_grad]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=RATE, weight_decay=0.0)
        self.weights = sum(one.numel() for one in self.parameters)
        self.done = 0
        self.draw = random.Random(1)

    def go_to(self, step: int) -> None:
        while self.done < step:
            self.step(self.draw)

    def step(self, draw: random.Random) -> None:
        import torch
        from transformers import default_data_collator

        for group in self.optimizer.param_groups:
            group["lr"] = RATE * (1 - self.done / STEPS)
        batch = default_data_collator([self.data[draw.randrange(len(self.data))] for _ in range(BATCH)])
        self.optimizer.zero_grad()
        self.model(**batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.done += 1

    def futures(self, count: int) -> "object":
        """Weights and moments, [futures, weights, 3], of weights drawn at random. The training is where it was afterwards."""
        import torch

        model, optimizer, done = copy.deepcopy((self.model.state_dict(), self.optimizer.state_dict(), self.done))
        some = torch.randperm(self.weights, generator=torch.Generator().manual_seed(3))[:WEIGHTS]
        futures = []
        for number in range(count + 1):
            self.model.load_state_dict(model)
            self.optimizer.load_state_dict(copy.deepcopy(optimizer))
            self.done = done
            if number < count:
                draw = random.Random(1000 * done + number)
                for _ in range(BETWEEN):
                    self.step(draw)
                futures.append(torch.stack([self.flat(kind)[some] for kind in ("", "exp_avg", "exp_avg_sq")], 1))
        return torch.stack(futures).double()

    def flat(self, moment: str) -> "object":
        import torch

        state = self.optimizer.state
        return torch.cat([(state[one][moment] if moment else one.detach()).flatten() for one in self.parameters])


def entropies(futures: "object") -> "tuple[float, float]":
    """Mean bits of a weight and its moments: by nearest futures, and as if normal. What is the same in all has none."""
    import torch

    count, weights, dimensions = futures.shape
    spacing = (torch.floor(torch.log2(futures.abs().clamp_min(2**-126))) - 23).mean(0)
    centred = futures - futures.mean(0)
    spread = centred.std(0)
    moving = (spread > 0).all(1)
    scaled = (centred[:, moving] / spread[moving]).permute(1, 0, 2)
    units = (torch.log2(spread) - spacing)[moving].sum(1)
    correlation = scaled.transpose(1, 2) @ scaled / (count - 1) + 1e-9 * torch.eye(dimensions, dtype=scaled.dtype)
    root = torch.linalg.cholesky(correlation)
    volume = torch.log(torch.diagonal(root, dim1=1, dim2=2)).sum(1)
    white = torch.linalg.solve_triangular(root, scaled.transpose(1, 2), upper=False).transpose(1, 2)
    ball = math.log(4 * math.pi / 3)
    nearest = torch.cat([distances(part) for part in white.split(500)])
    by_nearest = digamma(count) - digamma(NEIGHBOUR) + ball + dimensions * nearest + volume
    # the determinant of few samples is too small on average (Wishart)
    small = sum(digamma((count - 1 - i) / 2) for i in range(dimensions)) + dimensions * math.log(2 / (count - 1))
    normal = dimensions / 2 * math.log(2 * math.pi * math.e) + volume - small / 2
    bits = [(one / math.log(2) + units).clamp_min(0).sum().item() / weights for one in (by_nearest, normal)]
    return bits[0], bits[1]


def distances(points: "object") -> "object":
    """Mean logarithm of the distance from each of [weights, futures, 3] to its neighbour."""
    import torch

    apart = torch.cdist(points, points)
    apart.diagonal(dim1=1, dim2=2).fill_(math.inf)
    return torch.log(apart.kthvalue(NEIGHBOUR, dim=2).values.clamp_min(1e-12)).mean(1)


def digamma(of: float) -> float:
    import torch

    return torch.special.digamma(torch.tensor(float(of), dtype=torch.float64)).item()
