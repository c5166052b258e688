package dev.mgit.lineage.remote;

import dev.mgit.lineage.version.VersionId;
import java.util.Collection;

/** Moves what versions consist of between the store here and that of a remote. */
public interface ParameterExchange {
    /**
     * What a transfer took.
     *
     * @param bytes on the wire
     * @param requests round trips
     */
    record Moved(long bytes, long requests) {
        public static final Moved NOTHING = new Moved(0, 0);

        public Moved plus(Moved other) {
            return new Moved(bytes + other.bytes, requests + other.requests);
        }
    }

    /**
     * Puts what some versions need there, as far as it is missing. Durable when this returns.
     *
     * @throws dev.mgit.delta.MgitException of kind REMOTE if the store fails, INTEGRITY if something is not here
     */
    Moved send(Collection<VersionId> versions);

    /**
     * Brings what some versions need, as far as it is not here.
     *
     * @throws dev.mgit.delta.MgitException of kind REMOTE if the store fails, INTEGRITY if it has not what it should
     */
    Moved bring(Collection<VersionId> versions);
}
