package dev.mgit.hooks.modeltest;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.NoteDifference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** In which results two notes of test results differ. */
public final class ResultDifference implements NoteDifference {
    private static final int SHOWN = 3;

    @Override
    public String of(Optional<byte[]> recorded, Optional<byte[]> found) {
        List<TestResult> was;
        List<TestResult> is;
        try {
            was = recorded.map(TestResults::parse).orElse(List.of());
            is = found.map(TestResults::parse).orElse(List.of());
        } catch (MgitException e) {
            return NoteDifference.ANY.of(recorded, found);
        }
        List<String> differences = new ArrayList<>();
        List<TestResult> lost = new ArrayList<>(was);
        for (TestResult result : is) {
            if (!lost.remove(result)) {
                Optional<TestResult> original = was.stream()
                        .filter(one -> one.test().equals(result.test())
                                && one.started().equals(result.started()))
                        .findFirst();
                original.ifPresent(lost::remove);
                differences.add(original.map(one -> changed(one, result))
                        .orElse("a result of test '" + result.test() + "' that mgit did not write"));
            }
        }
        lost.forEach(result -> differences.add("the result of test '" + result.test() + "' is gone"));
        return differences.size() + (differences.size() == 1 ? " result differs" : " results differ") + ": "
                + differences.stream().limit(SHOWN).collect(Collectors.joining("; "))
                + (differences.size() > SHOWN ? "; …" : "");
    }

    private static String changed(TestResult was, TestResult is) {
        Set<String> names = new TreeSet<>(was.metrics().keySet());
        names.addAll(is.metrics().keySet());
        String metrics = names.stream()
                .filter(name -> !text(was, name).equals(text(is, name)))
                .map(name -> "'" + name + "' is " + text(is, name) + ", recorded " + text(was, name))
                .collect(Collectors.joining(", "));
        return "of test '" + is.test() + "', " + (metrics.isEmpty() ? "not in its metrics" : metrics);
    }

    private static String text(TestResult result, String metric) {
        Double value = result.metrics().get(metric);
        return value == null ? "none" : MetricText.text(value);
    }
}
