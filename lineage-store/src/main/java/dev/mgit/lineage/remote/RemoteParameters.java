package dev.mgit.lineage.remote;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.remote.store.Traffic;
import dev.mgit.lineage.remote.transfer.ParameterRemote;
import dev.mgit.lineage.remote.transfer.Push;
import dev.mgit.lineage.remote.transfer.TransferSettings;
import dev.mgit.lineage.remote.transfer.Want;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.NeededObjects;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.ObjectLengths;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What versions consist of, at a remote. */
public final class RemoteParameters implements AutoCloseable {
    /** Bytes of files that are fetched under one writer lock, so that others get their turn. */
    private static final long BATCH_BYTES = 4L << 30;

    private final Exchange exchange;
    private final Remote remote;
    private final ParameterRemote store;

    private RemoteParameters(Exchange exchange, Remote remote, ParameterRemote store) {
        this.exchange = exchange;
        this.remote = remote;
        this.store = store;
    }

    /** Opens the store of a remote; empty if it has none. */
    static Optional<RemoteParameters> open(Exchange exchange, Remote remote) {
        return remote.store()
                .map(url -> new RemoteParameters(
                        exchange, remote, ParameterRemote.open(url, cache(exchange, remote), settings(exchange))));
    }

    /**
     * Sees that the store of a remote is one, and makes it one if the place is empty.
     *
     * @throws MgitException of kind REMOTE if it cannot be reached, USAGE if its address is none
     */
    public static void prepare(Exchange exchange, Remote remote) {
        remote.store()
                .ifPresent(url -> ParameterRemote.create(url, cache(exchange, remote), settings(exchange))
                        .close());
    }

    private static Path cache(Exchange exchange, Remote remote) {
        Repository repository = exchange.repository();
        return repository.derived(repository.files().remoteIndexes().resolve(remote.name()));
    }

    private static TransferSettings settings(Exchange exchange) {
        StoreSettings settings = StoreSettings.of(exchange.repository().settings());
        return new TransferSettings(settings.effort(), settings.maxDepth(), settings.threads());
    }

    /**
     * Puts what some versions need there, as far as it is missing.
     *
     * @return to be closed once references there lead to the versions: until then no clean-up removes what they need;
     *     empty if they need nothing
     * @throws MgitException of kind INTEGRITY if something they need is not here
     */
    Optional<Push> send(Collection<VersionId> versions) throws IOException {
        Set<ObjectId> objects =
                NeededObjects.of(exchange.repository().lineage(), versions).keySet();
        if (objects.isEmpty()) {
            return Optional.empty();
        }
        Optional<ParameterStore> local = exchange.repository().parametersIfAny();
        if (local.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "the parameters of " + versions.size() + " versions are not here",
                    "push from where they are, or leave them out with --lineage-only");
        }
        store.register(lineage(), remote.address().toString());
        try (ParameterStore opened = local.get()) {
            return Optional.of(store.push(opened, objects, exchange.progress()));
        }
    }

    /**
     * The same for what cannot be read from there, so that what is there already need not be here.
     *
     * @return empty also if the store lacks nothing
     */
    Optional<Push> sendMissing(Collection<VersionId> versions) throws IOException {
        Set<ObjectId> objects =
                NeededObjects.of(exchange.repository().lineage(), versions).keySet();
        if (!objects.isEmpty() && store.missing(objects).isEmpty()) {
            store.register(lineage(), remote.address().toString());
            return Optional.empty();
        }
        return send(versions);
    }

    /** One lineage, whoever pushes it, and however its address is written. */
    private UUID lineage() {
        return UUID.nameUUIDFromBytes(remote.address().toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Those of some objects that are not here. */
    static ObjectLengths missing(Repository repository, Map<ObjectId, Long> objects) {
        Optional<ParameterStore> opened = repository.parametersIfAny();
        if (opened.isEmpty()) {
            return ObjectLengths.of(objects);
        }
        try (ParameterStore local = opened.get()) {
            boolean any =
                    objects.keySet().stream().anyMatch(id -> local.object(id).isPresent());
            return any ? ObjectLengths.where(objects, id -> local.object(id).isEmpty()) : ObjectLengths.of(objects);
        }
    }

    /**
     * Brings objects that are not here, some at a time.
     *
     * @param objects with their lengths
     * @throws MgitException of kind REMOTE or INTEGRITY if the store has not what it should; what came before stays
     */
    Traffic bring(Map<ObjectId, Long> objects) throws IOException {
        ObjectLengths missing = missing(exchange.repository(), objects);
        int from = 0;
        int to = 0;
        long bytes = 0;
        for (long length : missing.values()) {
            to++;
            bytes += length;
            if (bytes > BATCH_BYTES) {
                fetch(Want.whole(missing.keySet(), from, to));
                from = to;
                bytes = 0;
            }
        }
        if (from < to) {
            fetch(Want.whole(missing.keySet(), from, to));
        }
        return store.traffic();
    }

    /** Those of some objects that are neither here nor there. */
    Set<ObjectId> nowhere(Map<ObjectId, Long> objects) throws IOException {
        Set<ObjectId> missing = missing(exchange.repository(), objects).keySet();
        Optional<ParameterStore> opened = exchange.repository().parametersIfAny();
        if (opened.isEmpty()) {
            return store.missing(missing);
        }
        try (ParameterStore local = opened.get()) {
            return store.unreadable(local, missing);
        }
    }

    /** The lock is taken for a batch, so that others get their turn; a command that holds it keeps it. */
    private void fetch(List<Want> wants) throws IOException {
        Repository repository = exchange.repository();
        Optional<WriterLock> held = repository.heldLock();
        if (held.isPresent()) {
            fetch(wants, held.get());
        } else {
            WriterLock lock = exchange.locks().takeToGoOn("mgit fetch " + remote.name());
            try (lock) {
                fetch(wants, lock);
            }
        }
    }

    private void fetch(List<Want> wants, WriterLock lock) throws IOException {
        try (ParameterStore local = exchange.repository().writableParameters(lock)) {
            store.fetch(local, wants, exchange.progress());
        }
    }

    ParameterRemote store() {
        return store;
    }

    Traffic traffic() {
        return store.traffic();
    }

    @Override
    public void close() {
        store.close();
    }
}
