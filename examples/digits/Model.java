package digits;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A model's folder: the weights, and what they are for. */
record Model(Map<String, Tensor> tensors, Task task) {
    private static final String WEIGHTS = "model.safetensors";
    private static final String CONFIG = "config.json";
    private static final Pattern TASK = Pattern.compile("\"task\": *\"([a-z]+)\"");

    static Model load(Path folder) throws IOException {
        Path config = folder.resolve(CONFIG);
        Matcher task = TASK.matcher(Files.isRegularFile(config) ? Files.readString(config) : "");
        return new Model(
                Safetensors.read(folder.resolve(WEIGHTS)), task.find() ? Task.parse(task.group(1)) : Task.DIGIT);
    }

    static Model of(Network network) {
        return new Model(network.tensors(), network.task());
    }

    Network network() {
        return Network.of(tensors, task);
    }

    void save(Path folder) throws IOException {
        Files.createDirectories(folder);
        Safetensors.write(folder.resolve(WEIGHTS), tensors);
        StringBuilder layers = new StringBuilder().append(Image.PIXELS);
        for (int i = 0; tensors.containsKey("hidden." + i + ".bias"); i++) {
            layers.append(", ").append(tensors.get("hidden." + i + ".bias").values().length);
        }
        Files.writeString(
                folder.resolve(CONFIG),
                "{\n  \"model_type\": \"digits-mlp\",\n  \"task\": \"" + task.word() + "\",\n  \"layers\": [" + layers
                        + ", " + task.classes() + "]\n}\n");
    }
}
