package digits;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Rectified layers and an output layer that answers a task. Tensors are {@code hidden.0.weight} [units, inputs],
 * {@code hidden.0.bias} [units], ..., {@code output.weight} [classes, units], {@code output.bias} [classes].
 */
record Network(List<Layer> layers, Task task) {
    /** @param hidden units of each hidden layer */
    static Network random(List<Integer> hidden, Task task, SplittableRandom random) {
        List<Layer> layers = new ArrayList<>();
        int inputs = Image.PIXELS;
        for (int units : hidden) {
            layers.add(Layer.random(inputs, units, random));
            inputs = units;
        }
        layers.add(Layer.random(inputs, task.classes(), random));
        return new Network(layers, task);
    }

    static Network of(Map<String, Tensor> tensors, Task task) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; tensors.containsKey("hidden." + i + ".weight"); i++) {
            layers.add(layer(tensors, "hidden." + i));
        }
        layers.add(layer(tensors, "output"));
        for (int i = 0, inputs = Image.PIXELS; i < layers.size(); inputs = layers.get(i++).outputs) {
            if (layers.get(i).inputs != inputs) {
                throw new Refusal("layer " + i + " takes " + layers.get(i).inputs + " inputs and is given " + inputs);
            }
        }
        return new Network(layers, task);
    }

    private static Layer layer(Map<String, Tensor> tensors, String name) {
        Tensor weight = tensors.get(name + ".weight");
        Tensor bias = tensors.get(name + ".bias");
        if (weight == null || bias == null || weight.shape().length != 2 || bias.values().length != weight.shape()[0]) {
            throw new Refusal("the model has no layer " + name);
        }
        int outputs = weight.shape()[0];
        int inputs = weight.shape()[1];
        float[] values = weight.scaledBy(tensors.get(name + ".weight_scale"));
        float[] parameters = new float[(inputs + 1) * outputs];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                parameters[i * outputs + o] = values[o * inputs + i];
            }
        }
        System.arraycopy(bias.values(), 0, parameters, inputs * outputs, outputs);
        return new Layer(inputs, outputs, parameters);
    }

    Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int n = 0; n < layers.size(); n++) {
            String name = n == layers.size() - 1 ? "output" : "hidden." + n;
            Layer layer = layers.get(n);
            Tensor weight = new Tensor("F32", layer.outputs, layer.inputs);
            Tensor bias = new Tensor("F32", layer.outputs);
            for (int o = 0; o < layer.outputs; o++) {
                for (int i = 0; i < layer.inputs; i++) {
                    weight.values()[o * layer.inputs + i] = layer.parameters[i * layer.outputs + o];
                }
                bias.values()[o] = layer.parameters[layer.inputs * layer.outputs + o];
            }
            tensors.put(name + ".weight", weight);
            tensors.put(name + ".bias", bias);
        }
        return tensors;
    }

    /** The same hidden layers, not copies of them, below a new output layer. */
    Network forTask(Task other, SplittableRandom random) {
        List<Layer> shared = new ArrayList<>(layers.subList(0, layers.size() - 1));
        shared.add(Layer.random(layers.get(layers.size() - 1).inputs, other.classes(), random));
        return new Network(shared, other);
    }

    /** How likely each class is. */
    float[] probabilities(Image image) {
        return activations(image).get(layers.size());
    }

    /** What goes into each layer, and last the probabilities. */
    private List<float[]> activations(Image image) {
        List<float[]> activations = new ArrayList<>(List.of(image.pixels()));
        for (int n = 0; n < layers.size(); n++) {
            float[] values = layers.get(n).forward(activations.get(n));
            if (n == layers.size() - 1) {
                softmax(values);
            } else {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Math.max(0, values[i]);
                }
            }
            activations.add(values);
        }
        return activations;
    }

    private static void softmax(float[] values) {
        float largest = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            largest = Math.max(largest, value);
        }
        float sum = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) StrictMath.exp(values[i] - largest);
            sum += values[i];
        }
        for (int i = 0; i < values.length; i++) {
            values[i] /= sum;
        }
    }

    /** One step of training on a batch. */
    void learn(List<Image> batch, double rate) {
        learn(batch, rate, image -> {
            float[] target = new float[task.classes()];
            target[task.answer(image.digit())] = 1;
            return target;
        });
    }

    /** One step towards what a teacher says of the images (Hinton, Vinyals, Dean 2015). */
    void imitate(Network teacher, List<Image> batch, double rate) {
        learn(batch, rate, teacher::probabilities);
    }

    private interface Target {
        float[] of(Image image);
    }

    private void learn(List<Image> batch, double rate, Target target) {
        for (Image image : batch) {
            List<float[]> activations = activations(image);
            float[] wanted = target.of(image);
            float[] errors = activations.get(layers.size());
            for (int c = 0; c < errors.length; c++) {
                errors[c] -= wanted[c];
            }
            for (int n = layers.size() - 1; n >= 0; n--) {
                errors = layers.get(n).backward(activations.get(n), errors);
            }
        }
        layers.forEach(layer -> layer.step(rate, batch.size()));
    }
}
