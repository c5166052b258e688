package dev.mgit.lineage.remote;

import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.DroppedState;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.NoteMerger;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Training state that was dropped before its version was pushed, so that the remote's store never got it. Which files
 * those are travels with the lineage, as notes in the namespace {@value DroppedState#UNSENT}: what one repository drops
 * says nothing of another's store, but what nobody sent must not be waited for.
 */
public final class UnsentState {
    private final Exchange exchange;
    private final GitExchange here;
    private final Lineage lineage;

    UnsentState(Exchange exchange, GitExchange here) {
        this.exchange = exchange;
        this.here = here;
        this.lineage = here.lineage();
    }

    /** How two people's notes are joined. */
    public static NoteMerger merger() {
        return (base, ours, theirs) -> Optional.of(
                DroppedState.parse(ours).union(DroppedState.parse(theirs)).format());
    }

    /**
     * Notes what a push of some versions cannot give a remote's store, and takes back what was noted before and is
     * there, or comes with this push.
     *
     * @return whether notes changed; a push has to take them along
     */
    boolean note(Remote remote, Collection<VersionId> pushed) throws IOException {
        Set<VersionId> noted = lineage.notes(DroppedState.UNSENT).keySet();
        Map<VersionId, List<DroppedState.File>> dropped = new LinkedHashMap<>();
        for (VersionId version : pushed) {
            List<DroppedState.File> files = lineage.checkpoint(version).dropped();
            if (!files.isEmpty() || noted.contains(version)) {
                dropped.put(version, files);
            }
        }
        if (dropped.isEmpty()) {
            return false;
        }
        Set<ObjectId> lacking = lacking(remote, dropped);
        Map<VersionId, DroppedState> changed = new LinkedHashMap<>();
        dropped.forEach((version, files) -> {
            DroppedState before = notes(DroppedState.UNSENT, version);
            DroppedState after = after(
                    before,
                    files.stream()
                            .filter(file ->
                                    objects(version, file.file()).stream().anyMatch(lacking::contains))
                            .toList());
            if (!after.equals(before)) {
                changed.put(version, after);
            }
        });
        WriterLock lock = exchange.locks().take("mgit push " + remote.name());
        try (lock) {
            return put(lineage.begin("push " + remote.name(), exchange.author()), DroppedState.UNSENT, changed);
        }
    }

    private Set<ObjectId> lacking(Remote remote, Map<VersionId, List<DroppedState.File>> dropped) throws IOException {
        List<ObjectId> objects = new ArrayList<>();
        dropped.forEach((version, files) -> files.forEach(file -> objects.addAll(objects(version, file.file()))));
        Optional<RemoteParameters> opened = RemoteParameters.open(exchange, remote);
        if (opened.isEmpty()) {
            return Set.of();
        }
        try (RemoteParameters parameters = opened.get()) {
            return parameters.store().missing(objects);
        }
    }

    private DroppedState after(DroppedState before, List<DroppedState.File> lacking) {
        DroppedState after = before;
        Map<String, DroppedState.Entry> noted = before.dropped();
        for (DroppedState.File file : lacking) {
            if (noted.remove(file.file().path()) == null) {
                after = after.with(new DroppedState.Entry(
                        DroppedState.Op.DROP, file.file().path(), file.rule(), file.by(), file.when()));
            }
        }
        Instant now = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        for (DroppedState.Entry there : noted.values()) {
            after = after.with(new DroppedState.Entry(
                    DroppedState.Op.RESTORE, there.path(), there.rule(), exchange.author(), now));
        }
        return after;
    }

    /** Marks as dropped here what is noted and not here: no store that is known of has it. The lock is held. */
    void take(Remote remote) {
        Map<VersionId, DroppedState> changed = new LinkedHashMap<>();
        for (VersionId version : lineage.notes(DroppedState.UNSENT).keySet()) {
            if (!here.isVersion(version)) {
                continue;
            }
            Map<String, DroppedState.Entry> unsent =
                    notes(DroppedState.UNSENT, version).dropped();
            DroppedState after = notes(DroppedState.NAMESPACE, version);
            for (FileEntry file : lineage.checkpoint(version).files()) {
                DroppedState.Entry entry = unsent.get(file.path());
                if (entry != null && DroppedState.mayGo(file) && isMissing(version, file)) {
                    after = after.with(entry);
                }
            }
            changed.put(version, after);
        }
        changed.entrySet().removeIf(note -> note.getValue().equals(notes(DroppedState.NAMESPACE, note.getKey())));
        put(lineage.begin("fetch " + remote.name(), exchange.author()), DroppedState.NAMESPACE, changed);
    }

    private boolean isMissing(VersionId version, FileEntry file) {
        Map<ObjectId, Long> objects = new LinkedHashMap<>();
        objects(version, file).forEach(object -> objects.put(object, 0L));
        return !RemoteParameters.missing(exchange.repository(), objects).isEmpty();
    }

    private List<ObjectId> objects(VersionId version, FileEntry file) {
        return lineage.manifest(version, file.path()).entries().stream()
                .map(Manifest.Entry::object)
                .toList();
    }

    private DroppedState notes(String namespace, VersionId version) {
        return lineage.note(namespace, version, DroppedState::parse).orElse(DroppedState.none());
    }

    private static boolean put(Transaction transaction, String namespace, Map<VersionId, DroppedState> notes) {
        if (notes.isEmpty()) {
            return false;
        }
        notes.forEach((version, note) -> transaction.putNote(namespace, version, note.format()));
        transaction.apply();
        return true;
    }
}
