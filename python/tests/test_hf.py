"""A real Trainer on a small BERT: needs PyTorch, transformers and accelerate."""

import os
import tempfile
import unittest
import warnings
from pathlib import Path

import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

import mgit
from mgit.hf import MgitCallback, from_pretrained

os.environ["TOKENIZERS_PARALLELISM"] = "false"


class Sentences(torch.utils.data.Dataset):
    def __len__(self) -> int:
        return 32

    def __getitem__(self, index: int) -> dict:
        drawn = torch.Generator().manual_seed(index)
        return {"input_ids": torch.randint(0, 64, (8,), generator=drawn), "labels": torch.tensor(index % 2)}


def make_model() -> BertForSequenceClassification:
    torch.manual_seed(3)
    sizes = dict(vocab_size=64, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    return BertForSequenceClassification(BertConfig(**sizes, max_position_embeddings=16))


class TrainerTest(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.dir = Path(scratch.name)
        os.environ["MGIT_CHECKOUT_CACHE"] = str(self.dir / "cache")
        self.repository = mgit.Repository.init(self.dir / "repository")

    def trainer(self, output: str, *callbacks: MgitCallback, save_total_limit: int = 1) -> Trainer:
        arguments = TrainingArguments(
            output_dir=str(self.dir / output),
            max_steps=6,
            save_steps=2,
            logging_steps=2,
            per_device_train_batch_size=4,
            save_total_limit=save_total_limit,
            report_to=[],
            disable_tqdm=True,
            use_cpu=True,
            seed=5,
        )
        return Trainer(make_model(), arguments, train_dataset=Sentences(), callbacks=list(callbacks))

    def callback(self, **options: object) -> MgitCallback:
        return MgitCallback("run", repository=self.repository.root, **options)

    def test_every_save_is_a_version_and_any_resumes_to_the_same_bits(self) -> None:
        make_model().save_pretrained(self.dir / "base")
        self.repository.commit(self.dir / "base", model="base")
        callback = self.callback(parents=["base=finetune"], keep_on_disk=1)
        trainer = self.trainer("out", callback, save_total_limit=3)
        trainer.train()

        versions = self.repository.versions("run")
        self.assertEqual([version.trailers["Step"] for version in versions], ["2", "4", "6"])
        self.assertEqual([edge.model for edge in versions[0].parents], ["base"])
        self.assertIn("loss", versions[1].metrics)
        self.assertEqual(os.listdir(self.dir / "out"), ["checkpoint-6"])

        resumed = self.trainer("again")
        resumed.train(resume_from_checkpoint=str(self.repository.checkout("run~2")))
        for name, tensor in trainer.model.state_dict().items():
            self.assertTrue(torch.equal(tensor, resumed.model.state_dict()[name]), name)

        loaded = from_pretrained(BertForSequenceClassification, "run", repository=self.repository.root)
        for name, tensor in trainer.model.state_dict().items():
            self.assertTrue(torch.equal(tensor, loaded.state_dict()[name]), name)

    def test_a_commit_that_fails_warns_and_training_goes_on(self) -> None:
        callback = self.callback(parents=["nope"], keep_on_disk=1)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.trainer("out", callback).train()
        self.assertEqual(callback.failed, [2, 4, 6])
        self.assertTrue(any("nope" in str(warning.message) for warning in caught))
        self.assertEqual(os.listdir(self.dir / "out"), ["checkpoint-6"])

    def test_only_the_newest_versions_keep_their_training_state(self) -> None:
        self.trainer("out", self.callback(keep_training_state=1)).train()
        held = []
        for version in self.repository.versions("run"):
            files = os.listdir(self.repository.checkout(version.id))
            self.assertIn("model.safetensors", files)
            held.append("optimizer.pt" in files)
        self.assertEqual(held, [False, False, True])

    def test_a_folder_stays_of_which_settings_left_something_out(self) -> None:
        mgit._command.run(["config", "commit.weightsOnly", "true"], self.repository.root)
        self.trainer("out", self.callback(keep_on_disk=1), save_total_limit=3).train()
        kept = sorted(os.listdir(self.dir / "out"))
        self.assertEqual(kept, ["checkpoint-2", "checkpoint-4", "checkpoint-6"])


if __name__ == "__main__":
    unittest.main()
