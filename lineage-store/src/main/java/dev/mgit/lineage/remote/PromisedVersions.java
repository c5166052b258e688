package dev.mgit.lineage.remote;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.NeededObjects;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Versions whose parameters need not be here, because a remote has them: those fetched without parameters, and those of
 * a fetch that did not come to its end.
 */
public final class PromisedVersions {
    private PromisedVersions() {}

    /** Reads settings and references only, if there is no remote. */
    public static Set<VersionId> of(Repository repository) {
        List<Remote> remotes = new Remotes(repository.ownSettings(), repository.root()).list();
        if (remotes.isEmpty()) {
            return Set.of();
        }
        Set<VersionId> promised = new HashSet<>();
        try (GitExchange here = repository.exchange()) {
            var references = new RemoteReferences(here.references());
            // No tags: a fetch sets them before the parameters come.
            List<VersionId> ours = new ArrayList<>(references.models().values());
            for (Remote remote : remotes) {
                List<VersionId> theirs = new ArrayList<>(Fetch.known(here, remote));
                theirs.addAll(Fetch.formerlyKnown(here, remote));
                promised.addAll(here.between(theirs, remote.isPartial() ? List.of() : ours));
            }
        }
        return promised;
    }

    /**
     * Refuses to let a remote go that has what models here need and nobody here holds.
     *
     * @throws MgitException of kind CONFLICT, with how many versions there are
     */
    public static void requireHere(Repository repository, Remote remote) {
        List<VersionId> needed;
        try (GitExchange here = repository.exchange()) {
            var references = new RemoteReferences(here.references());
            List<VersionId> ours = new ArrayList<>(references.models().values());
            ours.addAll(references.tags().values());
            needed = here.between(ours, List.of()).stream()
                    .filter(here::isVersion)
                    .toList();
        }
        long lacking = needed.stream()
                .filter(version -> !RemoteParameters.missing(
                                repository, NeededObjects.of(repository.lineage(), List.of(version)))
                        .isEmpty())
                .count();
        if (lacking > 0) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "the parameters of " + lacking + " versions here are only at " + remote.name(),
                    "bring them with 'mgit fetch " + remote.name() + " --blocks REV', or let them go with --force");
        }
    }
}
