package dev.mgit.cli.command.history;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Output;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.modeltest.LossyGate;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.LossReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --lossy} and {@code --gate} of {@code mgit commit}. */
public final class LossyOptions {
    @Option(
            names = "--lossy",
            paramLabel = "EPS",
            description = "Store float tensors that have a parent within EPS of the original instead of exactly; the "
                    + "bound is verified for every element. PATH keeps the original, the store does not. Everything "
                    + "else, and tensors that would not get smaller, stays exact.")
    private @Nullable Double bound;

    @Option(
            names = "--gate",
            paramLabel = "TEST",
            split = ",",
            description =
                    "With --lossy: run registered tests on the original and on the lossy result. While a test fails "
                            + "its tolerance, the half of the tensors with the largest error is stored exactly.")
    private List<String> tests = new ArrayList<>();

    public boolean isWanted() {
        return bound != null;
    }

    /** @throws MgitException of kind USAGE if the options make no sense */
    public void requireSense() {
        if (bound != null && !(bound > 0 && bound < 1)) {
            throw MgitException.usage("--lossy needs a bound between 0 and 1, such as 1e-4, not " + bound);
        }
        if (bound == null && !tests.isEmpty()) {
            throw MgitException.usage("--gate needs --lossy");
        }
    }

    /** The bound; empty to keep every bit. */
    Optional<Double> bound() {
        return Optional.ofNullable(bound);
    }

    /** The tests that decide, if some are named. */
    Optional<LossyGate> gate(HookSession session, Path original) {
        if (tests.isEmpty()) {
            return Optional.empty();
        }
        Executor executor = session.executor();
        return Optional.of(new LossyGate(session.workspace(), executor, tests, original));
    }

    /** Tells what tests objected to. */
    static void print(Output output, LossyGate gate) {
        gate.objections().forEach(why -> output.note("kept tensors exact because of " + why));
    }

    /** Tells what was lost. */
    public void print(Output output, CommitResult result) {
        Optional<LossReport> loss = result.loss();
        if (loss.isEmpty()) {
            output.line("  every tensor is exact");
            return;
        }
        double largest = loss.get().tensors().stream()
                .mapToDouble(LossReport.TensorLoss::largest)
                .max()
                .orElse(0);
        output.line("  lossy: " + loss.get().tensors().size() + " of " + result.tensors() + " tensors within "
                + loss.get().boundText() + " (largest error " + String.format(Locale.ROOT, "%.3g", largest) + ")");
    }
}
