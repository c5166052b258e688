package dev.mgit.delta;

import java.util.Locale;
import java.util.Optional;

/**
 * The element type of a tensor. A dtype says how many bytes a run of elements takes and, for floats, where the bits
 * of the exponent and mantissa are; it says nothing about meaning beyond that.
 *
 * <p>Names are those of the safetensors format where it has one and of GGML for quantized block types. Block types
 * pack {@link #blockElements()} elements into {@link #blockBytes()} bytes.
 */
public enum Dtype {
    F64(1, Kind.FLOAT, 8, 11, 52),
    F32(2, Kind.FLOAT, 4, 8, 23),
    F16(3, Kind.FLOAT, 2, 5, 10),
    BF16(4, Kind.FLOAT, 2, 8, 7),
    F8_E4M3(5, Kind.FLOAT, 1, 4, 3),
    F8_E5M2(6, Kind.FLOAT, 1, 5, 2),
    I64(7, Kind.INTEGER, 8),
    I32(8, Kind.INTEGER, 4),
    I16(9, Kind.INTEGER, 2),
    I8(10, Kind.INTEGER, 1),
    U64(11, Kind.INTEGER, 8),
    U32(12, Kind.INTEGER, 4),
    U16(13, Kind.INTEGER, 2),
    U8(14, Kind.INTEGER, 1),
    BOOL(15, Kind.INTEGER, 1),
    /** Two 4-bit integers a byte, as ONNX and safetensors pack them. */
    I4(16, 2, 1),
    F8_E8M0(17, Kind.INTEGER, 1),
    C64(18, Kind.INTEGER, 8),
    /** Types that tensors are called by and measured in; nothing here computes with them. */
    F8_E4M3FNUZ(19, 1, 1),
    F8_E5M2FNUZ(20, 1, 1),
    F4(21, 2, 1),
    F6_E2M3(22, 4, 3),
    F6_E3M2(23, 4, 3),
    U4(24, 2, 1),
    I2(25, 4, 1),
    U2(26, 4, 1),
    C32(27, 1, 4),
    C128(28, 1, 16),
    /** GGML block types: elements and bytes of one block, from the GGUF specification. */
    Q4_0(32, 32, 18),
    Q4_1(33, 32, 20),
    Q5_0(34, 32, 22),
    Q5_1(35, 32, 24),
    Q8_0(36, 32, 34),
    Q8_1(37, 32, 36),
    Q2_K(38, 256, 84),
    Q3_K(39, 256, 110),
    Q4_K(40, 256, 144),
    Q5_K(41, 256, 176),
    Q6_K(42, 256, 210),
    Q8_K(43, 256, 292),
    IQ4_NL(44, 32, 18),
    IQ4_XS(45, 256, 136),
    IQ1_S(46, 256, 50),
    IQ1_M(47, 256, 56),
    IQ2_XXS(48, 256, 66),
    IQ2_XS(49, 256, 74),
    IQ2_S(50, 256, 82),
    IQ3_XXS(51, 256, 98),
    IQ3_S(52, 256, 110),
    TQ1_0(53, 256, 54),
    TQ2_0(54, 256, 66),
    MXFP4(55, 32, 17),
    NVFP4(56, 64, 36),
    Q1_0(57, 128, 18),
    /** Bytes nothing is known about: headers, padding, files no reader claims. */
    OPAQUE(255, Kind.OPAQUE, 1);

    private enum Kind {
        FLOAT,
        INTEGER,
        BLOCK,
        OPAQUE
    }

    private final int code;
    private final Kind kind;
    private final int blockElements;
    private final int blockBytes;
    private final int exponentBits;
    private final int mantissaBits;

    Dtype(int code, Kind kind, int bytes) {
        this(code, kind, 1, bytes, 0, 0);
    }

    Dtype(int code, Kind kind, int bytes, int exponentBits, int mantissaBits) {
        this(code, kind, 1, bytes, exponentBits, mantissaBits);
    }

    Dtype(int code, int blockElements, int blockBytes) {
        this(code, Kind.BLOCK, blockElements, blockBytes, 0, 0);
    }

    Dtype(int code, Kind kind, int blockElements, int blockBytes, int exponentBits, int mantissaBits) {
        this.code = code;
        this.kind = kind;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        this.exponentBits = exponentBits;
        this.mantissaBits = mantissaBits;
    }

    /** The dtype's number in stored objects; never reused. */
    public int code() {
        return code;
    }

    public boolean isFloat() {
        return kind == Kind.FLOAT;
    }

    public boolean isInteger() {
        return kind == Kind.INTEGER;
    }

    /** True where a byte run holds more than one element and cannot be cut between any two of them. */
    public boolean isBlockType() {
        return kind == Kind.BLOCK;
    }

    /** True for elements of less than a byte, of which the last byte may hold fewer. */
    public boolean isPacked() {
        return blockElements > 1 && blockBytes == 1;
    }

    public boolean isComplex() {
        return this == C32 || this == C64 || this == C128;
    }

    public int blockElements() {
        return blockElements;
    }

    public int blockBytes() {
        return blockBytes;
    }

    /** Bytes of one element of a plain dtype; of one packed block otherwise. */
    public int bytes() {
        return blockBytes;
    }

    public int exponentBits() {
        return exponentBits;
    }

    public int mantissaBits() {
        return mantissaBits;
    }

    /**
     * Bytes taken by a number of elements.
     *
     * @throws ArithmeticException if the result does not fit 63 bits
     * @throws IllegalArgumentException if a block type's blocks are not filled
     */
    public long bytesFor(long elements) {
        if (isPacked()) {
            return Math.addExact(elements, blockElements - 1) / blockElements;
        }
        if (elements % blockElements != 0) {
            throw new IllegalArgumentException(elements + " elements do not fill blocks of " + blockElements);
        }
        return Math.multiplyExact(elements / blockElements, (long) blockBytes);
    }

    /** Finds a dtype by the name safetensors, GGML or this enum uses, in any case. */
    public static Optional<Dtype> byName(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        for (Dtype dtype : values()) {
            if (dtype.name().equals(upper)) {
                return Optional.of(dtype);
            }
        }
        return switch (upper) {
            case "F8_E4M3FN" -> Optional.of(F8_E4M3);
            default -> Optional.empty();
        };
    }

    public static Optional<Dtype> byCode(int code) {
        for (Dtype dtype : values()) {
            if (dtype.code == code) {
                return Optional.of(dtype);
            }
        }
        return Optional.empty();
    }
}
