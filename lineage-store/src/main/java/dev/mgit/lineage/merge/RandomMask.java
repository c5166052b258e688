package dev.mgit.lineage.merge;

/**
 * Keeps each element with the same chance, by a hash of seed, tensor, side and element: the same on every machine and
 * in any order. The hash is the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
 */
final class RandomMask {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final long key;
    private final double density;

    RandomMask(long seed, String tensor, MergeStage side, double density) {
        long mixed = mix(seed ^ (side == MergeStage.OURS ? 1 : 2));
        for (int i = 0; i < tensor.length(); i++) {
            mixed = mix(mixed ^ (tensor.charAt(i) + GOLDEN));
        }
        this.key = mixed;
        this.density = density;
    }

    boolean keeps(long element) {
        return (mix(key + element * GOLDEN) >>> 11) * 0x1p-53 < density;
    }

    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
