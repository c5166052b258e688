package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import java.util.Arrays;
import java.util.List;

/**
 * Pieces of tensors put together: query, key and value fused or taken apart, gate and up, tensor- and pipeline-parallel
 * shards against the whole, on any axis. What no piece covers is predicted as zeros.
 *
 * <p>Parameters: {@code pieces:varint (source:varint sourceStride:varint target:varint targetStride:varint bytes:varint
 * count:varint){pieces}}. A piece copies {@code count} runs of {@code bytes} bytes; sources count as one byte string.
 */
public final class SlicesPredictor implements Predictor {
    private static final int MAX_PIECES = 1 << 16;

    /** One strided copy; all figures in bytes but the count. */
    public record Piece(long source, long sourceStride, int target, int targetStride, int bytes, int count) {}

    public static byte[] parameters(List<Piece> pieces) {
        FieldWriter out = new FieldWriter().varint(pieces.size());
        for (Piece p : pieces) {
            out.varint(p.source()).varint(p.sourceStride()).varint(p.target());
            out.varint(p.targetStride()).varint(p.bytes()).varint(p.count());
        }
        return out.toBytes();
    }

    @Override
    public int code() {
        return 5 * 16 + 1;
    }

    @Override
    public String name() {
        return "slice-concat";
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        copy(in, new SourceBytes(inputs), target, length);
        in.expectEnd();
    }

    static void copy(FieldReader in, SourceBytes sources, byte[] target, int length) {
        Arrays.fill(target, 0, length, (byte) 0);
        int pieces = in.varint(MAX_PIECES, "the number of pieces");
        long copied = 0;
        for (int i = 0; i < pieces; i++) {
            long source = in.varint((long) Integer.MAX_VALUE, "a source offset");
            long sourceStride = in.varint((long) Integer.MAX_VALUE, "a source stride");
            long to = in.varint((long) length, "a target offset");
            long targetStride = in.varint((long) Integer.MAX_VALUE, "a target stride");
            int bytes = in.varint(length, "the bytes of a piece");
            int count = in.varint(length, "the runs of a piece");
            if (bytes == 0 || count == 0) {
                continue;
            }
            in.require(targetStride >= bytes || count == 1, "runs of a piece overlap");
            in.require(to + (count - 1) * targetStride + bytes <= length, "a piece ends beyond the block");
            in.require(
                    source + (count - 1) * sourceStride + bytes <= sources.length(), "a piece ends beyond the sources");
            copied += (long) count * bytes;
            in.require(copied <= length, "pieces overlap");
            for (int run = 0; run < count; run++) {
                sources.copy(source + run * sourceStride, target, (int) (to + run * targetStride), bytes);
            }
        }
    }
}
