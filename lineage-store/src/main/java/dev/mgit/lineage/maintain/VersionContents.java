package dev.mgit.lineage.maintain;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.IdSet;
import dev.mgit.lineage.maintain.FsckReport.Touched;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;

/** Which objects of the parameter store each version consists of, by number. */
final class VersionContents {
    private final Lineage lineage;
    private final IdSet objects = new IdSet();
    private final Map<VersionId, int[]> versions = new LinkedHashMap<>();
    private final Map<ByteBuffer, List<StoredFile>> files = new LinkedHashMap<>();

    /** Objects that a version needs which must be here whole. */
    private final BitSet required = new BitSet();

    private final Set<VersionId> promised;

    VersionContents(Lineage lineage) {
        this(lineage, Set.of());
    }

    /** @param promised versions of which parts need not be here */
    VersionContents(Lineage lineage, Set<VersionId> promised) {
        this.lineage = lineage;
        this.promised = promised;
    }

    /** Reads a version's manifests; what is wrong with them, if anything is. */
    Optional<String> read(VersionId version) {
        int[] numbers = new int[0];
        int used = 0;
        Optional<String> why = Optional.empty();
        try {
            for (FileEntry file : lineage.checkpoint(version).files()) {
                if (file.stored() == FileEntry.Storage.VERBATIM) {
                    lineage.verbatim(version, file.path());
                } else {
                    Manifest manifest = lineage.manifest(version, file.path());
                    List<Manifest.Entry> entries = manifest.entries();
                    files.computeIfAbsent(digest(manifest), unused -> new ArrayList<>())
                            .add(new StoredFile(version, file.path()));
                    numbers = Arrays.copyOf(numbers, used + entries.size());
                    for (Manifest.Entry entry : entries) {
                        numbers[used++] = objects.add(entry.object().bytes());
                    }
                }
            }
        } catch (RuntimeException e) {
            why = Optional.of(Fsck.why(e));
        }
        versions.put(version, Arrays.copyOf(numbers, used));
        if (!promised.contains(version)) {
            Arrays.stream(numbers, 0, used).forEach(required::set);
        }
        return why;
    }

    /** A file of a version. */
    record StoredFile(VersionId version, String path) {}

    /** Files that are in the parameter store; those with the same manifest together. */
    Collection<List<StoredFile>> files() {
        return files.values();
    }

    Manifest manifest(StoredFile file) {
        return lineage.manifest(file.version(), file.path());
    }

    /** The name of a version's model when it was made. */
    String model(VersionId version) {
        return lineage.version(version).model();
    }

    private static ByteBuffer digest(Manifest manifest) {
        MessageDigest digest = Hashes.sha256();
        digest.update(manifest.sha256().getBytes(StandardCharsets.UTF_8));
        for (Manifest.Entry entry : manifest.entries()) {
            digest.update(entry.object().bytes());
        }
        digest.update(manifest.packing().toString().getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(digest.digest());
    }

    IdSet objects() {
        return objects;
    }

    ObjectId object(int number) {
        return ObjectId.of(objects.get(number));
    }

    /** Whether a version that must be here whole needs an object. */
    boolean isRequired(int number) {
        return required.get(number);
    }

    boolean anyRequired() {
        return !required.isEmpty();
    }

    /** Numbers of a version's objects, with repetitions. */
    int[] objects(VersionId version) {
        return versions.getOrDefault(version, new int[0]);
    }

    /** Every version that needs the parameter store at all, and all of whose objects must be here. */
    List<Touched> touched() {
        return touched((version, needed) -> needed.length > 0 && !promised.contains(version));
    }

    /** Every version that needs an object a condition fits. */
    List<Touched> touched(IntPredicate wanted) {
        return touched((version, needed) -> Arrays.stream(needed).anyMatch(wanted));
    }

    private List<Touched> touched(BiPredicate<VersionId, int[]> chosen) {
        List<Touched> touched = new ArrayList<>();
        versions.forEach((version, needed) -> {
            if (chosen.test(version, needed)) {
                touched.add(new Touched(version, model(version), Optional.empty(), Optional.empty(), false));
            }
        });
        return touched;
    }

    /** Told of one range of a file. */
    interface Visitor {
        void visit(VersionId version, String model, String path, Manifest.Entry entry);
    }

    /** Goes through all ranges of the versions that hold an object a condition fits. */
    void forEachRange(IntPredicate wanted, Visitor visitor) {
        versions.forEach((version, needed) -> {
            if (Arrays.stream(needed).anyMatch(wanted)) {
                String model = model(version);
                for (FileEntry file : lineage.checkpoint(version).files()) {
                    if (file.stored() == FileEntry.Storage.PARAMETERS) {
                        lineage.manifest(version, file.path()).entries().stream()
                                .filter(entry -> entry.start() == 0) // once for an object in several parts
                                .forEach(entry -> visitor.visit(version, model, file.path(), entry));
                    }
                }
            }
        });
    }

    int number(ObjectId object) {
        return objects.find(object.bytes());
    }
}
