package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.DroppedState;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.Collection;

/** Brings training state that was dropped back to the versions it was part of, once somebody commits it again. */
final class RestoredState {
    private RestoredState() {}

    /** @param stored manifests of the files that are durably in the store now */
    static void note(Lineage lineage, Transaction transaction, Collection<Manifest> stored, Person by, Instant when) {
        lineage.notes(DroppedState.NAMESPACE).keySet().forEach(version -> {
            Checkpoint checkpoint = lineage.checkpoint(version);
            DroppedState notes = lineage.note(DroppedState.NAMESPACE, version, DroppedState::parse)
                    .orElse(DroppedState.none());
            boolean any = false;
            for (DroppedState.File dropped : checkpoint.dropped()) {
                if (isThere(lineage, version, dropped.file().path(), stored)) {
                    any = true;
                    notes = notes.with(new DroppedState.Entry(
                            DroppedState.Op.RESTORE, dropped.file().path(), dropped.rule(), by, when));
                }
            }
            if (any) {
                transaction.putNote(DroppedState.NAMESPACE, version, notes.format());
            }
        });
    }

    private static boolean isThere(Lineage lineage, VersionId version, String path, Collection<Manifest> stored) {
        Manifest wanted = lineage.manifest(version, path);
        return stored.stream().anyMatch(wanted::isSameFile);
    }
}
