package dev.mgit.lineage.maintain;

import dev.mgit.delta.IdSet;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitMaintenance;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * What of the parameter store something live needs: versions lead to manifests, these to objects, these to blocks, and
 * these to the blocks they are predicted from.
 */
final class Reachability {
    private final IdSet objects = new IdSet();
    private final BlockTable table;
    private final BitSet direct = new BitSet();
    private final BitSet blocks;

    private Reachability(
            Lineage lineage,
            Set<VersionId> versions,
            Set<VersionId> promised,
            BiPredicate<VersionId, FileEntry> passedOver,
            ParameterStore store) {
        for (VersionId version : versions) {
            addObjects(
                    lineage,
                    version,
                    passedOver,
                    id -> !promised.contains(version) || store.object(id).isPresent());
        }
        this.table = new BlockTable();
        table.readAll(store);
        for (int i = 0; i < objects.size(); i++) {
            ObjectId id = ObjectId.of(objects.get(i));
            StoredObject object = store.object(id)
                    .orElseThrow(() -> damaged("object " + id.abbreviated() + " is missing from the parameter store"));
            object.blocks().forEach(block -> direct.set(table.number(block.id())));
        }
        this.blocks = table.withSources(direct);
        requireWhole();
    }

    /**
     * Follows versions down to blocks.
     *
     * @param versions see {@link GitMaintenance#liveVersions}
     * @param promised those of them that need not be here; what is here of them stays
     * @param passedOver files of theirs that need not stay
     * @throws MgitException of kind INTEGRITY if anything needed is missing or cannot be followed further: who removes
     *     what is not reachable must know all that is
     */
    static Reachability of(
            Lineage lineage,
            Set<VersionId> versions,
            Set<VersionId> promised,
            BiPredicate<VersionId, FileEntry> passedOver,
            ParameterStore store) {
        return new Reachability(lineage, versions, promised, passedOver, store);
    }

    private void addObjects(
            Lineage lineage,
            VersionId version,
            BiPredicate<VersionId, FileEntry> passedOver,
            Predicate<ObjectId> wanted) {
        for (FileEntry file : lineage.checkpoint(version).files()) {
            if (file.stored() == FileEntry.Storage.PARAMETERS && !passedOver.test(version, file)) {
                for (Manifest.Entry entry :
                        lineage.manifest(version, file.path()).entries()) {
                    if (wanted.test(entry.object())) {
                        objects.add(entry.object().bytes());
                    }
                }
            }
        }
    }

    private void requireWhole() {
        blocks.stream().forEach(block -> {
            if (!table.isPresent(block)) {
                throw damaged("block " + table.id(block).hex() + " is missing from the parameter store");
            }
        });
        Set<Integer> bad = new HashSet<>(table.damaged().keySet());
        bad.removeIf(block -> !blocks.get(block));
        for (int block : bad) {
            throw damaged(
                    "block " + table.id(block).hex() + ": " + table.damaged().get(block));
        }
    }

    private static MgitException damaged(String what) {
        return new MgitException(
                MgitException.Kind.INTEGRITY, what + ", so reachable data cannot be determined", "run 'mgit fsck'");
    }

    boolean isLive(ObjectId object) {
        return objects.find(object.bytes()) >= 0;
    }

    /** Numbers of the blocks that versions consist of; the other live ones are what these are predicted from. */
    BitSet direct() {
        return direct;
    }

    /** Numbers of live blocks in {@link #table()}. */
    BitSet blocks() {
        return blocks;
    }

    BlockTable table() {
        return table;
    }
}
