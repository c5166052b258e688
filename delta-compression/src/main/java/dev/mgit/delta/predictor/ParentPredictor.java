package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import java.util.List;

/** The same bytes of the parent: fine-tuning, continued training, RL. One source of the block's length. */
public final class ParentPredictor implements Predictor {
    static final int CODE = 1 * 16 + 1;

    @Override
    public int code() {
        return CODE;
    }

    @Override
    public String name() {
        return "parent";
    }

    @Override
    public boolean firstIsLikeTheBlock() {
        return true;
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        PredictorParameters.reader(this, parameters).expectEnd();
        System.arraycopy(PredictorParameters.only(this, inputs, length), 0, target, 0, length);
    }
}
