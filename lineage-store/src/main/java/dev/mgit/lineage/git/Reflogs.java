package dev.mgit.lineage.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Git's own logs of where references were, one entry a line: {@code OLD NEW NAME <MAIL> SECONDS ZONE\tMESSAGE}. */
final class Reflogs {
    private static final Pattern ENTRY =
            Pattern.compile("([0-9a-f]{40}) ([0-9a-f]{40}) .*> (\\d{1,18}) [-+]\\d{4}(\t.*)?");

    private final Path logs;

    /** @param git the bare Git repository */
    Reflogs(Path git) {
        this.logs = git.resolve("logs");
    }

    /** Ids named by entries that are not older than the horizon. */
    List<String> ids(Instant horizon) throws IOException {
        List<String> ids = new ArrayList<>();
        for (Path file : files()) {
            for (String line : lines(file)) {
                Matcher entry = ENTRY.matcher(line);
                if (entry.matches() && !isOld(entry, horizon)) {
                    ids.add(entry.group(1));
                    ids.add(entry.group(2));
                }
            }
        }
        return ids;
    }

    /** Whether a reference's log is there. */
    boolean has(String reference) {
        return Files.isRegularFile(logs.resolve(reference));
    }

    /** Names of references that have a log. */
    List<String> references() throws IOException {
        return files().stream()
                .map(file -> logs.relativize(file).toString().replace('\\', '/'))
                .filter(name -> name.startsWith("refs/"))
                .toList();
    }

    /** Where the last entry of a reference's log put it. */
    Optional<String> last(String reference) throws IOException {
        if (!has(reference)) {
            return Optional.empty();
        }
        List<String> lines = lines(logs.resolve(reference));
        Matcher entry = ENTRY.matcher(lines.isEmpty() ? "" : lines.get(lines.size() - 1));
        return entry.matches() ? Optional.of(entry.group(2)) : Optional.empty();
    }

    /** Ids of a reference's log, what was put there last first. */
    List<String> newestFirst(String reference) throws IOException {
        List<String> ids = new ArrayList<>();
        if (Files.isRegularFile(logs.resolve(reference))) {
            for (String line : lines(logs.resolve(reference))) {
                Matcher entry = ENTRY.matcher(line);
                if (entry.matches()) {
                    ids.add(0, entry.group(1));
                    ids.add(0, entry.group(2));
                }
            }
        }
        return ids;
    }

    /** Drops entries older than the horizon; each file is replaced as a whole. */
    void expire(Instant horizon) throws IOException {
        for (Path file : files()) {
            List<String> before = lines(file);
            List<String> after = before.stream()
                    .filter(line -> {
                        Matcher entry = ENTRY.matcher(line);
                        return entry.matches() && !isOld(entry, horizon);
                    })
                    .toList();
            if (after.size() < before.size()) {
                Path temporary = file.resolveSibling(file.getFileName() + ".lock");
                try {
                    Files.write(temporary, after, StandardCharsets.ISO_8859_1);
                    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                } finally {
                    Files.deleteIfExists(temporary);
                }
            }
        }
    }

    private static boolean isOld(Matcher entry, Instant horizon) {
        return Long.parseLong(entry.group(3)) < horizon.getEpochSecond();
    }

    private List<Path> files() throws IOException {
        if (Files.notExists(logs)) {
            return List.of();
        }
        try (Stream<Path> tree = Files.walk(logs)) {
            return tree.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".lock"))
                    .toList();
        }
    }

    /** Byte for byte, whatever the encoding of names and messages. */
    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    }
}
