package dev.mgit.delta.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.codec.BlockCoder;
import dev.mgit.delta.codec.Effort;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.frame.Region;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.MemoryByteSource;
import dev.mgit.delta.predictor.Predictors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whole checkpoint files through planner and coder, as a store puts them together: blocks of a megabyte, every frame
 * parsed, predicted and decoded back. Equal blocks are stored once.
 */
final class PlannedFile implements AutoCloseable {
    private static final int BLOCK = 1 << 20;

    private final Map<BlockId, byte[]> blocks = new HashMap<>();
    private final Candidates candidates = new Candidates();
    private final BlockCoder coder = new BlockCoder();
    private final Planner planner = new Planner(coder::estimate);
    private int versions;

    /** What became of one file. */
    record Outcome(long rawBytes, long storedBytes, Map<String, Long> rawByPlan, Map<String, Long> storedByPlan) {
        double share() {
            return (double) storedBytes / rawBytes;
        }
    }

    /** Stores files as one version; later ones are predicted from it. */
    Outcome store(int rank, Path... files) throws IOException {
        String origin = "version " + versions++;
        long raw = 0;
        long stored = 0;
        Map<String, Long> rawByPlan = new TreeMap<>();
        Map<String, Long> storedByPlan = new TreeMap<>();
        List<Stored> later = new ArrayList<>();
        for (Path path : files) {
            byte[] bytes = Files.readAllBytes(path);
            Layout layout = Formats.layoutOf(path.getFileName().toString(), new MemoryByteSource(bytes));
            Map<String, Child> file = new LinkedHashMap<>();
            for (Layout.Range range : layout.ranges()) {
                range.tensor().ifPresent(spec -> file.put(spec.name(), new Child(spec, bytes, range, file)));
            }
            for (Layout.Range range : layout.ranges()) {
                Child child = range.tensor().map(spec -> file.get(spec.name())).orElse(null);
                TensorSpec spec = range.tensor().orElse(new TensorSpec("", Dtype.OPAQUE, List.of(range.length())));
                Stored tensor = new Stored(spec, bytes, range, rank, origin);
                Later plan = new Later(child);
                long size = tensor.write(plan);
                if (child != null) {
                    later.add(tensor);
                    candidates.add(tensor.as(SourceTensor.SAME_VERSION));
                }
                String name = plan.name();
                rawByPlan.merge(name, range.length(), Long::sum);
                storedByPlan.merge(name, size, Long::sum);
                raw += range.length();
                stored += size;
            }
        }
        later.forEach(candidates::add);
        return new Outcome(raw, stored, rawByPlan, storedByPlan);
    }

    /** A plan that is made when the first block turns out to be new. */
    private final class Later {
        private final @Nullable Child child;
        private boolean made;
        private Optional<TensorPlan> plan = Optional.empty();

        Later(@Nullable Child child) {
            this.child = child;
        }

        Optional<Prediction> predictionFor(long offset, int length) {
            if (!made) {
                plan = child == null ? Optional.empty() : planner.plan(child, candidates);
                made = true;
            }
            return plan.flatMap(p -> p.predictionFor(offset, length));
        }

        String name() {
            if (!made) {
                return "same";
            }
            return plan.map(TensorPlan::name).orElse(child == null ? "opaque" : "none");
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Child(TensorSpec spec, byte[] bytes, Layout.Range range, Map<String, Child> file)
            implements ChildTensor {
        @Override
        public void read(long offset, byte[] target, int length) {
            System.arraycopy(bytes, (int) (range.offset() + offset), target, 0, length);
        }

        @Override
        public Optional<ChildTensor> sibling(String name) {
            return Optional.ofNullable(file.get(name));
        }
    }

    private final class Stored implements SourceTensor {
        private final TensorSpec spec;
        private final byte[] bytes;
        private final Layout.Range range;
        private final int rank;
        private final String origin;
        private final int blockBytes;
        private final List<BlockId> ids;

        Stored(TensorSpec spec, byte[] bytes, Layout.Range range, int rank, String origin) {
            this(spec, bytes, range, rank, origin, new ArrayList<>());
        }

        private Stored(TensorSpec spec, byte[] bytes, Layout.Range range, int rank, String origin, List<BlockId> ids) {
            this.spec = spec;
            this.bytes = bytes;
            this.range = range;
            this.rank = rank;
            this.origin = origin;
            this.ids = ids;
            long row = spec.rowBytes();
            long unit = row > BLOCK ? spec.dtype().blockBytes() : row;
            this.blockBytes = (int) (BLOCK / unit * unit);
        }

        Stored as(int otherRank) {
            return new Stored(spec, bytes, range, otherRank, origin, ids);
        }

        /** Stores all blocks and returns the bytes of their frames. */
        long write(Later plan) {
            long stored = 0;
            for (long at = 0; at < range.length(); at += blockBytes) {
                int length = (int) Math.min(blockBytes, range.length() - at);
                byte[] raw = new byte[length];
                read(at, raw, length);
                BlockId id = BlockId.hash(raw, 0, length);
                ids.add(id);
                if (!blocks.containsKey(id)) {
                    stored += frame(raw, plan.predictionFor(at, length).orElse(null));
                    blocks.put(id, raw);
                }
            }
            return stored;
        }

        private int frame(byte[] raw, @Nullable Prediction prediction) {
            byte[] predicted = prediction == null ? null : predicted(prediction, raw.length);
            byte[] out = new byte[BlockCoder.maxEncodedLength(raw.length)];
            int size = coder.encode(raw, raw.length, spec.dtype(), predicted, Effort.BALANCED, out);
            byte[] frame = new Frame(
                            spec.dtype(),
                            raw.length,
                            prediction == null ? 0 : 1,
                            prediction == null ? 0 : 1,
                            Optional.ofNullable(prediction),
                            Arrays.copyOf(out, size))
                    .encode();
            Frame back = Frame.parse(frame);
            byte[] again = back.prediction().map(p -> predicted(p, raw.length)).orElse(null);
            byte[] decoded = new byte[raw.length];
            coder.decode(back.payload(), 0, back.payload().length, spec.dtype(), again, decoded, raw.length);
            assertThat(decoded).isEqualTo(raw);
            return frame.length;
        }

        private byte[] predicted(Prediction prediction, int length) {
            List<byte[]> inputs = new ArrayList<>();
            for (Region region : prediction.sources()) {
                ByteBuffer joined = ByteBuffer.allocate(region.blocks().size() * BLOCK);
                for (BlockId id : region.blocks()) {
                    joined.put(blocks.getOrDefault(id, new byte[0]));
                }
                inputs.add(Arrays.copyOfRange(joined.array(), region.skip(), region.skip() + region.length()));
            }
            byte[] target = new byte[length];
            Predictors.byCode(prediction.predictor())
                    .predict(inputs, prediction.parameters(), spec.dtype(), target, length);
            return target;
        }

        @Override
        public TensorSpec spec() {
            return spec;
        }

        @Override
        public Region region(long offset, int length) {
            int first = (int) (offset / blockBytes);
            int last = (int) ((offset + length + blockBytes - 1) / blockBytes);
            return new Region(ids.subList(first, last), (int) (offset % blockBytes), length);
        }

        @Override
        public void read(long offset, byte[] target, int length) {
            System.arraycopy(bytes, (int) (range.offset() + offset), target, 0, length);
        }

        @Override
        public int rank() {
            return rank;
        }

        @Override
        public String origin() {
            return origin;
        }

        @Override
        public String identity() {
            return origin + range.offset();
        }
    }

    @Override
    public void close() {
        coder.close();
    }
}
