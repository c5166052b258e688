import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Trains and transforms small networks on scanned digits: an example of commands that mgit runs, records and replays.
 * README.md beside this file says how to call it.
 */
public final class Digits {
    private static final int PIXELS = 64;
    private static final int CLASSES = 10;
    private static final int BATCH = 32;

    private final Map<String, List<String>> options;

    private Digits(Map<String, List<String>> options) {
        this.options = options;
    }

    public static void main(String[] args) throws IOException {
        try {
            if (args.length == 0) {
                throw new Refusal("say what to do: train, finetune, distil, prune, quantise, merge or evaluate");
            }
            new Digits(options(args)).run(args[0]);
        } catch (Refusal e) {
            System.err.println("error: " + e.getMessage());
            System.exit(2);
        }
    }

    private void run(String command) throws IOException {
        switch (command) {
            case "train" -> train();
            case "finetune" -> fineTune();
            case "distil" -> distil();
            case "prune" -> prune();
            case "quantise" -> quantise();
            case "merge" -> merge();
            case "evaluate" -> evaluate();
            default -> throw new Refusal("there is no command " + command);
        }
    }

    private void train() throws IOException {
        Network network = Network.random(integer("hidden", 64), random("init"));
        network.learn(images("plain"), null, integer("epochs", 30), real("rate", 2e-3), random("order"));
        save(network.tensors());
    }

    private void fineTune() throws IOException {
        Network network = Network.of(Weights.load(parent(1)));
        network.learn(images(text("on", "shifted")), null, integer("epochs", 5), real("rate", 3e-4), random("order"));
        save(network.tensors());
    }

    /** The student learns the teacher's probabilities rather than the labels (Hinton, Vinyals, Dean 2015). */
    private void distil() throws IOException {
        Network teacher = Network.of(Weights.load(parent(1)));
        Network student = Network.random(integer("hidden", 16), random("init"));
        student.learn(images("plain"), teacher, integer("epochs", 60), real("rate", 3e-3), random("order"));
        save(student.tensors());
    }

    /** Sets the smallest weights of each matrix to zero. */
    private void prune() throws IOException {
        Map<String, Tensor> tensors = Weights.load(parent(1));
        for (Tensor tensor : tensors.values()) {
            if (tensor.shape.length == 2) {
                float[] sizes = new float[tensor.values.length];
                for (int i = 0; i < sizes.length; i++) {
                    sizes[i] = Math.abs(tensor.values[i]);
                }
                Arrays.sort(sizes);
                float least = sizes[(int) (real("share", 0.5) * (sizes.length - 1))];
                for (int i = 0; i < sizes.length; i++) {
                    tensor.values[i] = Math.abs(tensor.values[i]) < least ? 0 : tensor.values[i];
                }
            }
        }
        save(tensors);
    }

    /** Matrices as int8: each row is divided by its largest magnitude / 127, which is kept as NAME_scale. */
    private void quantise() throws IOException {
        Map<String, Tensor> quantised = new LinkedHashMap<>();
        Weights.load(parent(1)).forEach((name, tensor) -> {
            if (tensor.shape.length != 2) {
                quantised.put(name, tensor);
                return;
            }
            int columns = tensor.shape[1];
            Tensor values = new Tensor("I8", tensor.shape);
            Tensor scales = new Tensor("F32", tensor.shape[0], 1);
            for (int i = 0; i < tensor.values.length; i++) {
                scales.values[i / columns] = Math.max(scales.values[i / columns], Math.abs(tensor.values[i]) / 127);
            }
            for (int i = 0; i < tensor.values.length; i++) {
                float scale = scales.values[i / columns];
                values.values[i] = scale == 0 ? 0 : (float) Math.rint(tensor.values[i] / scale);
            }
            quantised.put(name, values);
            quantised.put(name + "_scale", scales);
        });
        save(quantised);
    }

    /** The average of all parents. */
    private void merge() throws IOException {
        int parents = parents();
        Map<String, Tensor> merged = Weights.load(parent(1));
        for (int p = 2; p <= parents; p++) {
            Map<String, Tensor> other = Weights.load(parent(p));
            for (Map.Entry<String, Tensor> entry : merged.entrySet()) {
                Tensor theirs = other.get(entry.getKey());
                if (theirs == null || !Arrays.equals(theirs.shape, entry.getValue().shape)) {
                    throw new Refusal("parents 1 and " + p + " do not match at " + entry.getKey());
                }
                for (int i = 0; i < theirs.values.length; i++) {
                    entry.getValue().values[i] += theirs.values[i];
                }
            }
        }
        for (Tensor tensor : merged.values()) {
            for (int i = 0; i < tensor.values.length; i++) {
                tensor.values[i] /= parents;
            }
        }
        save(merged);
    }

    private void evaluate() throws IOException {
        Network network = Network.of(Weights.load(Path.of(text("model", environment("MGIT_MODEL")))));
        int right = 0;
        int count = 0;
        double loss = 0;
        for (Image image : Image.read(data(), true, text("on", "plain"), random("images"))) {
            float[] probabilities = network.probabilities(image.pixels);
            int best = 0;
            for (int i = 1; i < CLASSES; i++) {
                best = probabilities[i] > probabilities[best] ? i : best;
            }
            right += best == image.digit ? 1 : 0;
            loss -= StrictMath.log(Math.max(probabilities[image.digit], 1e-12));
            count++;
        }
        String metrics = String.format(
                Locale.ROOT, "{\"accuracy\": %.6f, \"loss\": %.6f}%n", (double) right / count, loss / count);
        String file = text("metrics", environment("MGIT_METRICS"));
        if (file.isEmpty()) {
            System.out.print(metrics);
        } else {
            Files.writeString(Path.of(file), metrics);
        }
    }

    private void save(Map<String, Tensor> tensors) throws IOException {
        Path folder = Path.of(text("out", environment("MGIT_OUTPUT")));
        if (folder.toString().isEmpty()) {
            throw new Refusal("say where to write: --out DIR or MGIT_OUTPUT");
        }
        Files.createDirectories(folder);
        Weights.write(folder.resolve("model.safetensors"), tensors);
        int hidden = tensors.get("hidden.weight").shape[0];
        Files.writeString(
                folder.resolve("config.json"),
                "{\n  \"model_type\": \"digits-mlp\",\n  \"layers\": [" + PIXELS + ", " + hidden + ", " + CLASSES
                        + "]\n}\n");
    }

    private List<Image> images(String change) throws IOException {
        return Image.read(data(), false, change, random("images"));
    }

    /** The data set: as told, or the file beside this one, wherever the program was started. */
    private Path data() {
        for (String place : List.of(text("data", ""), "digits.csv.gz", "examples/digits/digits.csv.gz")) {
            if (!place.isEmpty() && Files.isRegularFile(Path.of(place))) {
                return Path.of(place);
            }
        }
        throw new Refusal("the data set is not here; say --data FILE");
    }

    private int parents() {
        List<String> told = options.getOrDefault("parent", List.of());
        String count = environment("MGIT_PARENTS");
        return !told.isEmpty() ? told.size() : count.isEmpty() ? 0 : Integer.parseInt(count);
    }

    private Path parent(int number) {
        List<String> told = options.getOrDefault("parent", List.of());
        String folder = number <= told.size() ? told.get(number - 1) : environment("MGIT_PARENT_" + number);
        if (folder.isEmpty()) {
            throw new Refusal("this needs a parent: --parent DIR or MGIT_PARENT_" + number);
        }
        return Path.of(folder);
    }

    /** Random numbers for one purpose, so that no purpose disturbs another. */
    private SplittableRandom random(String purpose) {
        return new SplittableRandom(31L * integer("seed", 1) + purpose.hashCode());
    }

    private String text(String name, String otherwise) {
        List<String> told = options.getOrDefault(name, List.of());
        return told.isEmpty() ? otherwise : told.get(told.size() - 1);
    }

    private int integer(String name, int otherwise) {
        return (int) real(name, otherwise);
    }

    private double real(String name, double otherwise) {
        String value = text(name, "");
        try {
            return value.isEmpty() ? otherwise : Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new Refusal("--" + name + " takes a number, not " + value);
        }
    }

    private static String environment(String name) {
        return System.getenv().getOrDefault(name, "");
    }

    private static Map<String, List<String>> options(String[] args) {
        Map<String, List<String>> options = new LinkedHashMap<>();
        for (int i = 1; i < args.length; i += 2) {
            if (!args[i].startsWith("--") || i + 1 == args.length) {
                throw new Refusal("options are --name value, not " + args[i]);
            }
            options.computeIfAbsent(args[i].substring(2), name -> new ArrayList<>()).add(args[i + 1]);
        }
        return options;
    }

    /** Something the user can put right. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refusal(String message) {
            super(message);
        }
    }

    /** An image of 8 by 8 pixels, 0 to 1, and the digit it shows. */
    private record Image(float[] pixels, int digit) {
        private static final int SIDE = 8;

        static List<Image> read(Path file, boolean evaluation, String change, SplittableRandom random)
                throws IOException {
            List<Image> images = new ArrayList<>();
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                    new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
                int number = 0;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if ((number++ % 5 == 0) == evaluation) {
                        images.add(parse(line).changed(change, random));
                    }
                }
            }
            return images;
        }

        private static Image parse(String line) {
            String[] cells = line.split(",", -1);
            float[] pixels = new float[PIXELS];
            for (int i = 0; i < PIXELS; i++) {
                pixels[i] = Float.parseFloat(cells[i]) / 16;
            }
            return new Image(pixels, (int) Float.parseFloat(cells[PIXELS]));
        }

        private Image changed(String change, SplittableRandom random) {
            float[] to = new float[PIXELS];
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    to[y * SIDE + x] = switch (change) {
                        case "plain" -> at(x, y);
                        case "shifted" -> at(x - 1, y);
                        case "noisy" -> (float) (at(x, y) + 0.25 * (random.nextDouble() - 0.5));
                        case "rotated" -> turned(x, y);
                        default -> throw new Refusal("--on takes plain, shifted, noisy or rotated, not " + change);
                    };
                }
            }
            return new Image(to, digit);
        }

        private float at(int x, int y) {
            return x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : pixels[y * SIDE + x];
        }

        /** The pixel that 15 degrees of rotation about the middle bring here: cosine 0.966, sine 0.259. */
        private float turned(int x, int y) {
            double dx = x - 3.5;
            double dy = y - 3.5;
            return at((int) Math.rint(0.966 * dx + 0.259 * dy + 3.5), (int) Math.rint(0.966 * dy - 0.259 * dx + 3.5));
        }
    }

    /** One hidden layer of rectified units, trained by Adam (Kingma, Ba 2015) on cross-entropy. */
    private static final class Network {
        private static final double BETA1 = 0.9;
        private static final double BETA2 = 0.999;

        private final int hidden;
        /** Hidden weights [hidden, 64] and biases, output weights [10, hidden] and biases, one after the other. */
        private final float[][] parameters;

        private Network(int hidden, float[]... parameters) {
            this.hidden = hidden;
            this.parameters = parameters;
        }

        static Network random(int hidden, SplittableRandom random) {
            return new Network(
                    hidden,
                    uniform(hidden * PIXELS, StrictMath.sqrt(6.0 / PIXELS), random),
                    new float[hidden],
                    uniform(CLASSES * hidden, StrictMath.sqrt(6.0 / hidden), random),
                    new float[CLASSES]);
        }

        private static float[] uniform(int count, double limit, SplittableRandom random) {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = (float) (limit * (2 * random.nextDouble() - 1));
            }
            return values;
        }

        static Network of(Map<String, Tensor> tensors) {
            float[][] parameters = new float[4][];
            int i = 0;
            for (String name : List.of("hidden.weight", "hidden.bias", "output.weight", "output.bias")) {
                if (!tensors.containsKey(name)) {
                    throw new Refusal("the model has no tensor " + name);
                }
                parameters[i++] = tensors.get(name).scaledBy(tensors.get(name + "_scale"));
            }
            return new Network(parameters[1].length, parameters);
        }

        Map<String, Tensor> tensors() {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("hidden.bias", new Tensor("F32", new int[] {hidden}, parameters[1]));
            tensors.put("hidden.weight", new Tensor("F32", new int[] {hidden, PIXELS}, parameters[0]));
            tensors.put("output.bias", new Tensor("F32", new int[] {CLASSES}, parameters[3]));
            tensors.put("output.weight", new Tensor("F32", new int[] {CLASSES, hidden}, parameters[2]));
            return tensors;
        }

        float[] probabilities(float[] pixels) {
            return outputLayer(hiddenLayer(pixels));
        }

        private float[] hiddenLayer(float[] pixels) {
            float[] layer = new float[hidden];
            for (int h = 0; h < hidden; h++) {
                float sum = parameters[1][h];
                for (int i = 0; i < PIXELS; i++) {
                    sum += parameters[0][h * PIXELS + i] * pixels[i];
                }
                layer[h] = Math.max(0, sum);
            }
            return layer;
        }

        private float[] outputLayer(float[] layer) {
            float[] values = new float[CLASSES];
            float largest = Float.NEGATIVE_INFINITY;
            for (int c = 0; c < CLASSES; c++) {
                values[c] = parameters[3][c];
                for (int h = 0; h < hidden; h++) {
                    values[c] += parameters[2][c * hidden + h] * layer[h];
                }
                largest = Math.max(largest, values[c]);
            }
            float sum = 0;
            for (int c = 0; c < CLASSES; c++) {
                values[c] = (float) StrictMath.exp(values[c] - largest);
                sum += values[c];
            }
            for (int c = 0; c < CLASSES; c++) {
                values[c] /= sum;
            }
            return values;
        }

        /** Trains on the images' digits or, given a teacher, on what the teacher says of them. */
        void learn(List<Image> images, Network teacher, int epochs, double rate, SplittableRandom random) {
            Image[] order = images.toArray(new Image[0]);
            float[][] first = like(parameters);
            float[][] second = like(parameters);
            int step = 0;
            for (int epoch = 0; epoch < epochs; epoch++) {
                for (int i = order.length - 1; i > 0; i--) {
                    int j = random.nextInt(i + 1);
                    Image swapped = order[i];
                    order[i] = order[j];
                    order[j] = swapped;
                }
                for (int from = 0; from < order.length; from += BATCH) {
                    int to = Math.min(order.length, from + BATCH);
                    float[][] gradients = like(parameters);
                    for (int i = from; i < to; i++) {
                        addGradients(order[i], teacher, gradients);
                    }
                    step(++step, rate, to - from, gradients, first, second);
                }
            }
        }

        private void addGradients(Image image, Network teacher, float[][] gradients) {
            float[] layer = hiddenLayer(image.pixels);
            float[] errors = outputLayer(layer);
            float[] target = new float[CLASSES];
            target[image.digit] = 1;
            if (teacher != null) {
                target = teacher.probabilities(image.pixels);
            }
            float[] back = new float[hidden];
            for (int c = 0; c < CLASSES; c++) {
                float error = errors[c] - target[c];
                gradients[3][c] += error;
                for (int h = 0; h < hidden; h++) {
                    gradients[2][c * hidden + h] += error * layer[h];
                    back[h] += error * parameters[2][c * hidden + h];
                }
            }
            for (int h = 0; h < hidden; h++) {
                if (layer[h] > 0) {
                    gradients[1][h] += back[h];
                    for (int i = 0; i < PIXELS; i++) {
                        gradients[0][h * PIXELS + i] += back[h] * image.pixels[i];
                    }
                }
            }
        }

        private void step(int step, double rate, int count, float[][] gradients, float[][] first, float[][] second) {
            double scale = rate
                    * StrictMath.sqrt(1 - StrictMath.pow(BETA2, step))
                    / (1 - StrictMath.pow(BETA1, step));
            for (int p = 0; p < parameters.length; p++) {
                for (int i = 0; i < parameters[p].length; i++) {
                    double gradient = gradients[p][i] / count;
                    first[p][i] = (float) (BETA1 * first[p][i] + (1 - BETA1) * gradient);
                    second[p][i] = (float) (BETA2 * second[p][i] + (1 - BETA2) * gradient * gradient);
                    parameters[p][i] -= (float) (scale * first[p][i] / (Math.sqrt(second[p][i]) + 1e-8));
                }
            }
        }

        private static float[][] like(float[][] shapes) {
            float[][] zeros = new float[shapes.length][];
            Arrays.setAll(zeros, i -> new float[shapes[i].length]);
            return zeros;
        }
    }

    /** Values of a tensor of dtype F32 or I8, row by row. */
    private static final class Tensor {
        final String dtype;
        final int[] shape;
        final float[] values;

        Tensor(String dtype, int... shape) {
            this(dtype, shape, new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)]);
        }

        Tensor(String dtype, int[] shape, float[] values) {
            this.dtype = dtype;
            this.shape = shape;
            this.values = values;
        }

        int bytes() {
            return values.length * (dtype.equals("F32") ? 4 : 1);
        }

        float[] scaledBy(Tensor scales) {
            float[] scaled = values.clone();
            for (int i = 0; scales != null && i < scaled.length; i++) {
                scaled[i] *= scales.values[i / shape[1]];
            }
            return scaled;
        }
    }

    /** The safetensors format: eight bytes of header length, a JSON header, the tensors' bytes. */
    private static final class Weights {
        private static final Pattern ENTRY = Pattern.compile("\"([^\"]+)\":\\{\"dtype\":\"(F32|I8)\","
                + "\"shape\":\\[([0-9,]*)\\],\"data_offsets\":\\[(\\d+),(\\d+)\\]\\}");

        static void write(Path file, Map<String, Tensor> tensors) throws IOException {
            List<Map.Entry<String, Tensor>> order = new ArrayList<>(tensors.entrySet());
            // The widest dtype first keeps every tensor aligned.
            order.sort(Comparator.comparing((Map.Entry<String, Tensor> entry) -> entry.getValue().dtype)
                    .thenComparing(Map.Entry::getKey));
            StringBuilder header = new StringBuilder("{");
            int offset = 0;
            for (Map.Entry<String, Tensor> entry : order) {
                Tensor tensor = entry.getValue();
                header.append(header.length() > 1 ? "," : "")
                        .append('"').append(entry.getKey()).append("\":{\"dtype\":\"").append(tensor.dtype)
                        .append("\",\"shape\":").append(Arrays.toString(tensor.shape).replace(" ", ""))
                        .append(",\"data_offsets\":[").append(offset).append(',');
                offset += tensor.bytes();
                header.append(offset).append("]}");
            }
            header.append('}');
            while (header.length() % 8 != 0) {
                header.append(' ');
            }
            ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + offset).order(ByteOrder.LITTLE_ENDIAN);
            bytes.putLong(header.length()).put(header.toString().getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, Tensor> entry : order) {
                for (float value : entry.getValue().values) {
                    if (entry.getValue().dtype.equals("F32")) {
                        bytes.putFloat(value);
                    } else {
                        bytes.put((byte) value);
                    }
                }
            }
            Files.write(file, bytes.array());
        }

        static Map<String, Tensor> load(Path folder) throws IOException {
            Path file = folder.resolve("model.safetensors");
            if (!Files.isRegularFile(file)) {
                throw new Refusal(file + " does not exist");
            }
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            long length = bytes.remaining() < 8 ? -1 : bytes.getLong();
            if (length < 0 || length > bytes.remaining()) {
                throw new Refusal(file + " is not a safetensors file");
            }
            int start = 8 + (int) length;
            String header = new String(bytes.array(), 8, (int) length, StandardCharsets.UTF_8).replace(" ", "");
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (Matcher entry = ENTRY.matcher(header); entry.find(); ) {
                int[] shape = Arrays.stream(entry.group(3).split(","))
                        .filter(size -> !size.isEmpty())
                        .mapToInt(Integer::parseInt)
                        .toArray();
                Tensor tensor = new Tensor(entry.group(2), shape);
                long from = start + Long.parseLong(entry.group(4));
                if (start + Long.parseLong(entry.group(5)) > bytes.capacity()
                        || tensor.bytes() != Long.parseLong(entry.group(5)) - Long.parseLong(entry.group(4))) {
                    throw new Refusal(file + " is cut off or damaged at " + entry.group(1));
                }
                bytes.position((int) from);
                for (int i = 0; i < tensor.values.length; i++) {
                    tensor.values[i] = tensor.dtype.equals("F32") ? bytes.getFloat() : bytes.get();
                }
                tensors.put(entry.group(1), tensor);
            }
            return tensors;
        }
    }
}
