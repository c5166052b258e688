package dev.mgit.lineage.maintain;

import dev.mgit.lineage.maintain.FsckReport.Touched;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which objects of the parameter store each version consists of, by number. */
final class VersionContents {
    private final Lineage lineage;
    private final IdSet objects = new IdSet();
    private final Map<VersionId, int[]> versions = new LinkedHashMap<>();

    VersionContents(Lineage lineage) {
        this.lineage = lineage;
    }

    /** Reads a version's manifests; what is wrong with them, if anything is. */
    Optional<String> read(VersionId version) {
        int[] numbers = new int[0];
        int used = 0;
        Optional<String> why = Optional.empty();
        try {
            for (FileEntry file : lineage.checkpoint(version).files()) {
                if (file.stored() == FileEntry.Stored.PARAMETERS) {
                    List<Manifest.Entry> entries =
                            lineage.manifest(version, file.path()).entries();
                    numbers = Arrays.copyOf(numbers, used + entries.size());
                    for (Manifest.Entry entry : entries) {
                        numbers[used++] = objects.add(
                                HexFormat.of().parseHex(entry.object().hex()));
                    }
                }
            }
        } catch (RuntimeException e) {
            why = Optional.of(Fsck.why(e));
        }
        versions.put(version, Arrays.copyOf(numbers, used));
        return why;
    }

    IdSet objects() {
        return objects;
    }

    ObjectId object(int number) {
        return new ObjectId(HexFormat.of().formatHex(objects.get(number)));
    }

    /** Numbers of a version's objects, with repetitions. */
    int[] objects(VersionId version) {
        return versions.getOrDefault(version, new int[0]);
    }

    /** Every version that needs the parameter store at all. */
    List<Touched> touched() {
        List<Touched> touched = new ArrayList<>();
        versions.forEach((version, needed) -> {
            if (needed.length > 0) {
                String model = lineage.version(version).model();
                touched.add(new Touched(version, model, Optional.empty(), Optional.empty(), false));
            }
        });
        return touched;
    }

    /** Told of one range of a file. */
    interface Visitor {
        void visit(VersionId version, String model, String path, Manifest.Entry entry);
    }

    /** Goes through all ranges of the versions that hold an object a condition fits. */
    void forEachRange(java.util.function.IntPredicate wanted, Visitor visitor) {
        versions.forEach((version, needed) -> {
            if (Arrays.stream(needed).anyMatch(wanted)) {
                String model = lineage.version(version).model();
                for (FileEntry file : lineage.checkpoint(version).files()) {
                    if (file.stored() == FileEntry.Stored.PARAMETERS) {
                        lineage.manifest(version, file.path()).entries().stream()
                                .filter(entry -> entry.start() == 0) // once for an object in several parts
                                .forEach(entry -> visitor.visit(version, model, file.path(), entry));
                    }
                }
            }
        });
    }

    int number(ObjectId object) {
        return objects.find(HexFormat.of().parseHex(object.hex()));
    }
}
