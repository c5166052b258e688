package dev.mgit.delta.codec;

/**
 * Codes decisions by their probabilities: a 32-bit carryless range coder (Martin, "Range encoding: an algorithm for
 * removing redundancy from a digitised message", 1979; in the binary form of Mahoney, "Adaptive weighing of context
 * models for lossless data compression", 2005). Models are the same code on both sides: whoever encodes passes the
 * decision, whoever decodes gets it.
 */
abstract sealed class ArithmeticCoder {
    /** Probabilities are given in units of {@code 1 / ONE}, from 1 to {@code ONE - 1}. */
    static final int ONE = 1 << 16;

    private static final int TOP = 0xff << 24;

    int low;
    int high = -1;

    /**
     * Codes one decision.
     *
     * @param bit the decision; of no meaning when decoding
     * @param chance of a 1
     */
    abstract int code(int bit, int chance);

    /** Codes {@code count} bits that may be anything, the highest first. */
    final int codeEven(int value, int count) {
        int coded = 0;
        for (int i = count - 1; i >= 0; i--) {
            coded = coded << 1 | code(value >>> i & 1, ONE / 2);
        }
        return coded;
    }

    final int middle(int chance) {
        return low + (int) ((high - low & 0xffffffffL) * chance >>> 16);
    }

    final void narrow(int bit, int middle) {
        if (bit == 1) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }

    final boolean isSettled() {
        return ((low ^ high) & TOP) == 0;
    }

    final void moveUp() {
        low <<= 8;
        high = high << 8 | 0xff;
    }

    static final class Encoder extends ArithmeticCoder {
        private final ByteSink sink;

        Encoder(ByteSink sink) {
            this.sink = sink;
        }

        @Override
        int code(int bit, int chance) {
            narrow(bit, middle(chance));
            while (isSettled()) {
                sink.put(high >>> 24);
                moveUp();
            }
            return bit;
        }

        /** Writes as much as tells the last decisions; what a decoder reads beyond are zeros. */
        void finish() {
            if (low != 0) {
                sink.put((low >>> 24) + 1);
            }
        }
    }

    static final class Decoder extends ArithmeticCoder {
        private final byte[] bytes;
        private final int end;
        private int at;
        private int code;

        /** Decodes all that remains of an input. */
        Decoder(ByteInput input) {
            int size = input.remaining();
            this.bytes = input.array();
            this.at = input.skip(size);
            this.end = at + size;
            for (int i = 0; i < Integer.BYTES; i++) {
                next();
            }
        }

        @Override
        int code(int bit, int chance) {
            int middle = middle(chance);
            int decoded = Integer.compareUnsigned(code, middle) <= 0 ? 1 : 0;
            narrow(decoded, middle);
            while (isSettled()) {
                moveUp();
                next();
            }
            return decoded;
        }

        private void next() {
            code = code << 8 | (at < end ? bytes[at] & 0xff : 0);
            at++;
        }

        /** Whether more was read than there is and the four bytes that are always ahead. */
        boolean isBeyondEnd() {
            return at > end + Integer.BYTES;
        }

        /** Whether all was read, and no more. */
        boolean isAtEnd() {
            return at >= end && !isBeyondEnd();
        }
    }
}
