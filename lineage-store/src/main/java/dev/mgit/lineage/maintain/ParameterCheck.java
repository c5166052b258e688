package dev.mgit.lineage.maintain;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.maintain.FsckReport.Damage;
import dev.mgit.lineage.maintain.FsckReport.Place;
import dev.mgit.lineage.maintain.FsckReport.Touched;
import dev.mgit.lineage.parameters.BlockReader;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;

/** Reads, decodes and hashes what the parameter store holds, and finds what each damaged part touches. */
final class ParameterCheck {
    private static final int BATCH = 1024;

    private final ParameterStore store;
    private final VersionContents contents;
    private final int threads;
    private final CopyProgress progress;
    private ReadSubset subset = ReadSubset.ALL;
    private final BlockTable table = new BlockTable();
    private final List<Damage> damage = new ArrayList<>();

    /** Damaged objects by number in the contents, and damaged blocks by number in the table, with the reason. */
    private final Map<Integer, String> badObjects = new LinkedHashMap<>();

    private final Map<Integer, String> badBlocks = new ConcurrentHashMap<>();

    /** Objects that only versions need whose parameters a remote has, and that are not here. */
    private final BitSet absent = new BitSet();

    /** Blocks that were decoded; its own lock. */
    private final BitSet sound = new BitSet();

    private final Map<Integer, Set<Integer>> causes = new HashMap<>();
    private long blocks;
    private long bytes;

    ParameterCheck(ParameterStore store, VersionContents contents, int threads, CopyProgress progress) {
        this.store = store;
        this.contents = contents;
        this.threads = threads;
        this.progress = progress;
    }

    /** Has only a part of the data read. All objects are looked up, and the tables are verified, in any case. */
    void read(ReadSubset wanted) {
        if (wanted.isAll()) {
            return;
        }
        long total = 0;
        for (int i = 0; i < contents.objects().size(); i++) {
            total += object(i).map(StoredObject::length).orElse(0L);
        }
        badObjects.clear();
        absent.clear();
        subset = wanted.of(total);
    }

    /** The part of the data that is read. */
    ReadSubset subset() {
        return subset;
    }

    long blocks() {
        return blocks;
    }

    long bytes() {
        return bytes;
    }

    /** Objects that are not here and need not be. */
    BitSet absent() {
        return absent;
    }

    /** @param all check blocks no version needs, too */
    List<Damage> run(boolean all) throws IOException {
        boolean whole = all && subset.isAll();
        if (all) {
            attempt("the parameter store's files", store::verifyFiles);
        }
        if (whole) {
            progress.start("reading blocks", 0);
            attempt("the parameter store's blocks", () -> table.readAll(store));
            attempt("the parameter store's objects", () -> store.forEachObject(object -> {}));
            progress.done();
        }
        BitSet needed = readNeeded();
        badBlocks.putAll(table.damaged());
        BitSet wanted = whole ? everyBlock() : needed;
        try (var reader = new BlockReader(store);
                var pool = new TaskPool(threads)) {
            if (subset.isAll()) {
                files(reader, pool); // a part of the data is no whole file
            }
            decode(wanted, reader, pool);
        } finally {
            progress.done();
        }
        report();
        return damage;
    }

    private void attempt(String what, Runnable reading) {
        try {
            reading.run();
        } catch (MgitException e) {
            damage.add(new Damage(Place.STORE, what, Fsck.why(e), List.of()));
        }
    }

    private BitSet everyBlock() {
        BitSet every = new BitSet();
        every.set(0, table.size());
        return every;
    }

    /** Looks up what versions need and the pass over the store did not bring. */
    private BitSet readNeeded() {
        BitSet direct = new BitSet();
        for (int i = 0; i < contents.objects().size(); i++) {
            Optional<StoredObject> object = object(i).filter(found -> subset.contains(found.id()));
            object.ifPresent(found -> found.blocks().forEach(block -> direct.set(table.number(block.id()))));
        }
        BitSet closed = table.withSources(direct);
        for (boolean more = true; more; ) {
            more = false;
            for (int block = closed.nextSetBit(0); block >= 0; block = closed.nextSetBit(block + 1)) {
                if (!table.isPresent(block) && !badBlocks.containsKey(block)) {
                    readBlock(block);
                    more = true;
                }
            }
            closed = table.withSources(closed);
        }
        return closed;
    }

    private Optional<StoredObject> object(int number) {
        ObjectId id = contents.object(number);
        try {
            Optional<StoredObject> found = store.object(id);
            if (found.isEmpty() && contents.isRequired(number)) {
                badObjects.put(number, "it is missing");
            } else if (found.isEmpty()) {
                absent.set(number);
            }
            return found;
        } catch (MgitException e) {
            badObjects.put(number, Fsck.why(e));
            return Optional.empty();
        }
    }

    private void readBlock(int block) {
        BlockId id = table.id(block);
        try {
            Optional<byte[]> frame = store.frame(id);
            if (frame.isEmpty()) {
                badBlocks.put(block, "it is missing");
            } else {
                table.read(id, frame.get());
            }
        } catch (MgitException e) {
            badBlocks.put(block, Fsck.why(e));
        }
    }

    /** Reads whole files, in order, which checks most blocks on the way. */
    private void files(BlockReader reader, TaskPool pool) throws IOException {
        progress.start("checking files", 0);
        var files = new FileCheck(store, contents, this::isBad, block -> decode(reader, table.number(block)), pool);
        damage.addAll(files.run());
        progress.done();
    }

    private boolean isBad(ObjectId object) {
        int number = contents.number(object);
        return absent.get(number) || badObjects.containsKey(number);
    }

    private void decode(BitSet wanted, BlockReader reader, TaskPool pool) throws IOException {
        progress.start(
                "checking blocks", wanted.stream().mapToLong(table::rawLength).sum());
        List<Future<Void>> pending = new ArrayList<>();
        for (int block = wanted.nextSetBit(0); block >= 0; block = wanted.nextSetBit(block + 1)) {
            int number = block;
            if (!badBlocks.containsKey(number)) {
                blocks++;
                bytes += table.rawLength(number);
                if (!isSound(number)) {
                    pending.add(pool.submit(() -> {
                        decode(reader, number);
                        return null;
                    }));
                }
            }
            if (pending.size() == BATCH) {
                await(pending);
            }
        }
        await(pending);
    }

    private static void await(List<Future<Void>> pending) throws IOException {
        TaskPool.getAll(pending);
        pending.clear();
    }

    private boolean isSound(int number) {
        synchronized (sound) {
            return sound.get(number);
        }
    }

    private void setSound(int number) {
        synchronized (sound) {
            sound.set(number);
        }
    }

    /** The block's bytes, or none if it is damaged. */
    private Optional<byte[]> decode(BlockReader reader, int number) {
        Optional<byte[]> read = Optional.empty();
        if (!badBlocks.containsKey(number)) {
            try {
                read = Optional.of(reader.read(table.id(number)));
                setSound(number);
            } catch (RuntimeException e) {
                // A damaged parameter may make a predictor fail in any way.
                badBlocks.put(number, Fsck.why(e));
            }
            progress.advance(table.rawLength(number));
        }
        return read;
    }

    /** Names each damaged part once, with every tensor it reaches; what only suffers from it is no damage itself. */
    private void report() {
        if (badObjects.isEmpty() && badBlocks.isEmpty()) {
            return;
        }
        Map<Integer, List<Touched>> byObject = new HashMap<>();
        Map<Integer, List<Touched>> byBlock = new HashMap<>();
        Map<Integer, Map<Integer, Boolean>> causesOfObjects = new HashMap<>();
        contents.forEachRange(
                object -> badObjects.containsKey(object)
                        || !causesOfObjects
                                .computeIfAbsent(object, this::causesOfObject)
                                .isEmpty(),
                (version, model, path, entry) -> {
                    int object = contents.number(entry.object());
                    Optional<String> tensor = entry.tensor().map(spec -> spec.name());
                    if (badObjects.containsKey(object)) {
                        byObject.computeIfAbsent(object, unused -> new ArrayList<>())
                                .add(new Touched(version, model, Optional.of(path), tensor, false));
                        return;
                    }
                    causesOfObjects
                            .computeIfAbsent(object, this::causesOfObject)
                            .forEach(
                                    (cause, byPrediction) -> byBlock.computeIfAbsent(cause, unused -> new ArrayList<>())
                                            .add(new Touched(version, model, Optional.of(path), tensor, byPrediction)));
                });
        badObjects.forEach((object, why) -> damage.add(new Damage(
                Place.OBJECT,
                "object " + contents.object(object).hex(),
                why,
                byObject.getOrDefault(object, List.of()))));
        for (int block : new TreeSet<>(badBlocks.keySet())) {
            if (causes(block).contains(block)) {
                damage.add(new Damage(
                        Place.BLOCK,
                        "block " + table.id(block).hex(),
                        String.valueOf(badBlocks.get(block)),
                        byBlock.getOrDefault(block, List.of())));
            }
        }
    }

    /** The damaged blocks an object suffers from, each with whether it does so only by prediction. */
    private Map<Integer, Boolean> causesOfObject(int object) {
        Map<Integer, Boolean> found = new LinkedHashMap<>();
        if (!badObjects.containsKey(object) && !absent.get(object)) {
            for (StoredObject.Block part :
                    store.object(contents.object(object)).orElseThrow().blocks()) {
                int block = table.number(part.id());
                if (badBlocks.containsKey(block)) {
                    causes(block).forEach(cause -> found.merge(cause, cause != block, Boolean::logicalAnd));
                }
            }
        }
        return found;
    }

    /** The damaged blocks at the bottom of a bad one: itself, unless it is predicted from bad ones. */
    private Set<Integer> causes(int block) {
        Set<Integer> known = causes.get(block);
        if (known != null) {
            return known;
        }
        Set<Integer> found = new TreeSet<>();
        causes.put(block, found); // ends a walk in a circle, which only hostile data has
        table.forEachSource(block, source -> {
            if (badBlocks.containsKey(source)) {
                found.addAll(causes(source));
            }
        });
        if (found.isEmpty()) {
            found.add(block);
        }
        return found;
    }
}
