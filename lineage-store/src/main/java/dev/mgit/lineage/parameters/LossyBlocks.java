package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.codec.BlockCoder;
import dev.mgit.delta.codec.Effort;
import dev.mgit.delta.codec.LossyQuantizer;
import dev.mgit.delta.codec.LossyQuantizer.Reconstruction;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Blocks that stand in for those that were to be stored. One original has one stand-in, so that tensors that share bytes
 * go on sharing them. Safe for use by several threads.
 */
final class LossyBlocks {
    /** A stand-in has to save this share of what the original would take. */
    private static final double WORTHWHILE = 0.9;

    private final CoderPool coders;
    private final Effort effort;
    private final Map<BlockId, BlockId> standIns = new ConcurrentHashMap<>();
    private final Set<BlockId> inexact = ConcurrentHashMap.newKeySet();

    LossyBlocks(CoderPool coders, Effort effort) {
        this.coders = coders;
        this.effort = effort;
    }

    /** A stand-in and its coded form against the prediction it was made from. */
    @SuppressWarnings("ArrayRecordComponent") // handed on at once, never compared
    record StandIn(byte[] raw, byte[] payload) {}

    /** Stores one block and returns the id it has then. */
    @FunctionalInterface
    interface Storing {
        BlockId store();
    }

    /** The id an original's place is taken by; stores it when it is first asked for. */
    BlockId of(BlockId original, Storing storing) {
        return standIns.computeIfAbsent(original, id -> {
            BlockId stored = storing.store();
            if (!stored.equals(id)) {
                inexact.add(stored);
            }
            return stored;
        });
    }

    /** Whether a block stands in for another. */
    boolean isInexact(BlockId id) {
        return inexact.contains(id);
    }

    /**
     * Makes a stand-in.
     *
     * @param predicted what the store will have to start from
     * @return empty if the block is not finite, or nothing worth the loss would be saved
     */
    Optional<StandIn> make(byte[] raw, int length, Dtype dtype, byte[] predicted, LossBound loss) {
        BlockCoder coder = coders.borrow();
        try {
            Optional<Reconstruction> made =
                    new LossyQuantizer(dtype, loss.bound()).reconstruct(raw, length, predicted, loss.columns());
            if (made.isEmpty() || Arrays.equals(made.get().raw(), 0, length, raw, 0, length)) {
                return Optional.empty();
            }
            byte[] payload = new byte[BlockCoder.maxEncodedLength(length)];
            byte[] standIn = made.get().raw();
            int coded =
                    coder.encode(standIn, length, dtype, predicted, made.get().quantum(), effort, payload);
            boolean worthwhile = coded < WORTHWHILE * coder.estimate(raw, length, dtype, predicted);
            return worthwhile ? Optional.of(new StandIn(standIn, Arrays.copyOf(payload, coded))) : Optional.empty();
        } finally {
            coders.giveBack(coder);
        }
    }
}
