package dev.mgit.delta.codec;

/** The methods a payload may start with; {@code docs/format-codec.md} says what follows each. */
final class Method {
    static final int RAW = 0;
    static final int SAME = 1;
    static final int REPEAT = 2;
    static final int BYTES = 3;
    static final int BYTE_DIFFERENCES = 4;
    static final int PLANES = 5;
    static final int RESIDUAL_TOKENS = 6;
    static final int PALETTE = 7;
    static final int QUANTIZED = 8;
    static final int QUANTIZED_ROWS = 9;
    static final int REFERENCE = 10;
    static final int MIXED = 11;
    static final int MODELED_MATCHES = 12;

    private Method() {}

    /** In a word or two for people. */
    static String name(int method) {
        return switch (method) {
            case RAW -> "raw";
            case SAME -> "same";
            case REPEAT -> "repeat";
            case BYTES -> "bytes";
            case BYTE_DIFFERENCES -> "byte differences";
            case PLANES -> "planes";
            case RESIDUAL_TOKENS -> "residual tokens";
            case PALETTE -> "palette";
            case QUANTIZED -> "quantized";
            case QUANTIZED_ROWS -> "quantized rows";
            case REFERENCE -> "matches";
            case MIXED -> "mixed";
            case MODELED_MATCHES -> "modeled matches";
            default -> "method " + method;
        };
    }

    static boolean isQuantized(int method) {
        return method == QUANTIZED || method == QUANTIZED_ROWS;
    }

    /** Whether a payload can be decoded only with the prediction it was made with. */
    static boolean needsPrediction(byte[] payload) {
        return needsPrediction(payload[0] == MIXED ? MixedPayload.restMethod(payload) : payload[0]);
    }

    private static boolean needsPrediction(int method) {
        return switch (method) {
            case SAME, BYTE_DIFFERENCES, RESIDUAL_TOKENS, REFERENCE, QUANTIZED, QUANTIZED_ROWS, MODELED_MATCHES -> true;
            default -> false;
        };
    }
}
