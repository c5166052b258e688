package digits;

import java.util.SplittableRandom;

/**
 * Weights, their gradients and Adam's moments (Kingma, Ba 2015) of one layer. Weights are held input by input, so that
 * the inner loops run over neighbouring floats and inputs of zero cost nothing: half of all pixels, and what a
 * rectified layer gives, are zero.
 */
final class Layer {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;

    final int inputs;
    final int outputs;
    /** Weights [inputs, outputs], then biases [outputs]. */
    final float[] parameters;

    private final float[] gradients;
    private final float[] first;
    private final float[] second;
    private final boolean[] frozen;
    private int steps;

    Layer(int inputs, int outputs, float[] parameters) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.parameters = parameters;
        this.gradients = new float[parameters.length];
        this.first = new float[parameters.length];
        this.second = new float[parameters.length];
        this.frozen = new boolean[parameters.length];
    }

    /** Uniform weights for rectified units (He et al. 2015), no bias. */
    static Layer random(int inputs, int outputs, SplittableRandom random) {
        float[] parameters = new float[(inputs + 1) * outputs];
        double limit = StrictMath.sqrt(6.0 / inputs);
        for (int i = 0; i < inputs * outputs; i++) {
            parameters[i] = (float) (limit * (2 * random.nextDouble() - 1));
        }
        return new Layer(inputs, outputs, parameters);
    }

    /** Weights that are zero now stay so: a pruned layer is trained without growing back. */
    void keepZeros() {
        for (int i = 0; i < inputs * outputs; i++) {
            frozen[i] = parameters[i] == 0;
        }
    }

    float[] forward(float[] in) {
        float[] out = new float[outputs];
        System.arraycopy(parameters, inputs * outputs, out, 0, outputs);
        for (int i = 0; i < inputs; i++) {
            float value = in[i];
            for (int o = 0, at = i * outputs; value != 0 && o < outputs; o++) {
                out[o] += value * parameters[at + o];
            }
        }
        return out;
    }

    /** Adds to the gradients, given those of what the layer gave; returns those of its input. */
    float[] backward(float[] in, float[] errors) {
        float[] back = new float[inputs];
        for (int i = 0; i < inputs; i++) {
            float value = in[i];
            if (value != 0) {
                int at = i * outputs;
                float sum = 0;
                for (int o = 0; o < outputs; o++) {
                    gradients[at + o] += value * errors[o];
                }
                for (int o = 0; o < outputs; o++) {
                    sum += parameters[at + o] * errors[o];
                }
                back[i] = sum;
            }
        }
        for (int o = 0; o < outputs; o++) {
            gradients[inputs * outputs + o] += errors[o];
        }
        return back;
    }

    /** One step of Adam along the mean gradient of {@code count} images, which is then forgotten. */
    void step(double rate, int count) {
        steps++;
        double scale = rate * StrictMath.sqrt(1 - StrictMath.pow(BETA2, steps)) / (1 - StrictMath.pow(BETA1, steps));
        for (int i = 0; i < parameters.length; i++) {
            double gradient = gradients[i] / count;
            first[i] = (float) (BETA1 * first[i] + (1 - BETA1) * gradient);
            second[i] = (float) (BETA2 * second[i] + (1 - BETA2) * gradient * gradient);
            if (!frozen[i]) {
                parameters[i] -= (float) (scale * first[i] / (Math.sqrt(second[i]) + 1e-8));
            }
            gradients[i] = 0;
        }
    }
}
