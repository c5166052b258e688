package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import java.util.ArrayList;
import java.util.List;

/** Takes the blocks of a file that {@link FileWriter} cuts up. Called from several threads. */
public interface BlockSink {
    /**
     * Takes one block.
     *
     * @param raw holds its bytes from index 0; used again after the call
     * @param predictions how the tensor it belongs to may be predicted
     * @param offset where in that tensor it starts
     * @return its id
     */
    BlockId block(byte[] raw, int length, Dtype dtype, TensorPredictions predictions, long offset);

    /**
     * Takes consecutive chunks of bytes nothing is known about.
     *
     * @param raw holds all of them, one after the other
     * @param lengths of each
     * @return their ids
     */
    List<BlockId> chunks(byte[] raw, List<Integer> lengths, OpaquePredictions predictions);

    /** Takes the list of blocks of one range, all of which were taken before. */
    void object(StoredObject object);

    /** A sink that stores nothing: what a file's objects would be called. */
    static BlockSink hashing() {
        return new BlockSink() {
            @Override
            public BlockId block(byte[] raw, int length, Dtype dtype, TensorPredictions predictions, long offset) {
                return BlockId.hash(raw, 0, length);
            }

            @Override
            public List<BlockId> chunks(byte[] raw, List<Integer> lengths, OpaquePredictions predictions) {
                List<BlockId> ids = new ArrayList<>();
                int at = 0;
                for (int length : lengths) {
                    ids.add(BlockId.hash(raw, at, length));
                    at += length;
                }
                return ids;
            }

            @Override
            public void object(StoredObject object) {}
        };
    }
}
