"""A repository, a cache and two small models of made weights, in a folder of the test's own."""

import os
import tempfile
import unittest
from pathlib import Path

import numpy
from safetensors.numpy import save_file

import mgit


class RepositoryTest(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.dir = Path(scratch.name)
        os.environ["MGIT_CHECKOUT_CACHE"] = str(self.dir / "cache")
        self.repository = mgit.Repository.init(self.dir / "repository")

    def model(self, name: str, shift: float = 0.0) -> Path:
        """A folder with float32 'w' of 64 x 64 and 'b' of 3, a configuration and an optimizer's file."""
        folder = self.dir / name
        folder.mkdir(exist_ok=True)
        save_file(self.weights(shift), folder / "model.safetensors")
        (folder / "config.json").write_text('{"model_type": "bert"}')
        (folder / "optimizer.pt").write_bytes(b"moments")
        return folder

    @staticmethod
    def weights(shift: float = 0.0) -> "dict[str, numpy.ndarray]":
        generator = numpy.random.default_rng(7)
        drawn = generator.normal(size=(64, 64)).astype("f4")
        return {"w": drawn + numpy.float32(shift), "b": numpy.arange(3, dtype="f4")}
