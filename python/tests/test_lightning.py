"""A real Lightning Trainer: needs PyTorch and lightning."""

import logging
import os
import tempfile
import unittest
import warnings
from pathlib import Path

import torch
from lightning.pytorch import LightningModule, Trainer, seed_everything
from lightning.pytorch.callbacks import ModelCheckpoint

import mgit
from mgit.lightning import FILE, MgitCallback

logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)


class Net(LightningModule):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.layers = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.Tanh(), torch.nn.Linear(16, 2))

    def training_step(self, batch: tuple, index: int) -> torch.Tensor:
        loss = torch.nn.functional.cross_entropy(self.layers(batch[0]), batch[1])
        self.log("loss", loss)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.parameters(), lr=1e-2)


def data() -> torch.utils.data.DataLoader:
    """Two batches an epoch; a loader without a state of its own resumes between epochs only."""
    drawn = torch.Generator().manual_seed(1)
    inputs = torch.randn(8, 8, generator=drawn)
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(inputs, (inputs[:, 0] > 0).long()), batch_size=4)


class LightningTest(unittest.TestCase):
    def setUp(self) -> None:
        warnings.simplefilter("ignore")
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.dir = Path(scratch.name)
        os.environ["MGIT_CHECKOUT_CACHE"] = str(self.dir / "cache")
        self.repository = mgit.Repository.init(self.dir / "repository")

    def fit(self, output: str, *callbacks: MgitCallback, resume: "Path | None" = None, **saving: object) -> Net:
        seed_everything(5)
        keep = {"every_n_epochs": 1, "save_on_train_epoch_end": True, "save_top_k": -1, **saving}
        model = Net()
        trainer = Trainer(
            max_steps=6,
            accelerator="cpu",
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            callbacks=[ModelCheckpoint(dirpath=self.dir / output, **keep), *callbacks],
        )
        trainer.fit(model, data(), ckpt_path=resume and str(resume), **({"weights_only": False} if resume else {}))
        return model

    def callback(self, **options: object) -> MgitCallback:
        return MgitCallback("run", repository=self.repository.root, **options)

    def assert_same(self, one: Net, other: Net) -> None:
        for name, tensor in one.state_dict().items():
            self.assertTrue(torch.equal(tensor, other.state_dict()[name]), name)

    def test_every_save_is_a_version_and_resumes_as_the_file_it_was(self) -> None:
        plain = self.fit("plain")
        whole = self.fit("out", self.callback(keep_on_disk=1))
        versions = self.repository.versions("run")
        self.assertEqual([version.trailers["Step"] for version in versions], ["2", "4", "6"])
        self.assertEqual([version.message for version in versions][0], "Step 2 of 6")
        self.assertIn("loss", versions[1].metrics)
        self.assertEqual(os.listdir(self.dir / "out"), ["epoch=2-step=6.ckpt"])

        saved = torch.load(self.repository.checkout("run") / FILE, weights_only=False)
        self.assertEqual(saved["global_step"], 6)
        self.assert_same(plain, whole)
        from_file = self.fit("from-file", resume=self.dir / "plain" / "epoch=1-step=4.ckpt")
        self.assert_same(from_file, self.fit("again", resume=self.repository.checkout("run~1") / FILE))

    def test_what_model_checkpoint_deletes_meanwhile_is_committed(self) -> None:
        self.fit("out", self.callback(), save_top_k=1)
        self.assertEqual([version.trailers["Step"] for version in self.repository.versions("run")], ["2", "4", "6"])
        self.assertEqual(os.listdir(self.dir / "out"), ["epoch=2-step=6.ckpt"])

    def test_a_commit_that_fails_warns_and_training_goes_on(self) -> None:
        callback = self.callback(parents=["nope"], keep_on_disk=1)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.fit("out", callback)
        self.assertEqual(callback.failed, [2, 4, 6])
        self.assertTrue(any("nope" in str(warning.message) for warning in caught))
        self.assertEqual(len(os.listdir(self.dir / "out")), 3)


if __name__ == "__main__":
    unittest.main()
