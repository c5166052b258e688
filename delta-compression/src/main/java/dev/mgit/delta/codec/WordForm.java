package dev.mgit.delta.codec;

import dev.mgit.delta.Dtype;

/**
 * How the bytes of a block fall into little-endian words: the word's size and, for floats in IEEE sign-magnitude
 * layout, how many exponent bits follow the sign. Payloads store this form, so that decoding needs no dtype.
 *
 * @param log2Bytes 0 to 3
 * @param exponentBits 0 for integers and bytes
 */
record WordForm(int log2Bytes, int exponentBits) {
    static final WordForm BYTES = new WordForm(0, 0);

    static WordForm of(Dtype dtype) {
        if (dtype.isFloat()) {
            return new WordForm(Integer.numberOfTrailingZeros(dtype.bytes()), dtype.exponentBits());
        }
        if (dtype == Dtype.C64) {
            return of(Dtype.F32);
        }
        return new WordForm(dtype.isInteger() ? Integer.numberOfTrailingZeros(dtype.bytes()) : 0, 0);
    }

    int bytes() {
        return 1 << log2Bytes;
    }

    int bits() {
        return 8 << log2Bytes;
    }

    boolean isFloat() {
        return exponentBits != 0;
    }

    /** Trailing bits of a word that may be dropped when they are zero everywhere: never exponent bits. */
    int maxShift() {
        return isFloat() ? bits() - 1 - exponentBits : bits() - 1;
    }

    /** Bits below the sign of a float, all bits of an integer. */
    long magnitudeMask() {
        int bits = isFloat() ? bits() - 1 : bits();
        return -1L >>> (64 - bits);
    }

    int toByte() {
        return log2Bytes | exponentBits << 2;
    }

    static WordForm fromByte(int code) {
        WordForm form = new WordForm(code & 3, code >> 2);
        if (form.isFloat() && form.exponentBits > Math.min(11, form.bits() - 2)) {
            throw ByteInput.damaged("unknown number format");
        }
        return form;
    }
}
