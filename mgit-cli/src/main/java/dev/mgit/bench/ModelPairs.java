package dev.mgit.bench;

import dev.mgit.delta.Dtype;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.RealModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** What the benchmarks measure on: real weights from the fixtures, and made ones written into a scratch folder. */
final class ModelPairs {
    private static final long SEED = 1;
    private static final double[] UPDATES = {1e-3, 1e-4, 1e-5};

    private final Path scratch;
    private final Predicate<String> wanted;

    /** @param wanted tells by name which pairs to prepare */
    ModelPairs(Path scratch, Predicate<String> wanted) {
        this.scratch = scratch;
        this.wanted = wanted;
    }

    /** BGE v1 to v1.5, the one published pair with a history; E5 against BGE, which are no kin; MiniLM by itself; BGE in fp8. */
    List<ModelPair> real() throws IOException {
        List<ModelPair> pairs = new ArrayList<>();
        if (wanted.test("BGE v1 to v1.5, real")) {
            Path v1 = RealModels.bgeSmallV1().weights();
            pairs.add(new ModelPair(
                    "BGE v1 to v1.5, real",
                    Optional.of(v1),
                    RealModels.bgeSmallV15().weights(),
                    true));
        }
        if (wanted.test("E5 from BGE, unrelated")) {
            Path v1 = RealModels.bgeSmallV1().weights();
            pairs.add(new ModelPair(
                    "E5 from BGE, unrelated",
                    Optional.of(v1),
                    RealModels.e5Small().weights(),
                    false));
        }
        if (wanted.test("MiniLM alone, real")) {
            pairs.add(new ModelPair(
                    "MiniLM alone, real", Optional.empty(), RealModels.miniLm().weights(), false));
        }
        for (Dtype dtype : List.of(Dtype.F8_E4M3, Dtype.F8_E5M2)) {
            for (Fp8File.Scale scale : Fp8File.Scale.values()) {
                addFp8(pairs, dtype, scale);
            }
        }
        return pairs;
    }

    private void addFp8(List<ModelPair> pairs, Dtype dtype, Fp8File.Scale scale) throws IOException {
        String name = "BGE v1.5 as " + dtype + ", " + scale.words;
        if (wanted.test(name)) {
            Path file = scratch.resolve(slug(name) + ".safetensors");
            new Fp8File(dtype, scale).write(RealModels.bgeSmallV15().weights(), file);
            pairs.add(new ModelPair(name, Optional.empty(), file, false));
        }
    }

    /** Fine-tunes of every float type and update size, sparse updates, and bases by themselves; of about {@code bytes} each. */
    List<ModelPair> made(long bytes) throws IOException {
        List<ModelPair> pairs = new ArrayList<>();
        for (Element dtype : List.of(Element.F32, Element.F16, Element.BF16)) {
            MadeModel base = base(bytes, dtype);
            for (double update : UPDATES) {
                String name = String.format(Locale.ROOT, "%s, update %.0e", dtype, update);
                add(pairs, name, base, Families.fineTuned(base, slug(name), SEED + 1, update), true);
            }
            add(pairs, dtype + ", Adam 1e-4", base, Families.adamTuned(base, "adam-" + dtype, SEED + 2, 1e-4), true);
        }
        MadeModel base = base(bytes, Element.BF16);
        for (int kept : new int[] {95, 99}) {
            MadeModel child = Families.sparselyTuned(base, "kept-" + kept, SEED + 3, 1 - kept / 100.0);
            add(pairs, "BF16, " + kept + "% kept", base, child, true);
        }
        for (Element dtype : List.of(Element.F32, Element.BF16)) {
            String name = dtype + " alone";
            if (wanted.test(name)) {
                pairs.add(new ModelPair(name, Optional.empty(), file(base(bytes, dtype)), false));
            }
        }
        return pairs;
    }

    /** One fine-tune of the given size, written as a stream. */
    ModelPair fineTune(long bytes, Element dtype, double update) throws IOException {
        MadeModel base = base(bytes, dtype);
        Path child = file(Families.fineTuned(base, "tuned-" + dtype + "-" + bytes, SEED + 1, update));
        String name = String.format(Locale.ROOT, "%s, update %.0e", dtype, update);
        return new ModelPair(name, Optional.of(file(base)), child, true);
    }

    private static MadeModel base(long bytes, Element dtype) {
        return Families.base("base-" + dtype + "-" + bytes, SEED, ModelShape.ofBytes(bytes, dtype));
    }

    private void add(List<ModelPair> pairs, String name, MadeModel base, MadeModel child, boolean finetune)
            throws IOException {
        if (wanted.test(name)) {
            pairs.add(new ModelPair(name, Optional.of(file(base)), file(child), finetune));
        }
    }

    private Path file(MadeModel model) throws IOException {
        Path file = scratch.resolve(slug(model.name()) + ".safetensors");
        if (Files.notExists(file)) {
            model.writeWeightsTo(file);
        }
        return file;
    }

    private static String slug(String name) {
        return name.replaceAll("[^A-Za-z0-9.-]+", "-");
    }
}
