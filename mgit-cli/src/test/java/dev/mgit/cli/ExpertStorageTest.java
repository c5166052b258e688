package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.bench.MadeExperts;
import dev.mgit.bench.MadeExperts.Expert;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What mixtures of experts take in a store, and that they come back to the bit. Made weights, bf16. */
class ExpertStorageTest {
    private static final int EXPERTS = 8;
    /** What names, headers and frames take. */
    private static final long OVERHEAD = 12_000;

    @TempDir
    private Path temp;

    private TestRepository repository;
    private MadeExperts base;

    @BeforeEach
    void makeExperts() {
        repository = TestRepository.init(temp.resolve("repository"));
        base = MadeExperts.of(EXPERTS);
    }

    /** Commits a file, checks what comes out, and returns what was stored for it. */
    private long stored(Path file, String model, String... parents) throws IOException {
        List<String> words = new ArrayList<>(List.of("commit", file.toString(), "--model", model, "--json"));
        for (String parent : parents) {
            words.addAll(List.of("--from", parent));
        }
        long bytes = repository.json(words.toArray(String[]::new)).number("stored_bytes");
        Path out = temp.resolve("out-" + model);
        repository.ok("checkout", model, out.toString());
        assertThat(out.resolve(file.getFileName())).hasSameBinaryContentAs(file);
        return bytes;
    }

    private Path file(String name) {
        return temp.resolve(name).resolve("model.safetensors");
    }

    @Test
    void anUpcycledMixtureStoresOneFeedForwardPart() throws IOException {
        Expert dense = Expert.made(7);
        MadeExperts upcycled = MadeExperts.upcycled(dense, EXPERTS);
        assertThat(stored(upcycled.flat(file("alone")), "alone")).isLessThan(MadeExperts.FFN_BYTES + OVERHEAD);
        long one = stored(MadeExperts.dense(file("dense"), dense), "dense");
        assertThat(one).isLessThanOrEqualTo(MadeExperts.FFN_BYTES);
        assertThat(stored(upcycled.stacked(file("stacked")), "stacked", "dense"))
                .isLessThan(OVERHEAD);
    }

    @Test
    void theThreeLayoutsAreStoredOnce() throws IOException {
        stored(base.single(file("single")), "single");
        assertThat(stored(base.stacked(file("stacked")), "stacked", "single=convert"))
                .isLessThan(OVERHEAD);
        assertThat(stored(base.flat(file("flat")), "flat", "stacked=convert")).isLessThan(OVERHEAD);
        assertThat(stored(base.single(file("back")), "back", "flat=convert")).isLessThan(OVERHEAD);
    }

    @Test
    void permutedExpertsAreFoundAgainTrainedOrNot() throws IOException {
        int[] order = {3, 0, 7, 1, 6, 2, 5, 4};
        stored(base.stacked(file("base")), "base");
        assertThat(stored(base.inOrder(order).stacked(file("permuted")), "permuted", "base"))
                .isLessThan(OVERHEAD);
        MadeExperts trained = base;
        for (int i = 0; i < EXPERTS; i++) {
            trained = trained.with(i, base.experts().get(i).trained(100 + i));
        }
        long straight = stored(trained.stacked(file("trained")), "trained", "base");
        MadeExperts again = base;
        for (int i = 0; i < EXPERTS; i++) {
            again = again.with(i, base.experts().get(i).trained(200 + i));
        }
        long permuted = stored(again.inOrder(order).stacked(file("both")), "both", "base");
        assertThat(permuted).isLessThan(straight * 11 / 10 + OVERHEAD);
        assertThat(straight).isLessThan(EXPERTS * MadeExperts.FFN_BYTES / 4);
    }

    @Test
    void anExpertTrainedAloneCostsOneExpert() throws IOException {
        stored(base.flat(file("base")), "base");
        MadeExperts one = base.with(5, Expert.made(55));
        long other = stored(one.flat(file("other")), "other", "base");
        assertThat(other).isBetween(MadeExperts.FFN_BYTES / 2, MadeExperts.FFN_BYTES + OVERHEAD);
        MadeExperts tuned = base.with(5, base.experts().get(5).trained(5));
        assertThat(stored(tuned.flat(file("tuned")), "tuned", "base")).isLessThan(MadeExperts.FFN_BYTES / 4);
    }

    @Test
    void theOwnerSeesWholeTensors() throws IOException {
        stored(base.stacked(file("base")), "base");
        assertThat(repository.ok("show", "base", "--tensors"))
                .contains("[8x64x256]", "ffn.experts.mlp.w1")
                .doesNotContain("w1[");
        assertThat(repository.ok("fsck")).doesNotContain("damaged");
        assertThat(repository.ok("inspect", "base")).contains("experts", "router");
    }

    private String diff(Path a, Path b) {
        return repository.ok("diff", "--experts", a.toString(), b.toString());
    }

    @Test
    void expertsAreComparedWhateverTheirLayoutAndOrder() throws IOException {
        Path single = base.single(file("single"));
        assertThat(diff(single, base.stacked(file("stacked")))).contains("8 experts: 0, 1, 2, 3, 4, 5, 6, 7 same\n");
        assertThat(diff(base.stacked(file("stacked")), base.flat(file("flat"))))
                .contains("8 experts: 0, 1, 2, 3, 4, 5, 6, 7 same\n");
        MadeExperts other = base.inOrder(1, 0, 2, 3, 4, 5, 6, 7)
                .with(4, base.experts().get(4).trained(4))
                .with(6, Expert.made(66))
                .with(7, base.experts().get(5).trained(7));
        assertThat(diff(single, other.flat(file("other"))))
                .contains("1 → 0, 0 → 1 moved; 2, 3, 5 same; 4 changed; 6 new; 5 → 7 moved and changed\n");
        Expert dense = Expert.made(7);
        assertThat(diff(
                        MadeExperts.dense(file("dense"), dense),
                        MadeExperts.upcycled(dense, 2).stacked(file("up"))))
                .contains("block 0, 2 experts: 0, 1 from the dense FFN\n");
        var json = repository.json(
                "diff", "--experts", "--json", single.toString(), file("other").toString());
        assertThat(json.objects("blocks").get(0).objects("experts").get(0).number("from"))
                .isEqualTo(1);
        assertThat(repository
                        .run(
                                "diff",
                                "--experts",
                                single.toString(),
                                file("dense").toString())
                        .err())
                .contains("has no experts that anybody here knows");
    }
}
