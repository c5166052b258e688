package dev.mgit.lineage.version;

import dev.mgit.delta.format.TrainingState;
import dev.mgit.delta.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Files of training state whose bytes were given up on purpose after a version was made, to save their space. A version
 * is immutable, so they are its note in the namespace {@value #NAMESPACE}: one JSON object a line, applied in order.
 *
 * <pre>{"op":"drop","path":"optimizer.pt","rule":"--keep-last 2","by":"Ada &lt;ada@example.org&gt;",
 * "when":"2026-01-31T12:00:00Z"}</pre>
 *
 * <p>{@code "op":"restore"} takes that back: the bytes are in the store again. A line counts only for a file of training
 * state in the parameter store, so that no note can make a clean-up take weights.
 */
public record DroppedState(List<Entry> entries) {
    public static final String NAMESPACE = "dropped";

    /** Notes of the same form that remotes are told: what was dropped before its version was pushed. */
    public static final String UNSENT = "unsent";

    /** What a line does. */
    public enum Op {
        DROP,
        RESTORE
    }

    /**
     * One line.
     *
     * @param path of the file in the version
     * @param rule by which it was chosen, as given on the command line
     */
    public record Entry(Op op, String path, String rule, Person by, Instant when) {}

    /** A file that is not there any more. */
    public record File(FileEntry file, String rule, Person by, Instant when) {}

    public DroppedState {
        entries = List.copyOf(entries);
    }

    public static DroppedState none() {
        return new DroppedState(List.of());
    }

    /** Whether a file may be dropped at all. */
    public static boolean mayGo(FileEntry file) {
        return file.stored() == FileEntry.Storage.PARAMETERS && TrainingState.isFile(file.path());
    }

    /**
     * Reads a note. Fields this version of mgit does not know are passed over.
     *
     * @throws dev.mgit.delta.MgitException of kind INTEGRITY, naming the line, if a line cannot be understood
     */
    public static DroppedState parse(byte[] content) {
        return new DroppedState(NoteLines.parse(content, "dropped training state", DroppedState::entry));
    }

    public byte[] format() {
        return NoteLines.format(entries, DroppedState::line);
    }

    /** These notes and one more line. */
    public DroppedState with(Entry entry) {
        List<Entry> longer = new ArrayList<>(entries);
        longer.add(entry);
        return new DroppedState(longer);
    }

    /** The lines of both, oldest first. */
    public DroppedState union(DroppedState other) {
        var all = new LinkedHashSet<>(entries);
        all.addAll(other.entries);
        return new DroppedState(
                all.stream().sorted(Comparator.comparing(Entry::when)).toList());
    }

    /** What is dropped after these notes: the line that says so, by path. */
    public Map<String, Entry> dropped() {
        Map<String, Entry> dropped = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (entry.op() == Op.DROP) {
                dropped.put(entry.path(), entry);
            } else {
                dropped.remove(entry.path());
            }
        }
        return dropped;
    }

    /** The checkpoint as it stands after these notes. */
    Checkpoint apply(Checkpoint recorded) {
        List<FileEntry> files = new ArrayList<>();
        List<File> dropped = new ArrayList<>();
        Map<String, Entry> paths = dropped();
        for (FileEntry file : recorded.files()) {
            Entry drop = paths.get(file.path());
            if (drop != null && mayGo(file)) {
                dropped.add(new File(file, drop.rule(), drop.by(), drop.when()));
            } else {
                files.add(file);
            }
        }
        return new Checkpoint(
                recorded.version(), files, recorded.folders(), recorded.ignored(), dropped, recorded.lossy());
    }

    private static Entry entry(JsonObject line) {
        return new Entry(
                Op.valueOf(line.string("op").toUpperCase(Locale.ROOT)),
                line.string("path"),
                line.string("rule"),
                Person.parse(line.string("by")),
                Instant.parse(line.string("when")));
    }

    private static Map<String, String> line(Entry entry) {
        Map<String, String> line = new LinkedHashMap<>();
        line.put("op", entry.op().name().toLowerCase(Locale.ROOT));
        line.put("path", entry.path());
        line.put("rule", entry.rule());
        line.put("by", entry.by().toString());
        line.put("when", entry.when().toString());
        return line;
    }
}
