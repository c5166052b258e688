package dev.mgit.lineage.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.MadeTensor;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.lineage.tensors.CheckpointTensors;
import dev.mgit.lineage.version.EdgeKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies, parts of wholes, and what looks like either and is not. Made models and files of noise. */
class SameWeightsTest {
    private static final MadeModel WHOLE = Families.base("whole", 3, new ModelShape(300, 64, 4, Element.F32));

    @TempDir
    private Path folder;

    private final List<Subject> subjects = new ArrayList<>();

    private void add(String name, Path path) throws IOException {
        try (CheckpointTensors weights = CheckpointTensors.of(path)) {
            subjects.add(new Subject(name, Optional.empty(), Sketcher.of(weights, MetadataClaims.NONE), false));
        }
    }

    private void add(String name, MadeModel model) throws IOException {
        Path file = folder.resolve(name + ".safetensors");
        model.writeWeightsTo(file);
        add(name, file);
    }

    private Optional<Origin> origin(String name) {
        List<Integer> everyone = IntStream.range(0, subjects.size()).boxed().toList();
        return LineageInference.of(subjects, Map.of(), i -> everyone).get(place(name));
    }

    private int place(String name) {
        return IntStream.range(0, subjects.size())
                .filter(i -> subjects.get(i).name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private String parent(String name) {
        return origin(name)
                .map(found -> subjects.get(found.parents().get(0)).name())
                .orElse("none");
    }

    private static MadeModel part(MadeModel model, int tensors) {
        return new MadeModel("part", model.shape(), model.tensors().subList(0, tensors), List.of(), "other", 1);
    }

    @Test
    void aCopyIsACopyOfTheWholeAndAPartHangsOnIt() throws IOException {
        add("part", part(WHOLE, 8));
        add("full", WHOLE);
        add("copy", WHOLE);
        add("tuned", Families.fineTuned(WHOLE, "tuned", 9, 1e-2));
        Origin one = origin("full").or(() -> origin("copy")).orElseThrow();
        assertThat(one.kind()).isEqualTo(EdgeKind.COPY);
        assertThat(one.confidence()).isGreaterThan(0.9);
        assertThat(List.of(parent("full"), parent("copy"))).contains("none");
        assertThat(parent("part")).isIn("full", "copy");
        assertThat(origin("part").orElseThrow().confidence()).isGreaterThan(0.9);
        assertThat(parent("tuned")).isIn("full", "copy");
    }

    @Test
    void halfOfAFineTuneIsNoParentOfIt() throws IOException {
        MadeModel tuned = Families.fineTuned(WHOLE, "tuned", 9, 1e-2);
        add("base", WHOLE);
        add("half", part(tuned, tuned.tensors().size() / 2));
        add("tuned", tuned);
        assertThat(parent("tuned")).isEqualTo("base");
        assertThat(parent("half")).isEqualTo("tuned");
    }

    @Test
    void aModelWithAHeadAddedComesFromTheOneWithout() throws IOException {
        List<MadeTensor> tensors = new ArrayList<>(WHOLE.tensors());
        MadeModel other = Families.base("other", 77, WHOLE.shape());
        MadeTensor head = other.tensors().stream()
                .filter(tensor ->
                        tensor.name().contains("layers.0.") && tensor.name().contains("q_proj"))
                .findFirst()
                .orElseThrow();
        tensors.add(new MadeTensor("score.weight", head.dtype(), head.shape(), head.data()));
        add("headed", new MadeModel("headed", WHOLE.shape(), tensors, List.of(), "other", 1));
        add("bare", WHOLE);
        assertThat(parent("headed")).isEqualTo("bare");
    }

    @Test
    void oneWeightInCommonIsNoKinship() throws IOException {
        MadeModel other = Families.base("other", 77, WHOLE.shape());
        List<MadeTensor> tensors = new ArrayList<>(WHOLE.tensors());
        int largest = IntStream.range(0, tensors.size())
                .reduce((i, j) -> size(tensors, i) >= size(tensors, j) ? i : j)
                .orElseThrow();
        add("one", new MadeModel("one", WHOLE.shape(), tensors.subList(largest, largest + 2), List.of(), "o", 1));
        List<MadeTensor> mixed = new ArrayList<>(other.tensors());
        mixed.set(largest, tensors.get(largest));
        add("two", new MadeModel("two", WHOLE.shape(), mixed, List.of(), "o", 1));
        assertThat(parent("one")).isEqualTo("none");
        assertThat(parent("two")).isEqualTo("none");
    }

    private static long size(List<MadeTensor> tensors, int at) {
        return tensors.get(at).rows() * tensors.get(at).columns();
    }

    @Test
    void copiesUnderOtherNamesAndInOtherTypesAreConverted() throws IOException {
        add("plain", WHOLE);
        add("renamed", Families.renamed(WHOLE, "renamed", name -> "net." + name));
        Origin renamed = origin("plain").or(() -> origin("renamed")).orElseThrow();
        assertThat(renamed.kind()).isEqualTo(EdgeKind.CONVERT);
    }

    @Test
    void anOptimizerBesideTheWeightsMakesNoOtherFormat() throws IOException {
        for (String name : List.of("final", "checkpoint")) {
            Path path = Files.createDirectory(folder.resolve(name));
            WHOLE.writeWeightsTo(path.resolve("model.safetensors"));
            if (name.equals("checkpoint")) {
                Files.write(path.resolve("optimizer.npy"), array());
            }
            add(name, path);
        }
        assertThat(subjects.get(1).sketch().formats()).containsExactly("safetensors");
        Origin one = origin("final").or(() -> origin("checkpoint")).orElseThrow();
        assertThat(one.kind()).isEqualTo(EdgeKind.COPY);
    }

    /** Four floats as NumPy saves them. */
    private static byte[] array() {
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }";
        String padded = header + " ".repeat(118 - 1 - header.length()) + "\n";
        byte[] file = new byte[128 + 16];
        byte[] start = ("\u0093NUMPY\u0001\0v\0" + padded).getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(start, 0, file, 0, start.length);
        return file;
    }

    @Test
    void filesThatNobodyReadsAreToldByTheirBytes() throws IOException {
        byte[] noise = new byte[200_000];
        new Random(4).nextBytes(noise);
        Files.write(folder.resolve("a.tflite"), noise);
        Files.write(folder.resolve("b.tflite"), noise);
        noise[100_001] ^= 1;
        Files.write(folder.resolve("c.tflite"), noise);
        for (String name : List.of("a", "b", "c")) {
            add(name, folder.resolve(name + ".tflite"));
        }
        assertThat(List.of(parent("a"), parent("b")))
                .containsExactlyInAnyOrder("none", parent("a").equals("b") ? "b" : "a");
        assertThat(parent("c")).isEqualTo("none");
    }

    @Test
    void copiesShareAKeyThatNobodyElseHas() throws IOException {
        add("a", part(WHOLE, 2));
        add("b", part(WHOLE, 2));
        var table = new KeyTable();
        table.add(0, subjects.get(0).sketch());
        assertThat(table.search(subjects.get(1).sketch(), 3)).containsExactly(0);
    }
}
