package dev.mgit.lineage.git;

import dev.mgit.delta.Hashes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.notes.Note;
import org.eclipse.jgit.notes.NoteMap;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/** Where all references were at some time, and what happened to them since that does not happen by itself. */
final class Anchor {
    private static final List<String> ANCHORED =
            List.of(Constants.R_HEADS, Constants.R_TAGS, GitLineage.NOTES, GitLineage.REGISTRY);

    private final GitLineage lineage;
    private final Path operationLog;

    Anchor(GitLineage lineage, Path operationLog) {
        this.lineage = lineage;
        this.operationLog = operationLog;
    }

    /** References of models, tags, notes and the registry, by full name. */
    Map<String, String> references() throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (String prefix : ANCHORED) {
            for (Ref ref : RefListing.below(lineage.git(), prefix)) {
                if (ref.getObjectId() != null && !ref.getName().startsWith(GitLineage.NOTES + Notes.SET_ASIDE)) {
                    found.put(ref.getName(), ref.getObjectId().name());
                }
            }
        }
        return found;
    }

    /** SHA-256 of the last whole line of the operation log; empty if nothing was done yet. */
    Optional<String> logHead() throws IOException {
        return lines().stream().reduce((first, second) -> second).map(Anchor::digest);
    }

    /** Whether a line of that digest is in the operation log. */
    boolean logHas(String head) throws IOException {
        return lines().stream().map(Anchor::digest).anyMatch(head::equals);
    }

    private List<String> lines() throws IOException {
        return Files.exists(operationLog)
                ? Files.readAllLines(operationLog, StandardCharsets.UTF_8).stream()
                        .filter(line -> line.endsWith("}"))
                        .toList()
                : List.of();
    }

    private static String digest(String line) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(line.getBytes(StandardCharsets.UTF_8)));
    }

    /** What became of references, a sentence each: taken away, rewritten, or notes removed from them. */
    List<String> changes(Map<String, String> then) throws IOException {
        List<String> found = new ArrayList<>();
        Map<String, String> now = references();
        try (var walk = new RevWalk(lineage.git())) {
            for (Map.Entry<String, String> old : then.entrySet()) {
                String at = now.get(old.getKey());
                if (at == null) {
                    found.add(name(old.getKey()) + " is gone; it was at " + old.getValue());
                } else if (!at.equals(old.getValue())) {
                    found.addAll(moved(walk, old.getKey(), old.getValue(), at));
                }
            }
        }
        return found;
    }

    private List<String> moved(RevWalk walk, String ref, String then, String now) throws IOException {
        if (ref.startsWith(Constants.R_TAGS)) {
            return List.of(name(ref) + " was moved from " + then + " to " + now);
        }
        try {
            walk.reset();
            RevCommit before = walk.parseCommit(ObjectId.fromString(then));
            RevCommit after = walk.parseCommit(ObjectId.fromString(now));
            if (!walk.isMergedInto(before, after)) {
                return List.of(name(ref) + " was rewritten: " + then + " is no longer part of its history");
            }
            return ref.startsWith(GitLineage.NOTES) ? removed(ref, before, after) : List.of();
        } catch (MissingObjectException e) {
            return List.of(name(ref) + " was rewritten: " + then + " is not here any more");
        }
    }

    private List<String> removed(String ref, RevCommit then, RevCommit now) throws IOException {
        List<String> found = new ArrayList<>();
        NoteMap old = NoteMap.read(lineage.git().newObjectReader(), then);
        NoteMap current = NoteMap.read(lineage.git().newObjectReader(), now);
        for (Note note : old) {
            if (!current.contains(note)) {
                found.add("the note '" + ref.substring(GitLineage.NOTES.length()) + "' on version "
                        + GitLineage.id(note).abbreviated() + " was removed");
            }
        }
        return found;
    }

    private static String name(String ref) {
        Map<String, String> words = new LinkedHashMap<>();
        words.put(Constants.R_HEADS, "model");
        words.put(Constants.R_TAGS, "tag");
        words.put(GitLineage.NOTES, "the notes");
        for (Map.Entry<String, String> word : words.entrySet()) {
            if (ref.startsWith(word.getKey())) {
                return word.getValue() + " '" + ref.substring(word.getKey().length()) + "'";
            }
        }
        return "the registry";
    }
}
