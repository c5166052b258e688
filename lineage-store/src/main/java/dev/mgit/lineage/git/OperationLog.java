package dev.mgit.lineage.git;

import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Every change of references, one JSON object a line, in a file beside the Git repository (a reference of its own
 * would clutter {@code git log --all}). An operation is written ahead as an intent and closed by a second line once
 * its references moved, so that after a crash it is known whether it happened. Where operations were forgotten, and
 * where the chain of lines begins, a line says where all of them left the references.
 */
final class OperationLog {
    static final String FORGOTTEN = "forgotten";
    static final String ANCHOR = "anchor";
    private static final String FINGERPRINT = "fingerprint";
    private static final String OUTSIDE = "outside";
    private static final String REFERENCES = "refs";
    private static final String ACCEPTED = "accepted";

    private final OperationChain chain;

    OperationLog(Path file) {
        this.chain = new OperationChain(file);
    }

    /** Writes an operation ahead of its reference transaction, durably. */
    void intend(Operation operation) throws IOException {
        chain.append(OperationJson.of(operation));
    }

    /** Closes an operation that a crash left open: its references moved, or they did not and it never happened. */
    void close(String id, boolean happened) throws IOException {
        chain.append(Map.of(happened ? "done" : "void", id));
    }

    /**
     * Closes an operation whose references moved, with a fingerprint of where all references now belong.
     *
     * @param outside whether some are elsewhere, because something else than mgit moved them
     */
    void done(String id, String fingerprint, boolean outside) throws IOException {
        var line = new LinkedHashMap<String, Object>();
        line.put("done", id);
        line.put(FINGERPRINT, fingerprint);
        if (outside) {
            line.put(OUTSIDE, true);
        }
        chain.append(line);
    }

    /** Whether lines are chained: all changes of references from then on are in the log. */
    boolean isChained() throws IOException {
        return chain.isChained();
    }

    /** Begins the chain in a log that was written without, from where references are now. */
    void beginChain(Map<String, String> references) throws IOException {
        chain.append(Map.of(REFERENCES, references));
    }

    /** Takes moves that were made outside mgit, and that operations since were built on, for known. */
    void accept(Collection<Operation.RefChange> moves, String fingerprint) throws IOException {
        var line = new LinkedHashMap<String, Object>();
        line.put(ACCEPTED, moves.stream().map(OperationJson::of).toList());
        line.put(FINGERPRINT, fingerprint);
        chain.append(line);
    }

    /** The digest of the last line, which stands for every line before it; empty where nothing is chained yet. */
    Optional<String> head() throws IOException {
        return chain.head();
    }

    /** The fingerprint in the last line; empty if that has none. Reads no more of the file than that. */
    Optional<String> fingerprint() throws IOException {
        return lastLine().flatMap(json -> json.optionalString(FINGERPRINT));
    }

    /** The same; empty too if some references were not where operations had left them. */
    Optional<String> strictFingerprint() throws IOException {
        return lastLine().filter(json -> !json.flag(OUTSIDE)).flatMap(json -> json.optionalString(FINGERPRINT));
    }

    private Optional<JsonObject> lastLine() throws IOException {
        return chain.last().flatMap(OperationChain::parsed);
    }

    boolean isMissing() {
        return chain.isMissing();
    }

    /** The operation that a crash left open, if the last one is. */
    Optional<Operation> open() throws IOException {
        return Optional.ofNullable(read().open());
    }

    /** Finished operations, newest first. */
    List<Operation> finished() throws IOException {
        List<Operation> result = new ArrayList<>(read().finished());
        Collections.reverse(result);
        return result;
    }

    /** References by name, with where they may be: where finished operations left them, or an open one puts them. */
    Map<String, Set<Optional<String>>> references() throws IOException {
        OperationReplay replay = read();
        Map<String, Set<Optional<String>>> places = new TreeMap<>();
        replay.references().forEach((ref, id) -> places.put(ref, new HashSet<>(Set.of(Optional.of(id)))));
        Operation open = replay.open();
        if (open != null) {
            for (Operation.RefChange change : open.changes()) {
                places.computeIfAbsent(change.ref(), unused -> new HashSet<>())
                        .addAll(List.of(change.before(), change.after()));
            }
        }
        return places;
    }

    OperationReplay read() throws IOException {
        var replay = new OperationReplay();
        for (String line : chain.lines()) {
            try {
                OperationChain.parsed(line).ifPresent(json -> read(json, replay));
            } catch (JsonException | DateTimeException e) {
                // named by damage()
            }
        }
        return replay;
    }

    private static void read(JsonObject json, OperationReplay replay) {
        if (json.has(OperationChain.PREVIOUS)) {
            replay.chained();
        }
        if (json.has("id")) {
            replay.intend(OperationJson.read(json));
        } else if (replay.open() != null) {
            replay.close(json.optionalString("done"));
        } else if (json.has(REFERENCES)) {
            JsonObject references = json.object(REFERENCES);
            Map<String, String> places = new TreeMap<>();
            references.members().keySet().forEach(ref -> places.put(ref, references.string(ref)));
            replay.startFrom(places);
        } else if (json.has(ACCEPTED)) {
            json.objects(ACCEPTED).stream().map(OperationJson::change).forEach(replay::accept);
        }
    }

    /** What is wrong with the file, one clause for each line; a torn line is what a crash leaves, no damage. */
    List<String> damage() throws IOException {
        return new OperationLogCheck(chain).run();
    }

    /**
     * Forgets the operations before the first that a predicate does not match. What is kept stays byte for byte, after a
     * line that says what it follows.
     */
    void forget(Predicate<Operation> old) throws IOException {
        List<String> lines = chain.lines();
        var before = new OperationReplay();
        int cut = 0;
        for (; cut < lines.size(); cut++) {
            Optional<JsonObject> json = OperationChain.parsed(lines.get(cut));
            if (json.isPresent()) {
                if (json.get().has("id") && !old.test(OperationJson.read(json.get()))) {
                    break;
                }
                read(json.get(), before);
            }
        }
        if (before.finished().isEmpty()) {
            return;
        }
        String last = lines.subList(0, cut).stream()
                .filter(line -> OperationChain.parsed(line).isPresent())
                .reduce(OperationChain.BEGINNING, (first, second) -> second);
        Map<String, Object> anchor = new LinkedHashMap<>();
        anchor.put(REFERENCES, before.references());
        anchor.put(FORGOTTEN, OperationChain.digest(last));
        String first = CheckedJson.text(anchor);
        List<String> kept = lines.subList(cut, lines.size());
        Map<String, Object> closing = new LinkedHashMap<>();
        closing.put(ANCHOR, OperationChain.digest(first));
        fingerprint().ifPresent(known -> closing.put(FINGERPRINT, known));
        if (fingerprint().isPresent() && strictFingerprint().isEmpty()) {
            closing.put(OUTSIDE, true);
        }
        String follows = chain.last().filter(kept::contains).orElse(last);
        chain.replace(first, kept, OperationChain.digest(follows), closing);
    }
}
