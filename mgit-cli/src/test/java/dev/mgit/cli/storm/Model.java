package dev.mgit.cli.storm;

import dev.mgit.cli.storm.History.Step;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Operation.RefChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Holds what the processes of a storm saw against the log of the repository: whatever a command said was done is there, in an
 * order that agrees with the times at which commands began and ended, and did what it says to the references as they were just
 * then (Herlihy and Wing, "Linearizability", 1990).
 */
final class Model {
    private static final String SERVED = "served";

    private final History history;
    private final Map<String, Attempt> attempts = new LinkedHashMap<>();
    private final List<String> wrong = new ArrayList<>();

    /** Who did what stands at a place in the log; nobody where that is not known. */
    private final Attempt[] by;

    /** Every head a model ever had: where in the log it came, and where it went. */
    private record Reign(String version, int from, int until) {}

    private final Map<String, List<Reign>> reigns = new HashMap<>();

    Model(History history, Collection<Attempt> all) {
        this.history = history;
        this.by = new Attempt[history.size()];
        Map<String, Attempt> pushes = new HashMap<>();
        for (Attempt attempt : all) {
            attempts.put(attempt.who(), attempt);
            history.places(attempt.who()).forEach(place -> by[place] = attempt);
            if (attempt.kind() == Kind.SERVED_PUSH && attempt.done()) {
                pushes.put(attempt.outcome().orElseThrow().version().orElseThrow(), attempt);
            }
        }
        for (int place : history.places(SERVED)) {
            for (RefChange change : history.operation(place).changes()) {
                if (change.after().filter(pushes::containsKey).isPresent()
                        && change.ref().startsWith(History.MODELS)) {
                    by[place] = pushes.get(change.after().get());
                }
            }
        }
    }

    /**
     * Compares.
     *
     * @return what is wrong, a sentence each
     */
    List<String> check(Map<String, String> now) {
        Map<String, String> last = history.replay(this::step, wrong);
        last.keySet().removeIf(ref -> !isUsers(ref));
        if (!last.equals(now)) {
            wrong.add("the log leads to " + last + ", but there is " + now);
        }
        attempts.values().forEach(this::record);
        order();
        attempts.values().stream()
                .filter(attempt -> attempt.kind() == Kind.CHECKOUT && attempt.done())
                .forEach(this::read);
        return wrong;
    }

    static boolean isUsers(String ref) {
        return ref.startsWith(History.MODELS) || ref.startsWith(History.TAGS);
    }

    private void wrong(Attempt attempt, String how) {
        wrong.add(how + ": " + attempt);
    }

    /** What was done is on record, and what was refused is not. */
    private void record(Attempt attempt) {
        List<Integer> places = places(attempt);
        boolean changed = places.stream()
                .flatMap(place -> history.operation(place).changes().stream())
                .anyMatch(change -> isUsers(change.ref()));
        switch (attempt.kind()) {
            case COMMIT, IMPORT, TAG, UNTAG, BRANCH, RENAME, REMOVE, UNDO, RUN, MERGE, EDGE, SERVED_PUSH -> {
                if (attempt.done() && places.isEmpty()) {
                    wrong(attempt, "said that it was done, and is in no record");
                }
            }
            default -> {}
        }
        boolean partly = attempt.kind() == Kind.PULL || attempt.kind() == Kind.UPDATE; // and say so
        if (attempt.outcome().isPresent() && !attempt.done() && changed && !partly) {
            wrong(attempt, "said that it failed, and changed references");
        }
    }

    private List<Integer> places(Attempt attempt) {
        if (attempt.kind() != Kind.SERVED_PUSH) {
            return history.places(attempt.who());
        }
        List<Integer> found = new ArrayList<>();
        for (int place : history.places(SERVED)) {
            if (attempt.equals(by[place])) {
                found.add(place);
            }
        }
        return found;
    }

    /** What was over before something else began comes before it in the log. */
    private void order() {
        long earliestEnd = Long.MAX_VALUE;
        Attempt ended = null;
        for (int place = by.length - 1; place >= 0; place--) {
            Attempt here = by[place];
            if (here == null) {
                continue;
            }
            if (ended != null && earliestEnd < here.start() && !ended.equals(here)) {
                wrong(here, "is on record before " + ended + ", which was over when it began");
            }
            if (here.outcome().isPresent() && here.end() < earliestEnd) {
                earliestEnd = here.end();
                ended = here;
            }
        }
    }

    private void step(int place, Step step) {
        for (RefChange change : step.changes(History.MODELS)) {
            List<Reign> all = reigns.computeIfAbsent(change.ref(), ref -> new ArrayList<>());
            if (!all.isEmpty() && all.get(all.size() - 1).until() == Integer.MAX_VALUE) {
                Reign open = all.remove(all.size() - 1);
                all.add(new Reign(open.version(), open.from(), place));
            }
            change.after().ifPresent(id -> all.add(new Reign(id, place, Integer.MAX_VALUE)));
        }
        Attempt attempt = by[place];
        if (attempt != null) {
            effect(attempt, step);
            if (attempt.kind() == Kind.UNDO) {
                undone(attempt, place);
            }
        }
    }

    /** Whether an operation did to the references, as they were just then, what its words say. */
    private void effect(Attempt attempt, Step step) {
        List<String> words = attempt.words();
        switch (attempt.kind()) {
            case COMMIT, RUN -> {
                String ref = History.MODELS + words.get(words.indexOf("--model") + 1);
                Optional<String> version = attempt.outcome().flatMap(Attempt.Outcome::version);
                boolean fits = step.change(ref)
                        .filter(change -> version.isEmpty() || change.after().equals(version))
                        .isPresent();
                require(fits || step.changes(History.MODELS).isEmpty(), attempt, step);
            }
            case TAG -> {
                Optional<RefChange> change = step.change(History.TAGS + words.get(1));
                boolean fresh = change.filter(made -> made.before().isEmpty()).isPresent();
                require(fresh && pointsAt(change, words.get(2), step), attempt, step);
            }
            case MOVE_TAG ->
                require(pointsAt(step.change(History.TAGS + words.get(1)), words.get(2), step), attempt, step);
            case BRANCH -> {
                Optional<RefChange> change = step.change(History.MODELS + words.get(1));
                boolean fresh = change.filter(made -> made.before().isEmpty()).isPresent();
                require(fresh && pointsAt(change, words.get(2), step), attempt, step);
            }
            case UNTAG -> require(isGone(step.change(History.TAGS + words.get(2))), attempt, step);
            case REMOVE -> require(isGone(step.change(History.MODELS + words.get(1))), attempt, step);
            case RENAME -> {
                Optional<RefChange> from = step.change(History.MODELS + words.get(1));
                Optional<RefChange> to = step.change(History.MODELS + words.get(2));
                require(
                        isGone(from)
                                && to.filter(made -> made.before().isEmpty()).isPresent()
                                && to.get().after().equals(from.orElseThrow().before()),
                        attempt,
                        step);
            }
            default -> {}
        }
    }

    private void require(boolean fits, Attempt attempt, Step step) {
        if (!fits) {
            wrong(attempt, "did something else: " + step.operation().changes());
        }
    }

    private static boolean isGone(Optional<RefChange> change) {
        return change.filter(made -> made.before().isPresent() && made.after().isEmpty())
                .isPresent();
    }

    /** Whether a reference was put where the word for a revision led at that moment; of a word with a step back, nothing is known. */
    private static boolean pointsAt(Optional<RefChange> change, String word, Step step) {
        if (word.contains("~")) {
            return change.isPresent();
        }
        String tag = step.before().get(History.TAGS + word);
        String model = step.before().get(History.MODELS + word);
        return change.flatMap(RefChange::after)
                .filter(id -> id.equals(tag) || id.equals(model))
                .isPresent();
    }

    /** An undo without an id takes back the latest operation that is neither an undo nor undone. */
    private void undone(Attempt attempt, int place) {
        Set<String> gone = new HashSet<>();
        for (int before = place - 1; before >= 0; before--) {
            Operation operation = history.operation(before);
            if (operation.undoes().isPresent()) {
                if (!gone.contains(operation.id())) {
                    gone.add(operation.undoes().get());
                }
            } else if (!gone.contains(operation.id()) && !operation.inner()) {
                if (!history.operation(place).undoes().equals(Optional.of(operation.id()))) {
                    wrong(attempt, "took back another operation than the latest, '" + operation.description() + "'");
                }
                return;
            }
        }
    }

    /** A reader sees a head that its model had between its begin and its end. */
    private void read(Attempt attempt) {
        String word = attempt.words().get(1);
        List<Reign> all = reigns.get(History.MODELS + word);
        if (all == null || word.startsWith("t") || word.contains("~")) {
            return;
        }
        String seen = attempt.outcome().orElseThrow().version().orElse("");
        boolean fits = all.stream()
                .filter(reign -> reign.version().equals(seen))
                .anyMatch(reign -> begins(reign.from()) <= attempt.end() && ends(reign.until()) >= attempt.start());
        if (!fits) {
            wrong(attempt, "read " + seen + ", which was no head of " + word + " then");
        }
    }

    /** The earliest moment at which a step can have been taken. */
    private long begins(int place) {
        return by[place] == null ? Long.MIN_VALUE : by[place].start();
    }

    private long ends(int place) {
        return place == Integer.MAX_VALUE || by[place] == null ? Long.MAX_VALUE : by[place].end();
    }

    /** The versions that attempts made of weights of their own, by id. */
    Map<String, Attempt> made() {
        Map<String, Attempt> found = new TreeMap<>();
        for (int place = 0; place < by.length; place++) {
            Attempt attempt = by[place];
            boolean own = attempt != null
                    && (attempt.kind() == Kind.COMMIT
                            || attempt.kind() == Kind.IMPORT
                            || attempt.kind() == Kind.SERVED_PUSH);
            if (own) {
                history.operation(place).changes().stream()
                        .filter(change -> change.ref().startsWith(History.MODELS))
                        .forEach(change -> change.after().ifPresent(id -> found.put(id, attempt)));
            }
        }
        return found;
    }

    /** How many attempts there were of each kind, by how they ended. */
    static String figures(Collection<Attempt> all) {
        Map<Kind, Map<String, Integer>> counts = new TreeMap<>();
        for (Attempt attempt : all) {
            String end = attempt.outcome().map(known -> "exit " + known.exit()).orElse("killed");
            counts.computeIfAbsent(attempt.kind(), kind -> new TreeMap<>()).merge(end, 1, Integer::sum);
        }
        var lines = new StringBuilder();
        Arrays.stream(Kind.values())
                .filter(counts::containsKey)
                .forEach(kind ->
                        lines.append(kind).append(' ').append(counts.get(kind)).append('\n'));
        return lines.toString();
    }
}
