package dev.mgit.delta.codec;

/**
 * Codes where matches are, how long they are and how far back they reach, each by what came before it. As LZMA does
 * (Pavlov, LZMA specification), distances of the last matches are known by number.
 */
final class MatchModel {
    /** Bytes of the shortest match. */
    static final int SHORTEST = 3;
    /** Distances of so many matches are remembered; what is coded as this number is a new one. */
    static final int RECENT = 4;

    private static final int LIMIT = 60;
    private static final int FLAG_LIMIT = 250;
    private static final int FLAG_RATE = 3;
    private static final int NEAR = 4;
    private static final int FAR = 16;
    private static final int KINDS = 16;
    private static final int CLASSES = 64;
    private static final int CLASS_BITS = 6;

    private static final int HISTORY = 1 << 8;
    private static final int BEFORE = HISTORY * FAR;
    private static final int AGREEING = BEFORE + (1 << 16);
    private static final int FLAGS = AGREEING + FAR * FAR * KINDS;
    /** Lengths below are a class each; above, two for each doubling. */
    private static final int DIRECT = 16;

    private static final int DISTANCE_CONTEXTS = 8;
    private static final int RECENT_BITS = 3;
    /** Of the bits below a number's class, so many at either end are learnt. */
    private static final int LEARNT = 4;

    private final BitMixer flags = new BitMixer(new BitCounters(FLAGS, FLAG_LIMIT), 3, FAR, FLAG_RATE);
    private final BitCounters recents = new BitCounters(NEAR * KINDS << RECENT_BITS, LIMIT);
    private final BitCounters lengths = new BitCounters(3 * NEAR * KINDS * CLASSES, LIMIT);
    private final BitCounters lengthBits = new BitCounters(CLASSES << LEARNT - 1, LIMIT);
    private final BitCounters distances = new BitCounters(DISTANCE_CONTEXTS * CLASSES, LIMIT);
    private final BitCounters upper = new BitCounters(DISTANCE_CONTEXTS * CLASSES << LEARNT, LIMIT);
    private final BitCounters lower = new BitCounters(DISTANCE_CONTEXTS * CLASSES << LEARNT, LIMIT);
    private int history;
    /** What the last match was like: which distance it had and how long it was. */
    private int kind;

    /**
     * Codes whether a match begins here.
     *
     * @param since bytes since the last match
     * @param agreeing how many of the last of them were what that match would have gone on with
     */
    boolean codeFlag(ArithmeticCoder coder, boolean isMatch, byte[] bytes, int at, int since, int agreeing) {
        int passed = Math.min(since, FAR - 1);
        flags.contexts[0] = history * FAR + passed;
        flags.contexts[1] = BEFORE + ((bytes[at - 1] & 0xff) << 8 | bytes[at - 2] & 0xff);
        flags.contexts[2] = AGREEING + (Math.min(agreeing, FAR - 1) * FAR + passed) * KINDS + kind;
        int coded = flags.code(coder, passed, isMatch ? 1 : 0);
        history = (history << 1 | coded) & HISTORY - 1;
        return coded == 1;
    }

    /** Codes the number of a match's distance among the recent ones, or {@link #RECENT}. */
    int codeRecent(ArithmeticCoder coder, int number, int since) {
        return recents.code(coder, (Math.min(since, NEAR - 1) * KINDS + kind) << RECENT_BITS, RECENT_BITS, number);
    }

    int codeLength(ArithmeticCoder coder, int length, int number, int since) {
        int context = (Math.min(number, 1) + (number == RECENT ? 1 : 0)) * NEAR * KINDS
                + Math.min(since, NEAR - 1) * KINDS
                + kind;
        int more = length - SHORTEST;
        int c = lengths.code(coder, context * CLASSES, CLASS_BITS, lengthClass(more));
        int coded = c;
        if (c >= DIRECT) {
            int rest = 3 + (c - DIRECT >> 1);
            int learnt = Math.min(rest, LEARNT - 1);
            int top = lengthBits.code(coder, c << LEARNT - 1, learnt, more >> rest - learnt & (1 << learnt) - 1);
            int even = rest - learnt;
            coded = ((2 | c & 1) << learnt | top) << even | coder.codeEven(more & (1 << even) - 1, even);
        }
        kind = number == RECENT ? 8 + size(coded + SHORTEST) : 4 * Math.min(number, 1) + size(coded + SHORTEST);
        return coded + SHORTEST;
    }

    private static int lengthClass(int more) {
        if (more < DIRECT) {
            return Math.max(0, more);
        }
        int log = 31 - Integer.numberOfLeadingZeros(more);
        return DIRECT + 2 * (log - 4) + (more >> log - 1 & 1);
    }

    private static int size(int length) {
        return Math.min(3, 30 - Integer.numberOfLeadingZeros(length));
    }

    /** @param length of the match */
    int codeDistance(ArithmeticCoder coder, int distance, int length) {
        int context = Math.min(length - SHORTEST, DISTANCE_CONTEXTS - 1) * CLASSES;
        int c = distances.code(coder, context, CLASS_BITS, distanceClass(distance));
        if (c == 0) {
            return 1;
        }
        int rest = (c + 1 >> 1) - 1;
        int low = Math.min(rest, LEARNT);
        int high = Math.min(rest - low, LEARNT);
        int even = rest - low - high;
        int from = context + c << LEARNT;
        int coded = 2 | c + 1 & 1;
        coded = coded << high | upper.code(coder, from, high, distance >> rest - high & (1 << high) - 1);
        coded = coded << even | coder.codeEven(distance >> low & (1 << even) - 1, even);
        return coded << low | lower.code(coder, from, low, distance & (1 << low) - 1);
    }

    /** 0 for 1; above, two for each doubling. */
    private static int distanceClass(int distance) {
        if (distance <= 1) {
            return 0;
        }
        int log = 31 - Integer.numberOfLeadingZeros(distance);
        return 2 * log - 1 + (distance >> log - 1 & 1);
    }
}
