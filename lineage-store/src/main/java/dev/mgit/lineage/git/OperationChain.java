package dev.mgit.lineage.git;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file that only grows, one checked JSON object a line, each with the SHA-256 of the line before it in {@code prev}:
 * none can be changed, moved or taken out without the next one telling. What the last line is stands in a file beside
 * it, so that lines missing at the end are missed too; that file may be behind, and is never ahead.
 *
 * <p>Lines that an mgit without chains wrote have no {@code prev}; the chain begins after them. A line torn by a crash
 * is none, nor is one of which a power failure left the end alone.
 */
final class OperationChain {
    /** What the first line of all follows. */
    static final String BEGINNING = "0".repeat(64);

    static final String PREVIOUS = "prev";

    private static final int TAIL = 4096;
    private static final Pattern ENDING = Pattern.compile(",\"sum\":\"[0-9a-f]{16}\"}$");

    private final Path file;
    private final Path headFile;

    OperationChain(Path file) {
        this.file = file;
        this.headFile = file.resolveSibling(file.getFileName() + ".head");
    }

    boolean isMissing() {
        return Files.notExists(file);
    }

    /** All lines, each without its end, torn ones too. */
    List<String> lines() throws IOException {
        return isMissing()
                ? List.of()
                : List.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n", -1));
    }

    /** Whether a line ends as all do, with its checksum; a torn one does not. */
    static boolean isWhole(String line) {
        return ENDING.matcher(line).find();
    }

    /** The last whole line; reads no more of the file than that. */
    Optional<String> last() throws IOException {
        if (isMissing()) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return last(channel);
        }
    }

    private Optional<String> last(FileChannel channel) throws IOException {
        for (long size = TAIL; ; size *= 8) {
            byte[] tail = new byte[(int) Math.min(size, channel.size())];
            ByteBuffer into = ByteBuffer.wrap(tail);
            long from = channel.size() - tail.length;
            while (into.hasRemaining() && channel.read(into, from + into.position()) >= 0) {}
            for (int end = tail.length; end >= 0; end = before(tail, end)) {
                int start = before(tail, end) + 1;
                if (start == 0 && from > 0) {
                    break;
                }
                String line = new String(tail, start, end - start, StandardCharsets.UTF_8);
                if (isWhole(line) && (parsed(line).isPresent() || wasChangedSince())) {
                    return Optional.of(line);
                }
            }
            if (from == 0) {
                return Optional.empty();
            }
        }
    }

    /**
     * Whether a last line that cannot be parsed was written as a whole and changed later: then the file beside it names a line that
     * is none of these. It stays in the chain, so that what is added shows that it was changed.
     */
    private boolean wasChangedSince() throws IOException {
        Optional<String> recorded = recordedHead();
        return recorded.isPresent()
                && lines().stream().map(OperationChain::digest).noneMatch(recorded.get()::equals);
    }

    /** Where the last line end before a place is; -1 if there is none. */
    private static int before(byte[] bytes, int place) {
        int i = place - 1;
        while (i >= 0 && bytes[i] != '\n') {
            i--;
        }
        return i;
    }

    /** Whether the last line is chained, or the next one will begin the chain of a new file. */
    boolean isChained() throws IOException {
        Optional<String> last = last();
        return last.isEmpty()
                || parsed(last.get()).filter(json -> json.has(PREVIOUS)).isPresent();
    }

    /** The digest of the last whole line, which stands for everything before it; empty where nothing is chained. */
    Optional<String> head() throws IOException {
        Optional<String> last = last();
        return last.isPresent() && isChained() ? last.map(OperationChain::digest) : Optional.empty();
    }

    /** What the file beside it says the last line was; empty if it says nothing. */
    Optional<String> recordedHead() throws IOException {
        if (Files.notExists(headFile)) {
            return Optional.empty();
        }
        String text = Files.readString(headFile, StandardCharsets.ISO_8859_1).strip();
        return text.matches("[0-9a-f]{64}") ? Optional.of(text) : Optional.empty();
    }

    /** Adds a line, durably. */
    void append(Map<String, ?> members) throws IOException {
        boolean isNew = isMissing();
        String line;
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            line = chained(members, last(channel).map(OperationChain::digest).orElse(BEGINNING));
            long end = channel.size();
            var last = ByteBuffer.allocate(1);
            boolean torn = end > 0 && channel.read(last, end - 1) == 1 && last.get(0) != '\n';
            channel.position(end);
            write(channel, (torn ? "\n" : "") + line + "\n");
            channel.force(true);
        }
        if (isNew) {
            syncName();
        }
        writeHead(digest(line));
    }

    private static String chained(Map<String, ?> members, String previous) {
        var line = new LinkedHashMap<String, Object>(members);
        line.put(PREVIOUS, previous);
        return CheckedJson.text(line);
    }

    /**
     * Puts other lines in place of all, in one step.
     *
     * @param first a first line, which is not chained
     * @param kept lines as they are
     * @param before what the last one to be added follows
     * @param added members of that last line
     */
    void replace(String first, List<String> kept, String before, Map<String, ?> added) throws IOException {
        String last = chained(added, before);
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            write(channel, first + "\n");
            for (String line : kept) {
                write(channel, line + "\n");
            }
            write(channel, last + "\n");
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncName();
        writeHead(digest(last));
    }

    /** Synced where it is new, since it must not be missing later; one that is behind still names a line. */
    private void writeHead(String digest) throws IOException {
        boolean isNew = Files.notExists(headFile);
        try (FileChannel channel = FileChannel.open(headFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            write(channel, digest + "\n");
            if (isNew) {
                channel.force(true);
            }
        }
        if (isNew) {
            syncName();
        }
    }

    private void syncName() throws IOException {
        DurableNames.sync(Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a folder"));
    }

    private static void write(FileChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    static Optional<JsonObject> parsed(String line) {
        try {
            return Optional.of(CheckedJson.parse(line.getBytes(StandardCharsets.UTF_8)));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    /** @return lower-case hexadecimal SHA-256 */
    static String digest(String line) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(line.getBytes(StandardCharsets.UTF_8)));
    }
}
