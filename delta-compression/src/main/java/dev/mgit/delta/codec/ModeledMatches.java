package dev.mgit.delta.codec;

import dev.mgit.delta.MgitException;
import java.util.Arrays;

/**
 * A block as matches in what stands before it and in itself, like {@code zstd --patch-from}, but with what a zstd frame
 * spends most on, bytes between matches and distances, coded by what is known at that point. The matches are those of a
 * zstd frame.
 */
final class ModeledMatches {
    /** Zeros in front of the bytes before. */
    private static final int PLAIN = 8;
    /** Only a payload cut short reads so far beyond its end. */
    private static final int CHECKED = 1 << 10;

    private final MatchModel matches = new MatchModel();
    private final LiteralModel literals = new LiteralModel();
    private final byte[] bytes;
    private final int[] recent = {1, 4, 8, 16};
    private int at;
    private int since;
    private int agreeing;

    private ModeledMatches(byte[] before, int length) {
        bytes = new byte[PLAIN + before.length + length];
        System.arraycopy(before, 0, bytes, PLAIN, before.length);
        at = PLAIN + before.length;
    }

    /**
     * Codes a block.
     *
     * @param frame the matches to code, as {@link ZstdPatch} found them
     * @return false, and nothing of use written, if what was read from the frame are no matches of this block
     */
    static boolean encode(byte[] before, byte[] source, int length, ByteInput frame, ByteSink sink) {
        ModeledMatches coded = new ModeledMatches(before, length);
        System.arraycopy(source, 0, coded.bytes, coded.at, length);
        int[] found;
        try {
            found = ZstdSequences.of(frame);
        } catch (MgitException | IndexOutOfBoundsException e) {
            return false; // a frame of a form that is not known here
        }
        if (!coded.holds(found)) {
            return false;
        }
        ArithmeticCoder.Encoder coder = new ArithmeticCoder.Encoder(sink);
        coded.encode(coder, found);
        coder.finish();
        return true;
    }

    /** Whether each match copies what stands there, so that what is coded comes back whatever the frame was. */
    private boolean holds(int[] found) {
        int to = at;
        for (int i = 0; i < found.length; i += 3) {
            to += found[i];
            int end = to + found[i + 1];
            int from = to - found[i + 2];
            if (found[i] < 0
                    || end < to
                    || end > bytes.length
                    || from < 0
                    || from >= to
                    || !Arrays.equals(bytes, to, end, bytes, from, from + end - to)) {
                return false;
            }
            to = end;
        }
        return true;
    }

    private void encode(ArithmeticCoder coder, int[] found) {
        for (int i = 0; i < found.length; i += 3) {
            encodeLiterals(coder, at + found[i]);
            encodeMatch(coder, found[i + 1], found[i + 2]);
        }
        encodeLiterals(coder, bytes.length);
    }

    private void encodeLiterals(ArithmeticCoder coder, int end) {
        while (at < end) {
            matches.codeFlag(coder, false, bytes, at, since, agreeing);
            literal(coder);
        }
    }

    private void encodeMatch(ArithmeticCoder coder, int length, int distance) {
        matches.codeFlag(coder, true, bytes, at, since, agreeing);
        match(coder, number(length, distance), length, distance);
    }

    /** A recent distance that leads to the same bytes is as good. */
    private int number(int length, int distance) {
        for (int i = 0; i < recent.length; i++) {
            if (recent[i] == distance
                    || recent[i] <= at
                            && Arrays.equals(bytes, at, at + length, bytes, at - recent[i], at - recent[i] + length)) {
                return i;
            }
        }
        return recent.length;
    }

    static void decode(byte[] before, ByteInput input, byte[] target, int length) {
        ModeledMatches coded = new ModeledMatches(before, length);
        coded.decode(new ArithmeticCoder.Decoder(input));
        System.arraycopy(coded.bytes, coded.bytes.length - length, target, 0, length);
    }

    private void decode(ArithmeticCoder.Decoder coder) {
        for (int steps = 0; at < bytes.length; steps++) {
            if (matches.codeFlag(coder, false, bytes, at, since, agreeing)) {
                int from = at;
                match(coder, 0, 0, 0);
                copy(from);
            } else {
                literal(coder);
            }
            if (steps % CHECKED == 0 && coder.isBeyondEnd()) {
                break;
            }
        }
        if (at != bytes.length || !coder.isAtEnd()) {
            throw ByteInput.damaged("its matches do not end where they should");
        }
    }

    private void literal(ArithmeticCoder coder) {
        int expected = recent[0] <= at ? bytes[at - recent[0]] & 0xff : 0;
        int value = literals.code(coder, bytes, at, since, expected);
        bytes[at++] = (byte) value;
        since++;
        agreeing = value == expected ? agreeing + 1 : 0;
    }

    private void match(ArithmeticCoder coder, int number, int length, int distance) {
        int coded = matches.codeRecent(coder, number, since);
        if (coded > recent.length) {
            throw ByteInput.damaged("a match has no distance");
        }
        int size = matches.codeLength(coder, length, coded, since);
        int back = coded < recent.length ? recent[coded] : matches.codeDistance(coder, distance, size);
        if (size > bytes.length - at || back > at || back < 1) {
            throw ByteInput.damaged("a match lies outside the block");
        }
        System.arraycopy(recent, 0, recent, 1, Math.min(coded, recent.length - 1));
        recent[0] = back;
        at += size;
        since = 0;
        agreeing = 0;
    }

    private void copy(int from) {
        for (int i = from; i < at; i++) {
            bytes[i] = bytes[i - recent[0]];
        }
    }
}
