package digits;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Models made from models without training. */
final class Transforms {
    private Transforms() {}

    /** Sets the smallest weights of each matrix to zero. @param share of each matrix, 0 to 1 */
    static Map<String, Tensor> prune(Map<String, Tensor> model, double share) {
        for (Tensor tensor : model.values()) {
            if (tensor.shape().length == 2) {
                float[] values = tensor.values();
                float[] sizes = new float[values.length];
                for (int i = 0; i < sizes.length; i++) {
                    sizes[i] = Math.abs(values[i]);
                }
                Arrays.sort(sizes);
                float least = sizes[(int) (share * (sizes.length - 1))];
                for (int i = 0; i < values.length; i++) {
                    values[i] = Math.abs(values[i]) < least ? 0 : values[i];
                }
            }
        }
        return model;
    }

    /** Matrices as int8: each row is divided by its largest magnitude / 127, which is kept as NAME_scale. */
    static Map<String, Tensor> quantize(Map<String, Tensor> model) {
        Map<String, Tensor> quantized = new LinkedHashMap<>();
        model.forEach((name, tensor) -> {
            if (tensor.shape().length != 2) {
                quantized.put(name, tensor);
                return;
            }
            int columns = tensor.shape()[1];
            Tensor small = new Tensor("I8", tensor.shape());
            Tensor scales = new Tensor("F32", tensor.shape()[0], 1);
            for (int i = 0; i < tensor.values().length; i++) {
                float scale = Math.abs(tensor.values()[i]) / 127;
                scales.values()[i / columns] = Math.max(scales.values()[i / columns], scale);
            }
            for (int i = 0; i < tensor.values().length; i++) {
                float scale = scales.values()[i / columns];
                small.values()[i] = scale == 0 ? 0 : (float) Math.rint(tensor.values()[i] / scale);
            }
            quantized.put(name, small);
            quantized.put(name + "_scale", scales);
        });
        return quantized;
    }

    /** The average of models of one shape. */
    static Map<String, Tensor> merge(List<Map<String, Tensor>> models) {
        Map<String, Tensor> merged = models.get(0);
        for (int m = 1; m < models.size(); m++) {
            for (Map.Entry<String, Tensor> entry : merged.entrySet()) {
                Tensor theirs = models.get(m).get(entry.getKey());
                if (theirs == null
                        || !Arrays.equals(theirs.shape(), entry.getValue().shape())) {
                    throw new Refusal("parents 1 and " + (m + 1) + " do not match at " + entry.getKey());
                }
                for (int i = 0; i < theirs.values().length; i++) {
                    entry.getValue().values()[i] += theirs.values()[i];
                }
            }
        }
        for (Tensor tensor : merged.values()) {
            for (int i = 0; i < tensor.values().length; i++) {
                tensor.values()[i] /= models.size();
            }
        }
        return merged;
    }
}
