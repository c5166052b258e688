package dev.mgit.lineage.git;

import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Person;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/**
 * Every change of references, one JSON object a line, in a file beside the Git repository (a reference of its own
 * would clutter {@code git log --all}). An operation is written ahead as an intent and closed by a second line once
 * its references moved, so that after a crash it is known whether it happened. Where operations were forgotten, a line
 * says where all of them left the references.
 */
final class OperationLog {
    private static final String FINGERPRINT = "fingerprint";
    private static final int TAIL = 4096;

    private final Path file;

    OperationLog(Path file) {
        this.file = file;
    }

    /** Writes an operation ahead of its reference transaction, durably. */
    void intend(Operation operation) throws IOException {
        append(json(operation));
    }

    /** Closes an operation that a crash left open: its references moved, or they did not and it never happened. */
    void close(String id, boolean happened) throws IOException {
        append(Map.of(happened ? "done" : "void", id));
    }

    /** Closes an operation whose references moved, with a fingerprint of where all references now belong. */
    void done(String id, String fingerprint) throws IOException {
        var line = new LinkedHashMap<String, String>();
        line.put("done", id);
        line.put(FINGERPRINT, fingerprint);
        append(line);
    }

    /** The fingerprint in the last line; empty if that has none. Reads no more of the file than that. */
    Optional<String> fingerprint() throws IOException {
        if (isMissing()) {
            return Optional.empty();
        }
        byte[] tail;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer end = ByteBuffer.allocate((int) Math.min(TAIL, channel.size()));
            channel.read(end, channel.size() - end.capacity());
            tail = Arrays.copyOf(end.array(), end.position());
        }
        String[] lines = new String(tail, StandardCharsets.UTF_8).split("\n");
        try {
            return CheckedJson.parse(lines[lines.length - 1].getBytes(StandardCharsets.UTF_8))
                    .optionalString(FINGERPRINT);
        } catch (JsonException e) {
            return Optional.empty(); // torn, or longer than any line with a fingerprint
        }
    }

    boolean isMissing() {
        return Files.notExists(file);
    }

    /** The operation that a crash left open, if the last one is. */
    Optional<Operation> open() throws IOException {
        Entries entries = read();
        return Optional.ofNullable(entries.open);
    }

    /** Finished operations, newest first. */
    List<Operation> finished() throws IOException {
        List<Operation> result = new ArrayList<>(read().finished);
        java.util.Collections.reverse(result);
        return result;
    }

    /** References by name, with where they may be: where finished operations left them, or an open one puts them. */
    Map<String, Set<Optional<String>>> references() throws IOException {
        Entries entries = read();
        Map<String, Set<Optional<String>>> places = new TreeMap<>();
        entries.references.forEach((ref, id) -> places.put(ref, new HashSet<>(Set.of(Optional.of(id)))));
        if (entries.open != null) {
            for (Operation.RefChange change : entries.open.changes()) {
                places.computeIfAbsent(change.ref(), unused -> new HashSet<>())
                        .addAll(List.of(change.before(), change.after()));
            }
        }
        return places;
    }

    /** What is wrong with the file, one clause for each line; a torn line is what a crash leaves, no damage. */
    List<String> damage() throws IOException {
        List<String> found = new ArrayList<>();
        if (!Files.exists(file)) {
            return found;
        }
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            try {
                JsonObject json = CheckedJson.parse(lines.get(i).getBytes(StandardCharsets.UTF_8));
                if (json.has("id")) {
                    operation(json);
                }
            } catch (JsonException | DateTimeException e) {
                boolean torn = !lines.get(i).endsWith("}");
                if (!torn) {
                    found.add("line " + (i + 1) + " cannot be parsed: " + e.getMessage());
                }
            }
        }
        return found;
    }

    /** Forgets the operations a predicate matches. */
    void forget(Predicate<Operation> old) throws IOException {
        Entries entries = read();
        Optional<String> fingerprint = fingerprint();
        var text = new StringBuilder();
        for (Operation operation : entries.finished) {
            if (!old.test(operation)) {
                text.append(CheckedJson.text(json(operation))).append('\n');
                text.append(CheckedJson.text(Map.of("done", operation.id()))).append('\n');
            }
        }
        text.append(CheckedJson.text(Map.of("refs", entries.references))).append('\n');
        fingerprint.ifPresent(known ->
                text.append(CheckedJson.text(Map.of(FINGERPRINT, known))).append('\n'));
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            write(channel, text.toString());
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncName();
    }

    private void syncName() throws IOException {
        DurableNames.sync(Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a folder"));
    }

    private void append(Map<String, ?> line) throws IOException {
        boolean isNew = isMissing();
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = channel.size();
            var last = ByteBuffer.allocate(1);
            boolean torn = end > 0 && channel.read(last, end - 1) == 1 && last.get(0) != '\n';
            channel.position(end);
            write(channel, (torn ? "\n" : "") + CheckedJson.text(line) + "\n");
        }
        if (isNew) {
            syncName();
        }
    }

    private static void write(FileChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }

    private static final class Entries {
        final List<Operation> finished = new ArrayList<>();

        /** Where finished operations left the references they moved. */
        final Map<String, String> references = new TreeMap<>();

        @Nullable
        Operation open;

        void finish(Operation operation) {
            finished.add(operation);
            for (Operation.RefChange change : operation.changes()) {
                change.after()
                        .ifPresentOrElse(
                                after -> references.put(change.ref(), after), () -> references.remove(change.ref()));
            }
        }
    }

    private Entries read() throws IOException {
        var entries = new Entries();
        if (!Files.exists(file)) {
            return entries;
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        for (String line : text.split("\n", -1)) {
            try {
                read(CheckedJson.parse(line.getBytes(StandardCharsets.UTF_8)), entries);
            } catch (JsonException | DateTimeException e) {
                // a line torn by a crash was never acted on
            }
        }
        return entries;
    }

    private static void read(JsonObject json, Entries entries) {
        if (json.has("id")) {
            entries.open = operation(json);
        } else if (entries.open != null) {
            if (json.optionalString("done").equals(Optional.of(entries.open.id()))) {
                entries.finish(entries.open);
            }
            entries.open = null;
        } else if (json.has("refs")) {
            JsonObject references = json.object("refs");
            entries.references.clear();
            references.members().keySet().forEach(ref -> entries.references.put(ref, references.string(ref)));
        }
    }

    private static Map<String, Object> json(Operation operation) {
        var json = new LinkedHashMap<String, Object>();
        json.put("id", operation.id());
        json.put("description", operation.description());
        json.put("name", operation.author().name());
        json.put("email", operation.author().email());
        json.put("when", operation.when().toString());
        operation.undoes().ifPresent(undone -> json.put("undoes", undone));
        json.put(
                "changes",
                operation.changes().stream().map(OperationLog::change).toList());
        return json;
    }

    private static Map<String, String> change(Operation.RefChange change) {
        var json = new LinkedHashMap<String, String>();
        json.put("ref", change.ref());
        change.before().ifPresent(before -> json.put("before", before));
        change.after().ifPresent(after -> json.put("after", after));
        return json;
    }

    private static Operation operation(JsonObject json) {
        return new Operation(
                json.string("id"),
                json.string("description"),
                new Person(json.string("name"), json.string("email")),
                Instant.parse(json.string("when")),
                json.objects("changes").stream().map(OperationLog::change).toList(),
                json.optionalString("undoes"));
    }

    private static Operation.RefChange change(JsonObject json) {
        var change = new Operation.RefChange(
                json.string("ref"), json.optionalString("before"), json.optionalString("after"));
        boolean ids =
                Stream.concat(change.before().stream(), change.after().stream()).allMatch(ObjectId::isId);
        if (!Repository.isValidRefName(change.ref()) || !ids) {
            throw new JsonException("'" + change.ref() + "' cannot be changed so");
        }
        return change;
    }
}
