package dev.mgit.lineage.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.MadeTensor;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.lineage.tensors.CheckpointTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two fine-tunes that changed different layers, their base, and the model with both changes. */
class TakenLayersTest {
    private static final Predicate<String> FIRST = name -> name.contains("layers.0.");
    private static final Predicate<String> LAST = name -> name.contains("layers.3.");
    private static final MadeModel BASE = Families.base("base", 3, new ModelShape(300, 64, 4, Element.F32));
    private static final MadeModel LOW = Families.fineTuned(BASE, "low", 5, 1e-2, FIRST.negate());
    private static final MadeModel HIGH = Families.fineTuned(BASE, "high", 6, 1e-2, LAST.negate());

    @TempDir
    private Path folder;

    private final Map<String, ModelSketch> sketches = new LinkedHashMap<>();
    private final TreeSet<String> settled = new TreeSet<>();

    private void add(String name, MadeModel model) throws IOException {
        Path file = folder.resolve(name + ".safetensors");
        model.writeWeightsTo(file);
        try (CheckpointTensors weights = CheckpointTensors.of(file)) {
            sketches.put(name, Sketcher.of(weights, MetadataClaims.NONE));
        }
    }

    private List<String> parents(String child) {
        List<String> names = List.copyOf(sketches.keySet());
        List<Subject> subjects = names.stream()
                .map(name -> new Subject(name, Optional.empty(), sketches.get(name), settled.contains(name)))
                .toList();
        List<Integer> everyone = IntStream.range(0, names.size()).boxed().toList();
        return LineageInference.of(subjects, Map.of(), i -> everyone)
                .get(names.indexOf(child))
                .map(origin ->
                        origin.parents().stream().map(names::get).sorted().toList())
                .orElse(List.of());
    }

    /** What one changed and what the other did. */
    private static MadeModel both() {
        List<MadeTensor> tensors = new ArrayList<>();
        LOW.tensors().forEach(tensor -> tensors.add(LAST.test(tensor.name()) ? HIGH.tensor(tensor.name()) : tensor));
        return new MadeModel("both", BASE.shape(), tensors, List.of("low", "high"), "merge", 1);
    }

    @Test
    void theirBaseIsNotMadeOfThem() throws IOException {
        add("low", LOW);
        add("high", HIGH);
        add("base", BASE);
        assertThat(parents("base")).isEmpty();
        assertThat(parents("low")).containsExactly("base");
        assertThat(parents("high")).containsExactly("base");
    }

    @Test
    void theModelWithBothChangesIs() throws IOException {
        add("both", both());
        add("high", HIGH);
        add("base", BASE);
        add("low", LOW);
        assertThat(parents("both")).containsExactly("high", "low");
        assertThat(parents("base")).isEmpty();
        assertThat(parents("low")).containsExactly("base");
        assertThat(parents("high")).containsExactly("base");
    }

    @Test
    void andIsFoundOneAfterAnother() throws IOException {
        add("base", BASE);
        add("low", LOW);
        add("high", HIGH);
        add("both", both());
        settled.addAll(List.of("base", "low", "high"));
        assertThat(parents("both")).containsExactly("high", "low");
    }

    @Test
    void andWhereTheBaseIsNotThere() throws IOException {
        add("low", LOW);
        add("high", HIGH);
        settled.addAll(List.of("low", "high"));
        add("both", both());
        assertThat(parents("both")).containsExactly("high", "low");
    }
}
