package dev.mgit.hooks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The registrations and recipes accepted in this clone, by digest: a changed one is a new one. The list is a local
 * file that no fetch writes; one {@code DIGEST  NAME} a line.
 */
public final class Trust {
    /**
     * Something that may run here once accepted.
     *
     * @param name for people: a registry path, or {@code recipe of MODEL}
     * @param content what would run, as it is shown
     */
    public record Item(String name, String digest, String content) {
        public static Item of(String name, byte[] content) {
            return new Item(name, Folders.digest(content), new String(content, StandardCharsets.UTF_8));
        }
    }

    private final Path file;

    public Trust(Path file) {
        this.file = file;
    }

    public boolean accepts(Item item) {
        return lines().stream().anyMatch(line -> line.startsWith(item.digest() + " "));
    }

    public void accept(Item item) {
        accept(List.of(item));
    }

    public synchronized void accept(Collection<Item> items) {
        var lines = new TreeSet<>(lines());
        items.stream()
                .filter(item -> !accepts(item))
                .forEach(item -> lines.add(item.digest() + "  " + item.name().replace('\n', ' ')));
        Folders.replace(file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    public synchronized void withdraw(String digest) {
        var lines = new TreeSet<>(lines());
        lines.removeIf(line -> line.startsWith(digest + " "));
        Folders.replace(file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private List<String> lines() {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> !line.isBlank()).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
