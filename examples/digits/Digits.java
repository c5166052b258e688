package digits;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Trains and transforms small networks on scanned digits: an example of commands that mgit runs, records and replays.
 * README.md beside this file says how to call it.
 */
public final class Digits {
    private final Options options;

    private Digits(Options options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws IOException {
        try {
            if (arguments.length == 0) {
                throw new Refusal(
                        "say what to do: train, finetune, multitask, distil, prune, quantize, merge or evaluate");
            }
            new Digits(new Options(arguments)).run(arguments[0]);
        } catch (Refusal e) {
            System.err.println("error: " + e.getMessage());
            System.exit(2);
        }
    }

    private void run(String command) throws IOException {
        switch (command) {
            case "train" -> train();
            case "finetune" -> fineTune();
            case "multitask" -> multiTask();
            case "distil" -> distil();
            case "prune" -> prune();
            case "quantize" -> quantize();
            case "merge" -> merge();
            case "evaluate" -> evaluate();
            default -> throw new Refusal("there is no command " + command);
        }
    }

    private void train() throws IOException {
        Network network = Network.random(hidden("64"), Task.DIGIT, options.random("init"));
        Lessons lessons = lessons("plain");
        for (int epoch = options.integer("epochs", 30); epoch > 0; epoch--) {
            lessons.epoch().forEach(batch -> network.learn(batch, options.real("rate", 2e-3)));
        }
        save(Model.of(network));
    }

    /** Trains a parent on; a parent that answers another task gets a new output layer first. */
    private void fineTune() throws IOException {
        Network parent = Model.load(options.parent(1)).network();
        Task task = Task.parse(options.text("task", parent.task().word()));
        Network network = task == parent.task() ? parent : parent.forTask(task, options.random("init"));
        if (options.text("zeros", "grow").equals("keep")) {
            network.layers().forEach(Layer::keepZeros);
        }
        Lessons lessons = lessons("shifted");
        for (int epoch = options.integer("epochs", 5); epoch > 0; epoch--) {
            lessons.epoch().forEach(batch -> network.learn(batch, options.real("rate", 3e-4)));
        }
        save(Model.of(network));
    }

    /** Trains one model a task, batch by batch in turn; all share the hidden layers. */
    private void multiTask() throws IOException {
        Network parent = Model.load(options.parent(1)).network();
        List<Network> networks = new ArrayList<>();
        for (String task : options.list("tasks", "even,large")) {
            networks.add(parent.forTask(Task.parse(task), options.random("init of " + task)));
        }
        Lessons lessons = lessons("plain");
        for (int epoch = options.integer("epochs", 5); epoch > 0; epoch--) {
            for (List<Image> batch : lessons.epoch()) {
                networks.forEach(network -> network.learn(batch, options.real("rate", 3e-4)));
            }
        }
        List<String> names = Options.environment("MGIT_MODELS").lines().toList();
        for (int i = 0; i < networks.size(); i++) {
            String name = names.size() == networks.size()
                    ? names.get(i)
                    : networks.get(i).task().word();
            Model.of(networks.get(i)).save(options.output().resolve(name));
        }
    }

    private void distil() throws IOException {
        Network teacher = Model.load(options.parent(1)).network();
        Network student = Network.random(hidden("16"), teacher.task(), options.random("init"));
        Lessons lessons = lessons("plain");
        for (int epoch = options.integer("epochs", 60); epoch > 0; epoch--) {
            lessons.epoch().forEach(batch -> student.imitate(teacher, batch, options.real("rate", 3e-3)));
        }
        save(Model.of(student));
    }

    private void prune() throws IOException {
        Model parent = Model.load(options.parent(1));
        save(new Model(Transforms.prune(parent.tensors(), options.real("share", 0.5)), parent.task()));
    }

    private void quantize() throws IOException {
        Model parent = Model.load(options.parent(1));
        save(new Model(Transforms.quantize(parent.tensors()), parent.task()));
    }

    private void merge() throws IOException {
        List<Map<String, Tensor>> parents = new ArrayList<>();
        for (int number = 1; number <= Math.max(1, options.parents()); number++) {
            parents.add(Model.load(options.parent(number)).tensors());
        }
        save(new Model(Transforms.merge(parents), Model.load(options.parent(1)).task()));
    }

    private void evaluate() throws IOException {
        Path folder = Path.of(options.text("model", Options.environment("MGIT_MODEL")));
        String metrics = Evaluation.of(
                        Model.load(folder).network(),
                        Image.read(options.data(), true),
                        Change.parse(options.list("on", "plain")),
                        options.text("each", "no").equals("yes"),
                        options.random("images"))
                .toJson();
        String file = options.text("metrics", Options.environment("MGIT_METRICS"));
        if (file.isEmpty()) {
            System.out.print(metrics);
        } else {
            Files.writeString(Path.of(file), metrics);
        }
    }

    private List<Integer> hidden(String otherwise) {
        try {
            return options.list("hidden", otherwise).stream()
                    .map(Integer::valueOf)
                    .toList();
        } catch (NumberFormatException e) {
            throw new Refusal("--hidden takes numbers of units, such as 64 or 256,128");
        }
    }

    private Lessons lessons(String changes) throws IOException {
        return new Lessons(
                Lessons.part(Image.read(options.data(), false), options.text("part", "1/1")),
                Change.parse(options.list("on", changes)),
                options.random("lessons"));
    }

    private void save(Model model) throws IOException {
        model.save(options.output());
    }
}
