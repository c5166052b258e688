package dev.mgit.lineage.diff;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.git.GitTextDiff;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares the files of two checkpoints: which are there, and what changed in the small ones. */
final class FileChanges {
    /** A value is shown up to this many characters. */
    private static final int SHOWN = 60;

    private FileChanges() {}

    static List<FileChange> of(Map<String, Snapshot.Contents> a, Map<String, Snapshot.Contents> b) throws IOException {
        List<FileChange> changes = new ArrayList<>();
        var paths = new TreeSet<>(a.keySet());
        paths.addAll(b.keySet());
        for (String path : paths) {
            Snapshot.Contents left = a.get(path);
            Snapshot.Contents right = b.get(path);
            if (left != null && right != null) {
                if (!left.identity().equals(right.identity())
                        || executable(left, right).isPresent()) {
                    changes.add(changed(left, right));
                }
            } else if (left != null) {
                changes.add(alone(left, FileChange.Kind.REMOVED, left.size(), 0));
            } else if (right != null) {
                changes.add(alone(right, FileChange.Kind.ADDED, 0, right.size()));
            }
        }
        return changes;
    }

    private static FileChange alone(Snapshot.Contents file, FileChange.Kind kind, long sizeA, long sizeB) {
        return new FileChange(
                file.path(), kind, sizeA, sizeB, file.weights(), Optional.empty(), List.of(), Optional.empty(), false);
    }

    static FileChange changed(Snapshot.Contents a, Snapshot.Contents b) throws IOException {
        Optional<FileChange.Lines> lines = Optional.empty();
        List<FileChange.KeyChange> keys = List.of();
        boolean same = a.identity().equals(b.identity());
        if (a.small() && b.small() && !same) {
            byte[] left = a.bytes();
            byte[] right = b.bytes();
            lines = GitTextDiff.of(left, right).map(diff -> new FileChange.Lines(diff.added(), diff.removed()));
            if (a.path().toLowerCase(Locale.ROOT).endsWith(".json")) {
                keys = keys(left, right);
            }
        }
        boolean weights = a.weights() || b.weights();
        String path = a.path().equals(b.path()) ? a.path() : a.path() + " → " + b.path();
        return new FileChange(
                path, FileChange.Kind.CHANGED, a.size(), b.size(), weights, lines, keys, executable(a, b), same);
    }

    /** Where a file may be executed on one side only: whether on the second. */
    private static Optional<Boolean> executable(Snapshot.Contents a, Snapshot.Contents b) {
        return b.executable()
                .filter(now ->
                        a.executable().filter(before -> !before.equals(now)).isPresent());
    }

    private static List<FileChange.KeyChange> keys(byte[] a, byte[] b) {
        List<FileChange.KeyChange> changes = new ArrayList<>();
        Map<String, String> left = new LinkedHashMap<>();
        Map<String, String> right = new LinkedHashMap<>();
        try {
            flatten("", Json.parseObject(a), left);
            flatten("", Json.parseObject(b), right);
        } catch (JsonException e) {
            return changes; // not JSON after all; the count of lines says what there is to say
        }
        var names = new TreeSet<>(left.keySet());
        names.addAll(right.keySet());
        for (String name : names) {
            Optional<String> before = Optional.ofNullable(left.get(name));
            Optional<String> after = Optional.ofNullable(right.get(name));
            if (!before.equals(after)) {
                changes.add(new FileChange.KeyChange(
                        name, before.map(FileChanges::shortened), after.map(FileChanges::shortened)));
            }
        }
        return changes;
    }

    private static void flatten(String path, @Nullable Object value, Map<String, String> into) {
        if (value instanceof JsonObject object && !object.members().isEmpty()) {
            object.members()
                    .forEach((name, member) -> flatten(path.isEmpty() ? name : path + "." + name, member, into));
        } else {
            into.put(path, Json.text(value));
        }
    }

    private static String shortened(String value) {
        return value.length() <= SHOWN ? value : value.substring(0, SHOWN - 1) + "…";
    }
}
