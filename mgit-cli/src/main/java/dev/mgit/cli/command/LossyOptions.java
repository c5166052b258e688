package dev.mgit.cli.command;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.RepositoryWorkspace;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.hooks.test.LossyGate;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.LossReport;
import dev.mgit.lineage.checkpoint.Lossy;
import java.nio.file.Path;
import java.time.Duration;
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
            description = "Store float tensors that have a parent within EPS of the original rather than exactly: no "
                    + "element is off by more, which is checked. PATH keeps the original; the store does not have it. "
                    + "Everything else, and what would gain nothing, stays exact.")
    private @Nullable Double bound;

    @Option(
            names = "--gate",
            paramLabel = "TEST",
            split = ",",
            description =
                    "With --lossy, and as often as needed: run registered tests on the original and on what would be stored. While "
                            + "one finds the latter worse than its tolerance, the worse half of the tensors stays exact.")
    private List<String> tests = new ArrayList<>();

    boolean isWanted() {
        return bound != null;
    }

    /** The tests that decide; empty for none. */
    Optional<LossyGate> gate(Context context, Session session, Path original) {
        requireSense();
        if (tests.isEmpty()) {
            return Optional.empty();
        }
        var workspace = new RepositoryWorkspace(
                session.repository(),
                session.author(),
                context.terminal().environment(),
                Duration.ofMinutes(10),
                context.output()::note);
        return Optional.of(new LossyGate(workspace, new LocalExecutor(), tests, original));
    }

    private void requireSense() {
        if (bound != null && !(bound > 0 && bound < 1)) {
            throw MgitException.usage("--lossy takes a bound between 0 and 1, such as 1e-4, not " + bound);
        }
        if (bound == null && !tests.isEmpty()) {
            throw MgitException.usage("--gate decides about --lossy and means nothing without it");
        }
    }

    Optional<Lossy> wanted(Optional<LossyGate> gate) {
        Double within = bound;
        return within == null
                ? Optional.empty()
                : Optional.of(gate.map(tests -> new Lossy(within, tests)).orElseGet(() -> Lossy.within(within)));
    }

    void print(Output output, CommitResult result) {
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
                + loss.get().boundText() + " (greatest error " + String.format(Locale.ROOT, "%.3g", largest) + ")");
    }

    /** Says what the tests objected to, and notes their results. */
    void report(Output output, LossyGate gate) {
        gate.objections().forEach(objection -> output.note("kept tensors exact because of " + objection));
        gate.note();
    }
}
