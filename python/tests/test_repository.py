"""Commits, history and errors."""

import json
import os
import unittest
from dataclasses import replace
from unittest import mock

import mgit

from .support import RepositoryTest


class HistoryTest(RepositoryTest):
    def setUp(self) -> None:
        super().setUp()
        self.base = self.repository.commit(self.model("base"), model="base", message="Base <1>")
        self.tuned = self.repository.commit(
            self.model("run", 1e-3), model="tuned", parents=["base=finetune"], metrics={"eval/f1_macro": 0.91}
        )

    def test_a_version_has_its_parents_and_metrics(self) -> None:
        self.assertEqual([(edge.id, edge.kind) for edge in self.tuned.parents], [(self.base.id, "finetune")])
        self.assertEqual(self.repository.version("tuned").metrics, {"eval/f1_macro": 0.91})
        self.assertEqual(self.repository.models(), {"base": self.base.id, "tuned": self.tuned.id})

    def test_the_log_is_newest_first_and_versions_are_oldest_first(self) -> None:
        again = self.repository.commit(self.model("run", 2e-3), model="tuned")
        self.assertEqual([version.id for version in self.repository.log()], [again.id, self.tuned.id, self.base.id])
        self.assertEqual([version.id for version in self.repository.versions("tuned")], [self.tuned.id, again.id])
        self.assertEqual(self.repository.log(limit=1), [again])

    def test_a_diff_says_what_changed(self) -> None:
        diff = self.repository.diff("base", "tuned")
        self.assertTrue(diff.differs)
        self.assertIn("fine-tuned", diff.reading)
        self.assertFalse(self.repository.diff("base", "base").differs)

    def test_a_notebook_shows_log_and_diff_escaped(self) -> None:
        shown = self.repository.log()._repr_html_()
        self.assertIn("finetune of base", shown)
        self.assertIn("eval/f1_macro 0.91", shown)
        self.assertIn("Base &lt;1&gt;", shown)
        self.assertIn("<td>changed</td>", self.repository.diff("base", "tuned")._repr_html_())

    def test_a_notebook_runs_nothing_that_names_hold(self) -> None:
        bad = "<script>alert(1)</script>"
        layer = {"a": bad, "change": bad, "tensors": 1}
        edge = mgit.Parent("0" * 40, bad, bad)
        version = replace(self.base, model=bad, message=bad, parents=(edge,), trailers={"Metrics": json.dumps({bad: 1})})
        shown = mgit.Diff({"a": bad, "b": bad, "reading": bad, "layers": [layer]})._repr_html_()
        shown += mgit.Log([version])._repr_html_()
        self.assertNotIn("<script", shown)
        self.assertGreaterEqual(shown.count("&lt;script&gt;"), 9)


class ErrorTest(RepositoryTest):
    def test_errors_have_the_type_of_the_exit_code_and_the_hint(self) -> None:
        with self.assertRaises(mgit.UsageError) as caught:
            self.repository.version("nope")
        self.assertIn("nope", caught.exception.message)
        self.assertIn("mgit log", caught.exception.hint)

    def test_a_hook_that_refuses_is_a_gate_error(self) -> None:
        mgit._command.run(["hooks", "add", "no", "--event=pre-commit", "--", "false"], self.repository.root)
        with self.assertRaises(mgit.GateError):
            self.repository.commit(self.model("base"), model="base")
        self.assertEqual(self.repository.log(), [])

    def test_a_revision_is_never_an_option_or_a_file(self) -> None:
        for wrong in ("--help", "base:config.json"):
            with self.assertRaises(mgit.UsageError):
                self.repository.version(wrong)

    def test_a_folder_that_is_no_repository(self) -> None:
        with self.assertRaises(mgit.MgitError) as caught:
            mgit.Repository(self.dir).log()
        self.assertIn("init", caught.exception.hint)

    def test_a_missing_command_says_what_to_install(self) -> None:
        empty = {"MGIT_COMMAND": "", "PATH": ""}
        with mock.patch.dict(os.environ, empty), mock.patch("mgit._command.installed", return_value=None):
            with self.assertRaisesRegex(mgit.MgitError, "no mgit command"):
                self.repository.log()


if __name__ == "__main__":
    unittest.main()
