package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.BlockCoder;
import dev.mgit.delta.codec.Effort;
import dev.mgit.delta.codec.QuantizationStep;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Codes stored blocks anew: other bytes in the store, the same block and id. Safe for use by several threads. */
public final class BlockRecoder implements AutoCloseable {
    private final BlockReader reader;
    private final Effort effort;
    private final CoderPool coders = new CoderPool();

    public BlockRecoder(BlockReader reader, Effort effort) {
        this.reader = reader;
        this.effort = effort;
    }

    /**
     * Codes a block against the prediction its frame names, keeping its payload if a new one is not smaller.
     *
     * @param frame the block's frame
     * @param depth the frame's new depth, at most its old one
     * @return the new frame, decoded and compared with the block's id before it is handed out
     * @throws MgitException of kind INTEGRITY if the stored block is damaged
     */
    public Frame recode(BlockId id, Frame frame, int depth) {
        byte[] raw = reader.read(id);
        byte @Nullable [] predicted = frame.prediction()
                .map(prediction -> reader.predict(prediction, frame.dtype(), raw.length))
                .orElse(null);
        byte[] payload = encode(id, raw, frame, predicted);
        return new Frame(
                frame.dtype(),
                raw.length,
                depth,
                frame.generation(),
                frame.prediction(),
                payload.length < frame.payload().length ? payload : frame.payload());
    }

    /**
     * Codes a block against another prediction than its frame's.
     *
     * @param depth the new frame's depth; at most the old one's
     */
    public Frame rebase(BlockId id, Frame frame, Prediction prediction, int depth) {
        byte[] raw = reader.read(id);
        byte[] predicted = reader.predict(prediction, frame.dtype(), raw.length);
        return new Frame(
                frame.dtype(),
                raw.length,
                depth,
                frame.generation(),
                Optional.of(prediction),
                encode(id, raw, frame, predicted));
    }

    /** Codes a block by itself. */
    public Frame alone(BlockId id, Frame frame) {
        byte[] raw = reader.read(id);
        return Frame.root(frame.dtype(), raw.length, encode(id, raw, frame, null));
    }

    private byte[] encode(BlockId id, byte[] raw, Frame frame, byte @Nullable [] predicted) {
        byte[] payload = new byte[BlockCoder.maxEncodedLength(raw.length)];
        BlockCoder coder = coders.borrow();
        try {
            int length = encode(coder, raw, frame, predicted, payload);
            byte[] back = new byte[raw.length];
            coder.decode(payload, 0, length, frame.dtype(), predicted, back, back.length);
            if (!Arrays.equals(raw, back)) {
                throw new IllegalStateException("block " + id.hex() + ": round trip failed");
            }
            return Arrays.copyOf(payload, length);
        } finally {
            coders.giveBack(coder);
        }
    }

    /** What was coded in steps is so again: nobody else knows the step. */
    private int encode(BlockCoder coder, byte[] raw, Frame frame, byte @Nullable [] predicted, byte[] payload) {
        Optional<QuantizationStep> quantum = coder.quantum(frame.payload());
        return predicted != null && quantum.isPresent()
                ? coder.encode(raw, raw.length, frame.dtype(), predicted, quantum.get(), effort, payload)
                : coder.encode(raw, raw.length, frame.dtype(), predicted, effort, payload);
    }

    @Override
    public void close() {
        coders.close();
    }
}
