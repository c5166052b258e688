"""Checkouts in the cache, and tensors read from them."""

import json
import os
import stat
import struct
import unittest

import numpy

import mgit
from mgit import _tensors

from .support import RepositoryTest


class CacheTest(RepositoryTest):
    def setUp(self) -> None:
        super().setUp()
        self.repository.commit(self.model("run"), model="tuned")
        self.repository.commit(self.model("run", 1e-3), model="tuned")

    def test_a_checkout_has_the_bytes_committed_and_cannot_be_written(self) -> None:
        folder = self.repository.checkout("tuned")
        for name in ("model.safetensors", "config.json", "optimizer.pt"):
            self.assertEqual((folder / name).read_bytes(), (self.dir / "run" / name).read_bytes())
            self.assertEqual(stat.S_IMODE((folder / name).stat().st_mode), 0o444)

    def test_equal_files_of_all_versions_are_one_file(self) -> None:
        old, new = self.repository.checkout("tuned~1"), self.repository.checkout("tuned")
        self.assertTrue((old / "config.json").samefile(new / "config.json"))
        self.assertFalse((old / "model.safetensors").samefile(new / "model.safetensors"))

    def test_a_second_checkout_writes_nothing(self) -> None:
        folder = self.repository.checkout("tuned")
        before = (folder / "model.safetensors").stat()
        self.assertEqual(self.repository.checkout("tuned"), folder)
        self.assertEqual((folder / "model.safetensors").stat().st_ctime_ns, before.st_ctime_ns)

    def test_a_file_changed_in_the_cache_is_never_returned(self) -> None:
        for damage in (lambda file: file.write_bytes(b"x"), lambda file: file.unlink()):
            file = self.repository.checkout("tuned") / "model.safetensors"
            file.chmod(0o644)
            damage(file)
            again = self.repository.checkout("tuned") / "model.safetensors"
            self.assertEqual(again.read_bytes(), (self.dir / "run" / "model.safetensors").read_bytes())

    def test_weights_only_leaves_training_state_out_and_shares_the_rest(self) -> None:
        whole, weights = self.repository.checkout("tuned"), self.repository.checkout("tuned", weights_only=True)
        self.assertEqual(sorted(os.listdir(weights)), ["config.json", "model.safetensors"])
        self.assertTrue((whole / "model.safetensors").samefile(weights / "model.safetensors"))

    def test_weights_only_writes_no_training_state_in_between(self) -> None:
        self.repository.checkout("tuned", weights_only=True)
        self.assertEqual(len(os.listdir(self.dir / "cache" / "versions")), 1)
        self.assertEqual(len(os.listdir(self.dir / "cache" / "files")), 2)

    def test_path_takes_the_repository_of_the_environment(self) -> None:
        os.environ["MGIT_REPOSITORY"] = str(self.repository.root)
        self.addCleanup(os.environ.pop, "MGIT_REPOSITORY")
        self.assertEqual(mgit.path("tuned"), self.repository.checkout("tuned"))

    def test_nothing_is_left_beside_the_versions(self) -> None:
        self.repository.checkout("tuned")
        self.assertEqual(sorted(os.listdir(self.dir / "cache")), ["files", "versions"])


class TensorsTest(RepositoryTest):
    def test_all_tensors_are_mapped(self) -> None:
        self.repository.commit(self.model("run", 1e-3), model="tuned")
        loaded = self.repository.load("tuned")
        self.assertEqual(sorted(loaded), ["b", "w"])
        self.assertIsInstance(loaded["w"].base, numpy.memmap)
        numpy.testing.assert_array_equal(loaded["w"], self.weights(1e-3)["w"])

    def test_one_tensor_comes_without_a_checkout_of_the_rest(self) -> None:
        self.repository.commit(self.model("run"), model="tuned")
        numpy.testing.assert_array_equal(self.repository.open("tuned", "w"), self.weights()["w"])
        self.assertFalse((self.dir / "cache" / "versions").exists())
        self.repository.checkout("tuned")
        numpy.testing.assert_array_equal(self.repository.open("tuned", "w"), self.weights()["w"])
        with self.assertRaises(mgit.UsageError):
            self.repository.open("tuned", "nope")

    def test_tensors_of_one_name_in_two_files_are_told_apart(self) -> None:
        for part in ("unet", "vae"):
            (self.dir / "pipeline").mkdir(exist_ok=True)
            self.model(f"pipeline/{part}")
        self.repository.commit(self.dir / "pipeline", model="pipeline")
        self.assertIn("vae/model.safetensors:w", self.repository.load("pipeline"))

    def test_a_file_of_no_readable_kind_says_what_to_do(self) -> None:
        (self.dir / "w.bin").write_bytes(b"1234")
        self.repository.commit(self.dir / "w.bin", model="opaque")
        with self.assertRaisesRegex(mgit.UsageError, "mgit.path"):
            self.repository.load("opaque")

    def test_empty_and_scalar_tensors(self) -> None:
        header = {
            "empty": {"dtype": "F32", "shape": [0, 2], "data_offsets": [0, 0]},
            "scalar": {"dtype": "I64", "shape": [], "data_offsets": [0, 8]},
        }
        text = json.dumps(header).encode()
        file = self.dir / "t.safetensors"
        file.write_bytes(struct.pack("<Q", len(text)) + text + struct.pack("<q", -5))
        loaded = _tensors.load(file)
        self.assertEqual(loaded["empty"].shape, (0, 2))
        self.assertEqual((loaded["scalar"].shape, int(loaded["scalar"])), ((), -5))


if __name__ == "__main__":
    unittest.main()
