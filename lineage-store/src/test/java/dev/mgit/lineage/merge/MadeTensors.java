package dev.mgit.lineage.merge;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.lineage.merge.TensorSource.TensorBytes;
import dev.mgit.lineage.tensorindex.TensorLocation;
import dev.mgit.lineage.version.ObjectId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Tensors in memory for the three sides of a merge. */
final class MadeTensors implements TensorSource {
    private final Map<MergeStage, List<TensorLocation>> tensors = new EnumMap<>(MergeStage.class);
    private final Map<ObjectId, byte[]> data = new HashMap<>();

    MadeTensors add(MergeStage side, TensorSpec spec, byte[] bytes) {
        ObjectId object = new ObjectId(BlockId.hash(bytes, 0, bytes.length).hex());
        data.put(object, bytes);
        List<TensorLocation> before = tensors.computeIfAbsent(side, key -> new ArrayList<>());
        long offset = before.stream().mapToLong(tensor -> tensor.seen().span()).sum();
        before.add(new TensorLocation("model.safetensors", LogicalTensor.rowMajor(spec, offset), object));
        return this;
    }

    MadeTensors add(MergeStage side, String name, Dtype dtype, double... values) {
        return add(side, new TensorSpec(name, dtype, List.of((long) values.length)), bytes(dtype, values));
    }

    static byte[] bytes(Dtype dtype, double... values) {
        byte[] bytes = new byte[values.length * dtype.bytes()];
        Floats.write(dtype, values, bytes, 0, values.length);
        return bytes;
    }

    static double[] values(Dtype dtype, byte[] bytes) {
        double[] values = new double[bytes.length / dtype.bytes()];
        Floats.read(dtype, bytes, 0, values, values.length);
        return values;
    }

    /** Floats with the given spread, so that every dtype but the 16-bit ones holds them exactly. */
    static double[] noise(long seed, int count, double spread) {
        Random random = new Random(seed);
        return random.doubles(count).map(x -> (float) ((x - 0.5) * spread)).toArray();
    }

    MergeSide side(MergeStage side) {
        return new MergeSide(tensors.getOrDefault(side, List.of()), Map.of());
    }

    MergePlan plan(MergeRule... rules) {
        return new MergePlanner(side(MergeStage.BASE), side(MergeStage.OURS), side(MergeStage.THEIRS), List.of(rules))
                .plan();
    }

    byte[] data(TensorLocation tensor) {
        return data.getOrDefault(tensor.object(), new byte[0]);
    }

    byte[] produce(TensorOutput output) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        output.produce(this, (bytes, length) -> out.write(bytes, 0, length));
        return out.toByteArray();
    }

    @Override
    public TensorBytes open(MergeStage side, TensorLocation tensor) {
        byte[] bytes = data(tensor);
        return new TensorBytes() {
            @Override
            public void read(long offset, byte[] target, int length) {
                System.arraycopy(bytes, (int) offset, target, 0, length);
            }

            @Override
            public void close() {}
        };
    }
}
