package dev.mgit.lineage.sparse;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.format.TrainingState;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.UniqueNames;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The weights of a version by name, in the order of their names' bytes. Training state is none of them. */
final class WeightSet {
    private static final int CHUNK = 1 << 20;

    private final TreeMap<String, Weight> weights = new TreeMap<>(WeightSet::inOrderOfBytes);

    /**
     * One of them.
     *
     * @param format of the file it is in
     * @param object equal where the data are
     */
    record Weight(String name, String file, String format, LogicalTensor seen, ObjectId object) {
        boolean hasShapeOf(Weight other) {
            return seen.spec().dtype() == other.seen.spec().dtype()
                    && seen.spec().shape().equals(other.seen.spec().shape());
        }
    }

    /** Opens a tensor's data, row-major and little-endian. */
    @FunctionalInterface
    interface Opening {
        ByteSource open(Weight weight) throws IOException;
    }

    static WeightSet of(Lineage lineage, VersionId version) {
        List<Weight> all = new ArrayList<>();
        for (FileEntry file : lineage.checkpoint(version).files()) {
            if (file.stored() == FileEntry.Storage.PARAMETERS && !TrainingState.isFile(file.path())) {
                Manifest manifest = lineage.manifest(version, file.path());
                manifest.tensors()
                        .forEach(tensor -> all.add(new Weight(
                                tensor.name(), file.path(), manifest.format(), tensor.seen(), tensor.object())));
            }
        }
        var set = new WeightSet();
        set.weights.putAll(UniqueNames.of(all, Weight::name, Weight::file));
        return set;
    }

    Map<String, Weight> byName() {
        return weights;
    }

    long elements() {
        return weights.values().stream()
                .mapToLong(weight -> weight.seen().spec().elements())
                .sum();
    }

    /**
     * What names these weights wherever they are: SHA-256, in hex, of one line for each, {@code
     * ["name","DTYPE",[shape],"sha256 of the data"]} and a line feed, in the order of the names' bytes.
     */
    String digest(Opening opening) throws IOException {
        var digest = new Digest();
        for (Map.Entry<String, Weight> weight : weights.entrySet()) {
            digest.add(weight.getKey(), weight.getValue(), sha256(opening.open(weight.getValue())));
        }
        return digest.hex();
    }

    /** {@link #digest} of weights whose hashes are known. */
    static final class Digest {
        private final MessageDigest lines = Hashes.sha256();

        void add(String name, Weight weight, MessageDigest data) {
            List<Object> line = List.of(
                    name,
                    weight.seen().spec().dtype().name(),
                    weight.seen().spec().shape(),
                    HexFormat.of().formatHex(data.digest()));
            lines.update((Json.text(line) + "\n").getBytes(StandardCharsets.UTF_8));
        }

        String hex() {
            return HexFormat.of().formatHex(lines.digest());
        }
    }

    static MessageDigest sha256(ByteSource data) throws IOException {
        MessageDigest digest = Hashes.sha256();
        byte[] chunk = new byte[(int) Math.min(CHUNK, data.size())];
        for (long at = 0; at < data.size(); at += chunk.length) {
            int length = (int) Math.min(chunk.length, data.size() - at);
            data.read(at, chunk, 0, length);
            digest.update(chunk, 0, length);
        }
        return digest;
    }

    private static int inOrderOfBytes(String a, String b) {
        return Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }
}
