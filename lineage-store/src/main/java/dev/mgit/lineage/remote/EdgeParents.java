package dev.mgit.lineage.remote;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.GitRemote;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.ExchangeTransaction;
import dev.mgit.lineage.version.VersionId;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Parents of edges that were added later. Notes name them, and Git's own walk does not find them, so whoever takes notes
 * has to take these too.
 */
final class EdgeParents {
    private static final String REFERENCES = "edges/";

    private EdgeParents() {}

    /** Those that some notes name. Notes that cannot be read name none; fsck names them. */
    static Set<VersionId> of(Collection<byte[]> notes) {
        Set<VersionId> parents = new LinkedHashSet<>();
        for (byte[] note : notes) {
            try {
                EdgeNotes.parse(note).entries().forEach(entry -> parents.add(entry.parent()));
            } catch (MgitException e) {
                // fsck names it
            }
        }
        return parents;
    }

    /**
     * Brings what notes that just came from a remote name, and what is not here. References are listed anew: those that
     * were listed together with the notes may be from before another's push ended.
     *
     * @param notes commits of notes by namespace
     * @return parents to {@link #keep}
     */
    static List<VersionId> bring(GitExchange here, GitRemote there, Map<String, VersionId> notes) {
        VersionId edges = notes.get(EdgeNotes.NAMESPACE);
        if (edges == null) {
            return List.of();
        }
        List<VersionId> lacking = of(here.notesOf(edges)).stream()
                .filter(parent -> !here.isVersion(parent))
                .toList();
        if (!lacking.isEmpty()) {
            there.fetch(new RemoteReferences(there.references()).tips());
        }
        return lacking.stream().filter(here::isVersion).toList();
    }

    /** Has references lead to parents, here and as what the remote is known to have. */
    static void keep(ExchangeTransaction transaction, Remote remote, Collection<VersionId> parents) {
        for (VersionId parent : parents) {
            transaction.setPrivateRef(REFERENCES + parent.hex(), parent);
            transaction.setPrivateRef(Fetch.prefix(remote) + REFERENCES + parent.hex(), parent);
        }
    }
}
