package dev.mgit.lineage.architecture;

/**
 * What one block of a model is made of: a part that mixes tokens, and a feed-forward part. A layer of a hybrid has one of
 * the two.
 */
public record BlockShape(Mixer mixer, FeedForward feedForward) {
    /** What mixes tokens. */
    public enum MixerKind {
        NONE,
        /** A matrix in place of attention. */
        LINEAR,
        ATTENTION,
        MAMBA,
        /** Attention whose cost is linear in the length: a gated delta net and its like. */
        LINEAR_ATTENTION
    }

    /**
     * A part that mixes tokens.
     *
     * @param heads of queries; 0 if not known
     * @param groups heads of keys and values; 0 if not known
     * @param window tokens that are seen; 0 for all
     */
    public record Mixer(MixerKind kind, long heads, long groups, long window) {
        public static final Mixer NONE = new Mixer(MixerKind.NONE, 0, 0, 0);
        static final Mixer LINEAR = new Mixer(MixerKind.LINEAR, 0, 0, 0);
        static final Mixer MAMBA = new Mixer(MixerKind.MAMBA, 0, 0, 0);
        static final Mixer LINEAR_ATTENTION = new Mixer(MixerKind.LINEAR_ATTENTION, 0, 0, 0);

        static Mixer attention(long heads, long groups, long window) {
            return new Mixer(MixerKind.ATTENTION, heads, groups, window);
        }

        /** {@code GQA-8} for eight heads of keys and values, {@code MHA-32} where each query head has its own. */
        public String words() {
            return switch (kind) {
                case NONE -> "none";
                case LINEAR -> "linear";
                case MAMBA -> "mamba";
                case LINEAR_ATTENTION -> "linear attention";
                case ATTENTION -> {
                    String name = groups == 0
                            ? "attention"
                            : groups == heads ? "MHA-" + heads : groups == 1 ? "MQA" : "GQA-" + groups;
                    yield window == 0 ? name : name + " of window " + window;
                }
            };
        }
    }

    /**
     * A feed-forward part.
     *
     * @param width of the inner layer, of each expert where there are experts; 0 if there is none or it is not known
     * @param experts 0 if there are none
     * @param linear whether it is one matrix
     */
    public record FeedForward(boolean present, long width, long experts, boolean linear) {
        public static final FeedForward NONE = new FeedForward(false, 0, 0, false);
        static final FeedForward LINEAR = new FeedForward(true, 0, 0, true);

        static FeedForward dense(long width) {
            return new FeedForward(true, width, 0, false);
        }

        static FeedForward experts(long width, long experts) {
            return new FeedForward(true, width, experts, false);
        }

        public String words() {
            if (!present) {
                return "none";
            }
            if (linear) {
                return "linear";
            }
            String inner = width == 0 ? "unknown width" : Long.toString(width);
            return experts == 0 ? inner : experts + " experts of " + inner;
        }
    }

    /** Both parts in words: {@code attention GQA-8; FFN 28672}. */
    public String words() {
        return "attention " + mixer.words() + "; FFN " + feedForward.words();
    }
}
