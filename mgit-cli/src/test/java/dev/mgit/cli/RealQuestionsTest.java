package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.RealModel;
import dev.mgit.fixtures.RealModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions and a merge on the published BGE family: v1, v1.5 trained on from it, v1.5 quantized. */
class RealQuestionsTest {
    @TempDir
    private static Path folder;

    private static TestRepository repository;

    @BeforeAll
    static void commitTheFamily() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        List<RealModel> family = RealModels.bgeFamily();
        repository.ok("commit", family.get(0).folder().toString(), "--model", "v1");
        repository.ok("commit", family.get(1).folder().toString(), "--model", "v15", "--from", "v1=continue-pretrain");
        repository.ok("commit", family.get(2).folder().toString(), "--model", "v15-q", "--from", "v15=quantize");
    }

    @Test
    void questionsKnowTheFamily() {
        assertThat(repository.ok("impact", "v1")).contains("2 version(s) of 2 model(s)", "continue-pretrain (1)");
        assertThat(repository.ok("find", "--shape", "30522x384", "--dtype", "F32"))
                .contains("(v1)", "(v15)");
        JsonObject blame = repository.json("blame", "v15", "*LayerNorm*", "--json");
        assertThat(blame.objects("tensors"))
                .isNotEmpty()
                .allMatch(line -> List.of("v15", "v1").contains(line.string("model")));
        JsonObject audit = repository.json("audit", "v15-q", "--json");
        assertThat(audit.flag("verified")).isTrue();
        assertThat(audit.objects("versions")).hasSize(3);
        assertThat(audit.objects("versions"))
                .extracting(entry -> entry.optionalString("licence").orElse(""))
                .containsOnly("mit");
    }

    @Test
    void anAverageIsStoredAsACombinationAndRoundingNoise() {
        String merged = repository.ok(
                "merge", "v1", "v15", "--model", "soup", "-s", "average", "-s", "*.md=theirs", "-s", "*.json=theirs");
        assertThat(merged).contains("[soup ", "merge of v1@", "merge of v15@");
        JsonObject soup = repository.json("du", "--json").objects("groups").stream()
                .filter(model -> model.string("name").equals("soup"))
                .findFirst()
                .orElseThrow();
        assertThat(soup.number("logical_bytes")).isGreaterThan(130_000_000);
        assertThat(soup.number("stored_bytes")).isLessThan(soup.number("logical_bytes") / 1000);
        assertThat(repository.json("audit", "soup", "--json").flag("verified")).isTrue();
    }
}
