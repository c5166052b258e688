package dev.mgit.cli.command.hooks;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.modeltest.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How verdicts of tests are shown, and what they mean for the exit code. */
public final class Verdicts {
    private Verdicts() {}

    /** GATE if a metric broke a limit, FAILED if a test gave no answer, which comes first. */
    static int exit(List<Verdict> verdicts) {
        if (verdicts.stream().allMatch(Verdict::passed)) {
            return 0;
        }
        boolean allRan =
                verdicts.stream().allMatch(verdict -> verdict.passed() || verdict.status() == Verdict.Status.FAILED);
        return (allRan ? MgitException.Kind.GATE : MgitException.Kind.FAILED).exitCode();
    }

    /** {@code 3 passed, 1 failed, 1 timed-out}. */
    static String summary(List<Verdict> verdicts) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (Verdict.Status status : Verdict.Status.values()) {
            verdicts.stream()
                    .filter(verdict -> verdict.status() == status)
                    .forEach(verdict -> counts.merge(status.word(), 1, Integer::sum));
        }
        return counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    /** {@code accuracy 0.91, loss 0.2}. */
    public static String metrics(Verdict verdict) {
        return metrics(verdict.result().metrics());
    }

    public static String metrics(Map<String, Double> metrics) {
        return metrics.entrySet().stream()
                .map(metric -> metric.getKey() + " " + number(metric.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.6g", value)
                .replaceAll("(\\.\\d*?)0+$", "$1")
                .replaceAll("\\.$", "");
    }

    static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds);
    }

    static JsonObject json(HookSession session, Verdict verdict) {
        return JsonMembers.of(
                "version",
                verdict.version().hex(),
                "model",
                session.version(verdict.version()).model(),
                "test",
                verdict.test().name(),
                "status",
                verdict.status().word(),
                "failures",
                verdict.failures(),
                "notes",
                verdict.notes(),
                "result",
                verdict.result().toJson());
    }
}
