package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.frame.Frame;
import java.util.List;
import java.util.Optional;

/**
 * Predictors one after the other: a transpose, then a cast. The first reads the sources, each further one what the one
 * before it predicted.
 *
 * <p>Parameters: {@code stages:u8 (predictor:varint dtype:u8 length:varint parameterLength:varint parameters){stages}},
 * where dtype and length are those of the stage's prediction. The last stage's are the block's.
 */
public final class ChainPredictor implements Predictor {
    private static final int MAX_STAGES = 4;

    /** One step. */
    @SuppressWarnings("ArrayRecordComponent") // a short opaque parameter block, never compared
    public record Stage(Predictor predictor, Dtype dtype, int length, byte[] parameters) {}

    public static byte[] parameters(Stage... stages) {
        FieldWriter out = new FieldWriter().u8(stages.length);
        for (Stage stage : stages) {
            out.varint(stage.predictor().code()).u8(stage.dtype().code()).varint(stage.length());
            out.varint(stage.parameters().length).bytes(stage.parameters());
        }
        return out.toBytes();
    }

    @Override
    public int code() {
        return 12 * 16 + 1;
    }

    @Override
    public String name() {
        return "pipe";
    }

    @Override
    public Optional<Pieces> pieces(byte[] parameters, int length, long source) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        stages(in);
        Stage first = stage(in);
        return first.predictor().pieces(first.parameters(), first.length(), source);
    }

    @Override
    public void predictFromPieces(byte[] pieces, byte[] parameters, Dtype dtype, byte[] target, int length) {
        predict(List.of(pieces), true, parameters, dtype, target, length);
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        predict(inputs, false, parameters, dtype, target, length);
    }

    private void predict(
            List<byte[]> inputs, boolean inPieces, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        int stages = stages(in);
        long readable = length;
        for (byte[] input : inputs) {
            readable += input.length;
        }
        List<byte[]> current = inputs;
        for (int i = 1; i <= stages; i++) {
            Stage stage = stage(in);
            // No stage widens by more than an F8 to F64 cast, and nothing larger is worth the memory.
            in.require(stage.length() <= 8 * readable, "a stage of " + stage.length() + " bytes");
            boolean last = i == stages;
            in.require(
                    !last || (stage.dtype() == dtype && stage.length() == length),
                    "the last stage does not make the block");
            byte[] output = last ? target : new byte[stage.length()];
            if (inPieces && i == 1) {
                stage.predictor()
                        .predictFromPieces(current.get(0), stage.parameters(), stage.dtype(), output, stage.length());
            } else {
                stage.predictor().predict(current, stage.parameters(), stage.dtype(), output, stage.length());
            }
            current = List.of(output);
        }
        in.expectEnd();
    }

    private static int stages(FieldReader in) {
        int stages = in.u8();
        in.require(stages >= 1 && stages <= MAX_STAGES, stages + " stages");
        return stages;
    }

    private Stage stage(FieldReader in) {
        Predictor predictor = Predictors.byCode(in.varint(Integer.MAX_VALUE, "a predictor"));
        in.require(!(predictor instanceof ChainPredictor), "a pipe within a pipe");
        Dtype between = PredictorParameters.dtype(this, in.u8());
        int size = in.varint(Frame.MAX_SOURCE_BYTES, "the length of a stage");
        byte[] own = in.bytes(in.varint(Frame.MAX_PARAMETERS, "the parameter length of a stage"));
        return new Stage(predictor, between, size, own);
    }
}
