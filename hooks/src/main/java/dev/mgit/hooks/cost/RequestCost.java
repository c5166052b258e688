package dev.mgit.hooks.cost;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.shapes.ModelShape;
import java.util.Optional;

/**
 * What one request takes, by a model's dimensions alone. With h the hidden size, L the layers, p the tokens of the prompt
 * and o those of the output, n = p + o − 1 tokens pass the model: the last one's successor is not computed.
 *
 * @param weightFlops 2 operations for each element of a matrix that a token passes, times n
 * @param notebookFlops 24·h²·L·n, as the notebook of 2305.02440 has it: four square projections and a feed-forward layer
 *     of width 4h
 * @param fullFlops L·24·n·h²·(1 + n/6h) + 2·n·h·V: with attention over all n tokens and the projection to V words; the
 *     forward pass of 2104.04473, section 5.1
 * @param cacheBytes keys and values of p + o tokens: 2·L·kv·d·(p + o)·2 bytes, in 16 bits
 */
public record RequestCost(
        long weightBytes,
        double weightFlops,
        Optional<Double> notebookFlops,
        Optional<Double> fullFlops,
        Optional<Long> cacheBytes) {
    /** Longer requests are typing errors. */
    public static final long MOST_TOKENS = 100_000_000;

    private static final int CACHE_ELEMENT_BYTES = 2;
    private static final double MOST_BYTES = 1e18;

    /** @throws MgitException of kind USAGE if a count is out of range */
    public static RequestCost of(ModelShape shape, long prompt, long output) {
        requireTokens(prompt, output);
        double passed = (double) prompt + output - (output == 0 ? 0 : 1);
        Optional<Double> square = shape.hidden().map(hidden -> (double) hidden * hidden);
        Optional<Double> notebook = square.flatMap(area -> shape.layers().map(layers -> 24 * area * layers * passed));
        Optional<Double> full = shape.hidden()
                .flatMap(hidden -> shape.layers()
                        .map(layers -> layers * 24 * passed * hidden * hidden * (1 + passed / (6.0 * hidden))
                                + 2 * passed * hidden * shape.vocabulary().orElse(0L)));
        return new RequestCost(
                shape.weightBytes(),
                2.0 * shape.blockParameters() * passed,
                notebook,
                full,
                cache(shape, prompt + output));
    }

    static void requireTokens(long prompt, long output) {
        if (prompt < 1 || output < 0 || prompt > MOST_TOKENS || output > MOST_TOKENS) {
            throw MgitException.usage(
                    "a request has 1 to " + MOST_TOKENS + " tokens of prompt and 0 to " + MOST_TOKENS + " of output");
        }
    }

    /** @throws MgitException if a configuration's dimensions make it more bytes than can be counted */
    private static Optional<Long> cache(ModelShape shape, long tokens) {
        double bytes = 2.0
                * CACHE_ELEMENT_BYTES
                * tokens
                * shape.layers().orElse(0L)
                * shape.kvHeads().orElse(0L)
                * shape.headSize().orElse(0L);
        if (bytes > MOST_BYTES) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "keys and values of " + tokens + " tokens take more than an exabyte by the layers, heads and head "
                            + "size that config.json says",
                    "commit the configuration that belongs to these weights");
        }
        return bytes == 0 ? Optional.empty() : Optional.of((long) bytes);
    }

    public long memory() {
        return weightBytes + cacheBytes.orElse(0L);
    }
}
