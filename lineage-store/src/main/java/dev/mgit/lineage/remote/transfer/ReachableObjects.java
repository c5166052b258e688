package dev.mgit.lineage.remote.transfer;

import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.util.Set;

/** Tells a clean-up what the lineages that use a store need of it. */
@FunctionalInterface
public interface ReachableObjects {
    /**
     * Every object that a reference of a lineage leads to, as its Git repository is now.
     *
     * @param lineage id under which it is registered
     * @param url of its Git repository
     * @throws dev.mgit.delta.MgitException if the repository cannot be read: nothing is removed then
     */
    Set<ObjectId> of(String lineage, String url) throws IOException;
}
