package dev.mgit.cli.storm;

import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Operation.RefChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the operation log of a repository says happened, and the sequential model that it is held against: references, changed
 * by one operation after the other in the order of the log.
 */
final class History {
    static final String MODELS = "refs/heads/";
    static final String TAGS = "refs/tags/";

    /** An operation, and what all references were just before it. */
    record Step(Operation operation, Map<String, String> before) {
        Optional<RefChange> change(String ref) {
            return operation.changes().stream()
                    .filter(change -> change.ref().equals(ref))
                    .findFirst();
        }

        List<RefChange> changes(String prefix) {
            return operation.changes().stream()
                    .filter(change -> change.ref().startsWith(prefix))
                    .toList();
        }
    }

    private final List<Operation> operations;
    private final Map<String, List<Integer>> byAuthor = new HashMap<>();

    private History(List<Operation> operations) {
        this.operations = operations;
        for (int i = 0; i < operations.size(); i++) {
            byAuthor.computeIfAbsent(operations.get(i).author().name(), name -> new ArrayList<>())
                    .add(i);
        }
    }

    /** Reads the log as it is, and what was forgotten of it before. */
    static History of(StormFolder storm, String repository) throws IOException {
        List<Path> logs = new ArrayList<>();
        try (Stream<Path> found = Files.list(storm.forgotten(repository))) {
            found.filter(file -> !file.toString().endsWith(".new"))
                    .sorted((a, b) -> Long.compare(time(a), time(b)))
                    .forEach(logs::add);
        }
        logs.add(storm.operations(repository));
        Map<String, Operation> all = new LinkedHashMap<>();
        for (Path log : logs) {
            try (GitLineage lineage =
                    GitLineage.open(storm.repository(repository).resolve(".mgit/lineage.git"), log)) {
                List<Operation> newestFirst = lineage.operations(Integer.MAX_VALUE);
                for (int i = newestFirst.size() - 1; i >= 0; i--) {
                    all.putIfAbsent(newestFirst.get(i).id(), newestFirst.get(i));
                }
            }
        }
        return new History(new ArrayList<>(all.values()));
    }

    private static long time(Path file) {
        return Long.parseLong(file.getFileName().toString());
    }

    int size() {
        return operations.size();
    }

    /** Where in the log the operations of an attempt are. */
    List<Integer> places(String who) {
        return byAuthor.getOrDefault(who, List.of());
    }

    Operation operation(int place) {
        return operations.get(place);
    }

    /** Replays the log; each step is shown before it is taken. */
    Map<String, String> replay(StepCheck check, List<String> wrong) {
        Map<String, String> references = new TreeMap<>();
        for (int place = 0; place < operations.size(); place++) {
            Operation operation = operations.get(place);
            check.see(place, new Step(operation, references));
            for (RefChange change : operation.changes()) {
                Optional<String> was = Optional.ofNullable(references.get(change.ref()));
                if (!was.equals(change.before())) {
                    wrong.add("lost update: '" + operation.description() + "' by "
                            + operation.author().name() + " moved " + change.ref() + " from " + change.before()
                            + ", but it was at " + was);
                }
            }
            for (RefChange change : operation.changes()) {
                change.after()
                        .ifPresentOrElse(id -> references.put(change.ref(), id), () -> references.remove(change.ref()));
            }
        }
        return references;
    }

    /** Looks at a step of the log. */
    interface StepCheck {
        void see(int place, Step step);
    }
}
