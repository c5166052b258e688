package dev.mgit.lineage.verify;

import dev.mgit.lineage.git.NoteDifference;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a check has to know of records that this module only keeps.
 *
 * @param noteReaders by namespace: read a note, or throw
 * @param differences by namespace: tell in what a note differs from the one that was recorded
 * @param checks of versions
 */
public record VerifyRules(
        Map<String, Consumer<byte[]>> noteReaders, Map<String, NoteDifference> differences, List<VersionCheck> checks) {
    public static final VerifyRules NONE = new VerifyRules(Map.of(), Map.of(), List.of());

    public VerifyRules {
        noteReaders = Map.copyOf(noteReaders);
        differences = Map.copyOf(differences);
        checks = List.copyOf(checks);
    }

    /** The same, of notes only. */
    public static VerifyRules ofNotes(Map<String, Consumer<byte[]>> readers) {
        return new VerifyRules(readers, Map.of(), List.of());
    }
}
