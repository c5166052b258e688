"""Writes zero2 and zero3 beside this file: what two ranks of DeepSpeed 0.19.8 saved on a CPU, by ZeRO stages 2 and 3.

python make_zero.py RANK STAGE, at once for the ranks 0 and 1; needs torch 2 and deepspeed (DS_BUILD_OPS=0 pip install). Of the
folder the .pt files are kept, and fp32.json: the bytes of the weights by DeepSpeed's own zero_to_fp32, in hexadecimal.
"""
import json
import os
import pathlib
import shutil
import sys

rank, stage = int(sys.argv[1]), int(sys.argv[2])
os.environ.update(
    RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT="29577", DS_ACCELERATOR="cpu")
import deepspeed  # noqa: E402
import torch  # noqa: E402
from deepspeed.utils.zero_to_fp32 import get_fp32_state_dict_from_zero_checkpoint  # noqa: E402


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Linear(6, 5)
        self.second = torch.nn.Linear(5, 3)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


deepspeed.init_distributed("gloo")
torch.manual_seed(1)
net = Net()
engine, _, _, _ = deepspeed.initialize(
    model=net,
    optimizer=torch.optim.AdamW(net.parameters(), lr=1e-2),
    config={
        "train_micro_batch_size_per_gpu": 1,
        "bf16": {"enabled": True},
        "zero_optimization": {"stage": stage, "stage3_param_persistence_threshold": 0},
        "zero_allow_untested_optimizer": True,
        "zero_force_ds_cpu_optimizer": False,
    })
for _ in range(2):
    loss = engine(torch.randn(1, 6).bfloat16()).float().square().sum()
    engine.backward(loss)
    engine.step()
here = pathlib.Path(__file__).parent
engine.save_checkpoint(str(here / "saved"))
torch.distributed.barrier()
if rank == 0:
    folder = here / f"zero{stage}"
    shutil.rmtree(folder, ignore_errors=True)
    weights = get_fp32_state_dict_from_zero_checkpoint(str(here / "saved"))
    shutil.move(here / "saved" / "global_step2", folder)
    shutil.rmtree(here / "saved")
    values = {name: tensor.detach().numpy().tobytes().hex() for name, tensor in weights.items()}
    (folder / "fp32.json").write_text(json.dumps(values, indent=1) + "\n")
