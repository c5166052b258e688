package dev.mgit.lineage.remote;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.RemoteAddress;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.remote.transfer.CleanUpReport;
import dev.mgit.lineage.remote.transfer.CleanUpRequest;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.NeededObjects;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Cleans the store of a remote up, and mends the store here from it. */
public final class StoreMaintenance {
    private final Exchange exchange;
    private final Remote remote;

    /** @throws MgitException of kind USAGE if the remote has no store */
    public StoreMaintenance(Exchange exchange, Remote remote) {
        if (remote.store().isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "remote '" + remote.name() + "' has no store",
                    "'mgit remote -v' shows which have one");
        }
        this.exchange = exchange;
        this.remote = remote;
    }

    /**
     * Removes from the store what no reference of any lineage that uses it leads to, in two phases a day or more apart.
     *
     * @throws MgitException of kind REMOTE if a lineage cannot be asked: nothing is removed then
     */
    public CleanUpReport cleanUp(CleanUpRequest request) throws IOException {
        try (RemoteParameters parameters =
                RemoteParameters.open(exchange, remote).orElseThrow()) {
            return parameters.store().cleanUp((id, url) -> reachable(url), request);
        }
    }

    /** What all references of a lineage lead to, as it is now; its Git objects are fetched into a folder of their own. */
    private Set<ObjectId> reachable(String url) throws IOException {
        try (LineageCopy copy = LineageCopy.fetch(
                exchange, RemoteAddress.parse(url, exchange.repository().root()))) {
            GitExchange there = copy.lineage();
            List<VersionId> versions = there.between(copy.tips(), List.of()).stream()
                    .filter(there::isVersion)
                    .toList();
            return NeededObjects.of(there.lineage(), versions).keySet();
        }
    }

    /**
     * Replaces what is damaged or missing here by what the store has.
     *
     * @return how many of them the store could not help with
     */
    public int repair(Collection<ObjectId> objects, Collection<BlockId> blocks) throws IOException {
        WriterLock lock = exchange.locks().take("mgit fsck --repair-from " + remote.name());
        try (lock;
                RemoteParameters parameters =
                        RemoteParameters.open(exchange, remote).orElseThrow();
                ParameterStore local = exchange.repository().writableParameters(lock)) {
            int left = parameters.store().repairBlocks(local, blocks).size();
            return left + parameters.store().repairObjects(local, objects).size();
        }
    }

    /** Brings everything that some versions need and is not here. */
    public void complete(Collection<VersionId> versions) throws IOException {
        new Fetch(exchange).parameters(remote, versions);
    }
}
