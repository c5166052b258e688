package dev.mgit.lineage.version;

import dev.mgit.delta.format.TrainingState;
import dev.mgit.delta.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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

    /** The checkpoint as it stands after these notes. */
    Checkpoint apply(Checkpoint recorded) {
        List<FileEntry> files = new ArrayList<>();
        List<File> dropped = new ArrayList<>();
        for (FileEntry file : recorded.files()) {
            Optional<Entry> last = mayGo(file) ? last(file.path()) : Optional.empty();
            if (last.isPresent() && last.get().op() == Op.DROP) {
                dropped.add(new File(
                        file, last.get().rule(), last.get().by(), last.get().when()));
            } else {
                files.add(file);
            }
        }
        return new Checkpoint(
                recorded.version(), files, recorded.folders(), recorded.ignored(), dropped, recorded.lossy());
    }

    private Optional<Entry> last(String path) {
        return entries.stream().filter(entry -> entry.path().equals(path)).reduce((before, after) -> after);
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
