package dev.mgit.delta.codec;

/** How much of a block is looked at before deciding how to code it. */
final class BlockSampling {
    /** Bytes of a stream sampled to tell noise. */
    static final int BYTES = 1 << 12;
    /** Consecutive words taken together, so that a sample reads whole cache lines. */
    static final int RUN = 64;

    private BlockSampling() {}

    /** Number of runs in a sample of about {@code words} of {@code available} words. */
    static int runs(int words, int available) {
        return (Math.min(words, available) + RUN - 1) / RUN;
    }

    /** First word of a run; runs are spread evenly. */
    static int first(int run, int runs, int available) {
        return runs <= 1 ? 0 : (int) ((long) run * Math.max(0, available - RUN) / (runs - 1));
    }

    /** Words in a run that starts at {@code first}. */
    static int length(int first, int available) {
        return Math.min(RUN, available - first);
    }
}
