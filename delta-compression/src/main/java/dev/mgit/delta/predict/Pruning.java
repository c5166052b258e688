package dev.mgit.delta.predict;

import dev.mgit.delta.Dtype;
import java.util.List;
import java.util.Optional;

/** Finds out whether the child is a parent with elements set to zero. */
final class Pruning {
    /** Fewer new zeros than this are fine-tuning, not pruning. */
    private static final double LEAST_ZEROED = 0.005;

    private Pruning() {}

    static void search(Trial trial, List<SourceTensor> twins) {
        SourceTensor parent = twins.get(0);
        Dtype dtype = trial.spec().dtype();
        long zeroed = 0;
        long seen = 0;
        for (Trial.Range range : trial.ranges()) {
            Zeros zeros =
                    new Zeros(dtype, trial.readChild(range), new Span(parent, range.offset(), range.length()).read());
            zeroed += zeros.zeroed;
            seen += zeros.count;
        }
        if (zeroed > seen * LEAST_ZEROED) {
            trial.offer(new PrunedRecipe(trial.child(), parent));
        }
    }

    /** Reads the block itself when it is asked for a guess, because the exact threshold or mask is in there. */
    private record PrunedRecipe(ChildTensor child, SourceTensor parent) implements Recipe {
        @Override
        public String name() {
            return "pruned";
        }

        @Override
        public List<SourceTensor> sources() {
            return List.of(parent);
        }

        @Override
        public boolean parametersGrow() {
            return true;
        }

        @Override
        public Optional<Guess> guess(long offset, int length) {
            Dtype dtype = child.spec().dtype();
            if (offset % dtype.bytes() != 0 || length % dtype.bytes() != 0) {
                return Optional.empty();
            }
            Span span = new Span(parent, offset, length);
            byte[] raw = new byte[length];
            child.read(offset, raw, length);
            Zeros zeros = new Zeros(dtype, raw, span.read());
            return Optional.of(new Guess(new Pruned(), List.of(span), zeros.parameters()));
        }
    }

    /** Which elements of a run are zero in the child and not in the parent. */
    private static final class Zeros {
        final int count;
        final boolean[] mask;
        int zeroed;
        private int negative;
        private long largestZeroed = -1;
        private long smallestKept = Long.MAX_VALUE;

        Zeros(Dtype dtype, byte[] child, byte[] parent) {
            count = child.length / dtype.bytes();
            mask = new boolean[count];
            Pruned.Zeroing now = new Pruned.Zeroing(child, dtype, false);
            Pruned.Zeroing before = new Pruned.Zeroing(parent, dtype, false);
            for (int i = 0; i < count; i++) {
                long magnitude = before.magnitude(i);
                if (now.magnitude(i) != 0) {
                    smallestKept = Math.min(smallestKept, magnitude);
                } else if (magnitude != 0) {
                    mask[i] = true;
                    zeroed++;
                    largestZeroed = Math.max(largestZeroed, magnitude);
                    negative += (child[(i + 1) * dtype.bytes() - 1] & 0x80) != 0 ? 1 : 0;
                }
            }
        }

        byte[] parameters() {
            int flags = negative > zeroed / 4 ? Pruned.KEEP_SIGN : 0;
            return largestZeroed < smallestKept
                    ? Pruned.threshold(Math.max(0, largestZeroed), flags)
                    : Pruned.mask(mask, flags);
        }
    }
}
