package dev.mgit.lineage.imports;

import dev.mgit.lineage.version.Tag;
import java.util.Collection;

/** Turns names of folders and hub models into names that models may have. */
final class ImportNames {
    private ImportNames() {}

    /** The nearest legal name, whatever the text: letters, digits, {@code . _ -} and {@code /} between parts. */
    static String legal(String text) {
        StringBuilder legal = new StringBuilder();
        for (String part : text.split("/")) {
            String clean = part.replaceAll("[^A-Za-z0-9._-]+", "-")
                    .replaceAll("\\.{2,}", ".")
                    .replaceAll("^[.-]+|[.-]+$", "")
                    .replaceAll("(?i)\\.lock$", "-lock");
            if (!clean.isEmpty()) {
                legal.append(legal.length() == 0 ? "" : "/").append(clean);
            }
        }
        String name = legal.toString();
        return name.isEmpty() || name.equals("HEAD") ? "model" : name.substring(0, Math.min(200, name.length()));
    }

    /** A model's name beside others and beside tags: the name itself, or with {@code -2}, {@code -3} and so on at its end. */
    static String free(String name, Collection<String> taken, Collection<Tag> tags) {
        String flat = taken.stream().anyMatch(other -> conflicts(name, other)) ? name.replace('/', '-') : name;
        String free = flat;
        for (int i = 2; isTaken(free, taken) || isTag(free, tags); i++) {
            free = flat + "-" + i;
        }
        return free;
    }

    private static boolean isTag(String name, Collection<Tag> tags) {
        return tags.stream().anyMatch(tag -> tag.name().equals(name));
    }

    private static boolean isTaken(String name, Collection<String> taken) {
        return taken.stream().anyMatch(other -> other.equals(name) || conflicts(name, other));
    }

    /** One name cannot be the folder of another. */
    private static boolean conflicts(String name, String other) {
        return name.startsWith(other + "/") || other.startsWith(name + "/");
    }
}
