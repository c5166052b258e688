package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.frame.FieldReader;
import java.util.List;

/** What the predictors share: reading their parameters and refusing nonsense. */
final class PredictorParameters {
    private PredictorParameters() {}

    /** A reader whose failures name the predictor. */
    static FieldReader reader(Predictor predictor, byte[] parameters) {
        return new FieldReader(parameters, 0, parameters.length, what -> bad(predictor, what));
    }

    static MgitException bad(Predictor predictor, String what) {
        return MgitException.integrity(
                "a stored block cannot be predicted: its " + predictor.name() + " parameters are wrong: " + what);
    }

    static void require(boolean condition, Predictor predictor, String otherwise) {
        if (!condition) {
            throw bad(predictor, otherwise);
        }
    }

    static Dtype dtype(Predictor predictor, int code) {
        return Dtype.byCode(code).orElseThrow(() -> bad(predictor, "dtype " + code + " is not known"));
    }

    static Dtype floatDtype(Predictor predictor, int code) {
        Dtype dtype = dtype(predictor, code);
        require(dtype.isFloat(), predictor, dtype + " is not a float");
        return dtype;
    }

    /** The number of elements of a block of a plain dtype. */
    static int elements(Predictor predictor, Dtype dtype, int length) {
        require(!dtype.isBlockType() && length % dtype.bytes() == 0, predictor, "the block is not whole elements");
        return length / dtype.bytes();
    }

    /** The only input, of exactly the length wanted. */
    static byte[] only(Predictor predictor, List<byte[]> inputs, long length) {
        require(inputs.size() == 1, predictor, inputs.size() + " sources instead of 1");
        return sized(predictor, inputs, 0, length);
    }

    static byte[] sized(Predictor predictor, List<byte[]> inputs, int index, long length) {
        byte[] input = inputs.get(index);
        require(
                input.length == length,
                predictor,
                "source " + index + " has " + input.length + " bytes instead of " + length);
        return input;
    }
}
