package dev.mgit.lineage.repository;

import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.util.Map;

/** Where parameters come from that are not here, though a version here needs them. */
@FunctionalInterface
public interface MissingParameters {
    /**
     * Brings objects, if it can; those that are here already are none of its business.
     *
     * @param objects with their lengths
     * @throws dev.mgit.delta.MgitException of kind REMOTE if they cannot be had
     */
    void bring(Map<ObjectId, Long> objects) throws IOException;
}
