package dev.mgit.serve.hub.push;

import dev.mgit.delta.Hashes;
import dev.mgit.lineage.repository.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Models, and branches of them, that clients have created and not pushed to. A lineage knows only those with versions. */
final class CreatedModels {
    private static final int MOST = 1000;

    /** A training may take its time before it pushes for the first time. */
    private static final Duration KEPT = Duration.ofDays(30);

    private final Path folder;
    private final Clock clock;

    CreatedModels(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    boolean contains(String model) {
        return Files.exists(file(model));
    }

    synchronized void add(String model) throws IOException {
        forgetOld();
        DurableFiles.replace(file(model), model.getBytes(StandardCharsets.UTF_8));
    }

    synchronized void remove(String model) throws IOException {
        Files.deleteIfExists(file(model));
    }

    private Path file(String model) {
        byte[] name = Hashes.sha256().digest(model.getBytes(StandardCharsets.UTF_8));
        return folder.resolve(HexFormat.of().formatHex(name));
    }

    private void forgetOld() throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(folder)) {
            files = found.sorted(Comparator.comparing(CreatedModels::made)).toList();
        }
        FileTime horizon = FileTime.from(clock.instant().minus(KEPT));
        for (int i = 0; i < files.size(); i++) {
            if (files.size() - i >= MOST || made(files.get(i)).compareTo(horizon) < 0) {
                Files.deleteIfExists(files.get(i));
            }
        }
    }

    private static FileTime made(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (NoSuchFileException e) {
            return FileTime.fromMillis(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
