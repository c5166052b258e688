package dev.mgit.cli.command.evaluate;

import picocli.CommandLine.Command;

/** Evaluations of versions by other harnesses. */
@Command(
        name = "eval",
        subcommands = {EvalImportCommand.class, EvalTableCommand.class, EvalDiffCommand.class, EvalBlameCommand.class},
        description = {
            "Keep evaluations with the versions they are of, and compare versions by them.",
            "Reads what HELM, HEIM and lm-evaluation-harness write; runs nothing."
        })
public final class EvalCommand {}
