package digits;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What the program was told: options of the form {@code --name value} and, behind them, mgit's environment variables. */
final class Options {
    private final Map<String, List<String>> told = new LinkedHashMap<>();

    /** @param arguments the command, which is passed over, and its options */
    Options(String... arguments) {
        for (int i = 1; i < arguments.length; i += 2) {
            if (!arguments[i].startsWith("--") || i + 1 == arguments.length) {
                throw new Refusal("options are --name value, not " + arguments[i]);
            }
            told.computeIfAbsent(arguments[i].substring(2), name -> new ArrayList<>())
                    .add(arguments[i + 1]);
        }
    }

    String text(String name, String otherwise) {
        List<String> values = told.getOrDefault(name, List.of());
        return values.isEmpty() ? otherwise : values.get(values.size() - 1);
    }

    List<String> list(String name, String otherwise) {
        return Arrays.stream(text(name, otherwise).split(","))
                .filter(part -> !part.isEmpty())
                .toList();
    }

    double real(String name, double otherwise) {
        String value = text(name, "");
        try {
            return value.isEmpty() ? otherwise : Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new Refusal("--" + name + " takes a number, not " + value);
        }
    }

    int integer(String name, int otherwise) {
        return (int) real(name, otherwise);
    }

    /** Random numbers for one purpose, so that no purpose disturbs another. */
    SplittableRandom random(String purpose) {
        String seed = environment("MGIT_SEED");
        return new SplittableRandom(
                31L * integer("seed", seed.isEmpty() ? 1 : Integer.parseInt(seed)) + purpose.hashCode());
    }

    /** The data set: as told, or the file beside the program, wherever that was started. */
    Path data() {
        List<String> places = List.of(
                text("data", environment("MGIT_INPUT_DATA")),
                "digits.csv.gz",
                "digits/digits.csv.gz",
                "examples/digits/digits.csv.gz");
        for (String place : places) {
            if (!place.isEmpty() && Files.isRegularFile(Path.of(place))) {
                return Path.of(place);
            }
        }
        throw new Refusal("the data set is not here; say --data FILE");
    }

    int parents() {
        String count = environment("MGIT_PARENTS");
        return told.containsKey("parent") ? told.get("parent").size() : count.isEmpty() ? 0 : Integer.parseInt(count);
    }

    /** Folder of a parent; the first has number 1. */
    Path parent(int number) {
        List<String> parents = told.getOrDefault("parent", List.of());
        String folder = number <= parents.size() ? parents.get(number - 1) : environment("MGIT_PARENT_" + number);
        if (folder.isEmpty()) {
            throw new Refusal("this needs a parent: --parent DIR or MGIT_PARENT_" + number);
        }
        return Path.of(folder);
    }

    Path output() {
        String folder = text("out", environment("MGIT_OUTPUT"));
        if (folder.isEmpty()) {
            throw new Refusal("say where to write: --out DIR or MGIT_OUTPUT");
        }
        return Path.of(folder);
    }

    static String environment(String name) {
        return System.getenv().getOrDefault(name, "");
    }
}
