package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.remote.store.ByteRange;
import dev.mgit.lineage.remote.store.Content;
import dev.mgit.lineage.remote.store.MeteredStore;
import dev.mgit.lineage.remote.store.RemoteStore;
import dev.mgit.lineage.remote.store.RemoteStores;
import dev.mgit.lineage.remote.store.Traffic;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.ObjectIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Parameters in a remote store. Objects are pushed before the references that lead to them move, and fetched when they
 * are needed. Every method throws {@link MgitException} of kind REMOTE where the store cannot be reached, refuses or
 * lacks what is wanted, and of kind INTEGRITY where what it gives is not what it should be; the local store then holds
 * what came before, and a run after it goes on from there.
 */
public final class ParameterRemote implements AutoCloseable {
    private static final int MOST_URL_BYTES = 1 << 12;

    private final MeteredStore store;
    private final StoreFormat format;
    private final TransferSettings settings;
    private final PackCutter cutter;
    private final IndexLoader indexes;

    ParameterRemote(RemoteStore store, StoreFormat format, Path cache, TransferSettings settings, PackCutter cutter) {
        this.store = new MeteredStore(store);
        this.format = format;
        this.settings = settings;
        this.cutter = cutter;
        this.indexes = new IndexLoader(this.store, new IndexCache(cache), settings.threads());
    }

    /**
     * Opens a store.
     *
     * @param url see {@link RemoteStores}
     * @param cache a folder for copies of the store's indexes; of this store alone
     * @throws MgitException of kind USAGE if the URL is none, of kind REMOTE if it leads to no parameter store
     */
    public static ParameterRemote open(String url, Path cache, TransferSettings settings) {
        return using(RemoteStores.open(url), cache, settings, PackCutter.USUAL, false);
    }

    /** The same, and makes the place a parameter store first if it is none: an empty folder, bucket or prefix. */
    public static ParameterRemote create(String url, Path cache, TransferSettings settings) {
        return using(RemoteStores.create(url), cache, settings, PackCutter.USUAL, true);
    }

    static ParameterRemote using(
            RemoteStore store, Path cache, TransferSettings settings, PackCutter cutter, boolean create) {
        boolean ready = false;
        try {
            StoreFormat format =
                    create ? StoreFormat.create(store) : StoreFormat.read(store).orElseThrow(() -> none(store));
            var remote = new ParameterRemote(store, format, cache, settings, cutter);
            ready = true;
            return remote;
        } finally {
            if (!ready) {
                store.close();
            }
        }
    }

    private static MgitException none(RemoteStore store) {
        return new MgitException(
                MgitException.Kind.REMOTE,
                "there is no parameter store at " + store.url(),
                "correct the URL, or make it one with 'mgit remote add'");
    }

    /** Whether the store refuses to replace an object where it is asked to; a clean-up needs that or an idle store. */
    public boolean conditionalWrites() {
        return format.conditionalWrites();
    }

    public String url() {
        return store.url();
    }

    /** What went over the wire since this was opened. */
    public Traffic traffic() {
        return store.traffic();
    }

    /** Those of some objects that cannot be read from the store, in their order. */
    public Set<ObjectId> missing(Collection<ObjectId> objects) throws IOException {
        RemoteIndex index = indexes.load(PackMarks.marked(store).keySet());
        return ObjectIds.where(objects, id -> !index.isComplete(id));
    }

    /** Those of some objects that cannot be read here with what the store has: it lacks them, or blocks of theirs. */
    public Set<ObjectId> unreadable(ParameterStore local, Collection<ObjectId> objects) throws IOException {
        RemoteIndex index = indexes.load(Set.of());
        return ObjectIds.where(
                objects,
                id -> local.object(id)
                        .or(() -> index.object(id))
                        .filter(object -> object.blocks().stream()
                                .allMatch(block -> local.hasBlock(block.id()) || index.isReadable(block.id())))
                        .isEmpty());
    }

    /**
     * Sends what the store lacks of some objects. What it has is not sent again; frames go as they are, residuals as
     * residuals.
     *
     * @param objects in the order in which they are likely to be read: by version, file and place in the file
     * @return a push to be closed once references lead to the objects: until then no clean-up removes them
     * @throws MgitException of kind INTEGRITY also if something is missing or damaged here
     */
    public Push push(ParameterStore local, Collection<ObjectId> objects, CopyProgress progress) throws IOException {
        Lease lease = Lease.take(store);
        boolean ready = false;
        try {
            PushReport report = new Uploader(store, indexes, settings, cutter, progress).upload(local, objects);
            ready = true;
            return new Push(report, lease);
        } finally {
            if (!ready) {
                lease.close();
            }
        }
    }

    /**
     * Fetches what is wanted and not here yet, with all it is predicted from. Every block is compared with its id before
     * it enters the local store; what is there already stays as it is.
     *
     * @param local open for writing
     * @param wants in the order in which they are to be read
     */
    public FetchReport fetch(ParameterStore local, Collection<Want> wants, CopyProgress progress) throws IOException {
        return new Downloader(store, indexes, settings, progress).download(local, wants);
    }

    /**
     * Replaces blocks that are damaged or missing here by what the store has, each by itself.
     *
     * @param local open for writing
     * @return those the store could not help with
     */
    public Set<BlockId> repairBlocks(ParameterStore local, Collection<BlockId> damaged) throws IOException {
        return new BlockRepair(store, indexes.load(Set.of()), settings.effort()).repair(local, damaged);
    }

    /**
     * Replaces object entries that are damaged or missing here by those the store has.
     *
     * @param local open for writing
     * @return those the store could not help with
     */
    public Set<ObjectId> repairObjects(ParameterStore local, Collection<ObjectId> damaged) throws IOException {
        RemoteIndex index = indexes.load(Set.of());
        Set<ObjectId> left = new LinkedHashSet<>(damaged);
        left.removeIf(id -> {
            Optional<StoredObject> object = index.object(id);
            object.ifPresent(local::putObject);
            return object.isPresent();
        });
        local.flush();
        return left;
    }

    /**
     * Says that a lineage uses this store: no clean-up removes what its references lead to.
     *
     * @param lineage an id that never changes
     * @param url of the Git repository that holds its references
     */
    public void register(UUID lineage, String url) {
        store.put(StoreKeys.lineage(lineage.toString()), Content.of(url.getBytes(StandardCharsets.UTF_8)));
    }

    /** The lineages that use this store: the URL of each by its id. */
    public Map<String, String> lineages() {
        Map<String, String> lineages = new TreeMap<>();
        store.list(StoreKeys.LINEAGES, entry -> lineages.put(entry.key().substring(StoreKeys.LINEAGES.length()), ""));
        lineages.replaceAll((id, unused) -> store.get(StoreKeys.lineage(id), ByteRange.first(MOST_URL_BYTES))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse(""));
        return lineages;
    }

    /**
     * Removes packs that no registered lineage needs: marks them, and in a run after the grace deletes those that are still
     * not needed. What of a pack is needed, where it is less than half, moves to another first.
     *
     * @param reachable asked of every registered lineage; nothing is removed if it fails for one
     * @throws MgitException of kind FAILED if no lineage is registered, or the store ignores conditional writes and the
     *     request is not exclusive; of kind CONFLICT if another clean-up is under way, or a push and the request is
     *     exclusive
     */
    public CleanUpReport cleanUp(ReachableObjects reachable, CleanUpRequest request) throws IOException {
        Map<String, String> lineages = lineages();
        if (lineages.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "no lineage is registered at " + url() + ", so nobody can say what is needed",
                    "push from every repository that uses this store first");
        }
        if (!conditionalWrites() && !request.exclusive()) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the store " + url() + " ignores conditional writes, so two clean-ups could not tell each other",
                    "see that nobody else uses the store, and add '--exclusive'");
        }
        return new StoreCleanUp(store, indexes, cutter, request).run(lineages, reachable);
    }

    @Override
    public void close() {
        store.close();
    }
}
