package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mgit cost}, {@code inspect --shapes} and {@code plan-serving}: made models of two layers. */
class CostCommandTest {
    @TempDir
    private Path folder;

    private EvaluatedFamily family;
    private TestRepository repository;

    @BeforeEach
    void twoSizes() throws IOException {
        family = EvaluatedFamily.init(folder);
        repository = family.repository();
        commit("small", 128, 64);
        commit("large", 129, 128, "--from", "small=other");
    }

    /** Commits a model of two layers with one square matrix each, in 16 bits. */
    private void commit(String model, int vocabulary, int hidden, String... more) throws IOException {
        Path made = Files.createDirectories(folder.resolve("by-hand").resolve(model));
        int embedding = 2 * vocabulary * hidden;
        int matrix = 2 * hidden * hidden;
        String header = "{\"model.embed_tokens.weight\":{\"dtype\":\"BF16\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]},"
                        .formatted(vocabulary, hidden, embedding)
                + "\"model.layers.0.mlp.up_proj.weight\":{\"dtype\":\"BF16\",\"shape\":[%d,%d],\"data_offsets\":[%d,%d]},"
                        .formatted(hidden, hidden, embedding, embedding + matrix)
                + "\"model.layers.1.mlp.up_proj.weight\":{\"dtype\":\"BF16\",\"shape\":[%d,%d],\"data_offsets\":[%d,%d]}}"
                        .formatted(hidden, hidden, embedding + matrix, embedding + 2 * matrix);
        byte[] data = new byte[embedding + 2 * matrix];
        new java.util.Random(hidden).nextBytes(data);
        Files.write(made.resolve("model.safetensors"), TestRepository.safetensors(header, data));
        Files.writeString(
                made.resolve("config.json"),
                "{\"hidden_size\": %d, \"num_hidden_layers\": 2, \"num_attention_heads\": 2, \"vocab_size\": %d}"
                        .formatted(hidden, vocabulary));
        var arguments =
                new java.util.ArrayList<>(java.util.List.of("commit", made.toString(), "--model", model, "-m", model));
        arguments.addAll(java.util.List.of(more));
        repository.ok(arguments.toArray(String[]::new));
    }

    @Test
    void sizesAndOperationsFollowFromShapes() {
        JsonObject cost = repository.json("cost", "small", "--prompt", "10", "--output", "3", "--json");

        assertThat(cost.number("parameters")).isEqualTo(128 * 64 + 2 * 64 * 64);
        assertThat(cost.object("weightBytes").number("BF16")).isEqualTo(2 * (128 * 64 + 2 * 64 * 64));
        assertThat(cost.number("cacheBytes")).isEqualTo(2 * 2 * 2 * 32 * 13 * 2);
        assertThat(cost.optionalReal("weightFlops")).contains(2.0 * 2 * 64 * 64 * 12);
        assertThat(cost.optionalReal("notebookFlops")).contains(24.0 * 64 * 64 * 2 * 12);
        assertThat(cost.optionalReal("fullFlops").orElseThrow())
                .isCloseTo(24.0 * 64 * 64 * 2 * 12 * (1 + 12 / (6.0 * 64)) + 2.0 * 12 * 64 * 128, within(1e-6));
        assertThat(cost.optionalReal("seconds")).isEmpty();
        assertThat(repository.ok("cost", "small"))
                .contains("parameters         16,384", "KV cache, 16 bits", "runtime            unknown: no --profile");
    }

    @Test
    void aFittedProfileGivesRuntimeAndPrice() throws IOException {
        Path measured = Files.writeString(
                folder.resolve("measured.csv"),
                "prompt,output,seconds\n100,1,1\n100,11,2\n100,21,3\n200,1,1.5\n200,11,2.5\n");
        Path profile = folder.resolve("profile.json");

        assertThat(repository.ok(
                        "cost",
                        "fit",
                        measured.toString(),
                        "--name",
                        "small",
                        "--profile",
                        profile.toString(),
                        "--accelerators",
                        "2"))
                .isEqualTo("small: 0.1 s an output token, 2 prompt lengths, of 5 measurements; residual 0 s, r² 1\n");
        String[] request = {
            "cost", "small", "--prompt", "150", "--output", "11", "--profile", profile.toString(), "--json"
        };
        JsonObject cost = repository.json(request);
        assertThat(cost.optionalReal("seconds").orElseThrow()).isCloseTo(1.25 + 1, within(1e-9));
        assertThat(cost.optionalReal("acceleratorSeconds").orElseThrow()).isCloseTo(4.5, within(1e-9));
        assertThat(cost.optionalReal("dollars").orElseThrow()).isCloseTo(2.25 * 2 * 4.096 / 3600, within(1e-12));
        assertThat(repository.ok(
                        "cost", "small", "--prompt", "150", "--profile", profile.toString(), "--interpolation", "helm"))
                .contains("of which the prompt 1.125 s", "2 x a100");
        Path own = Files.writeString(
                folder.resolve("own.json"), "{\"name\": \"mine\", \"dollars_per_hour\": 36, \"memory_gib\": 16}");
        assertThat(repository.ok(
                        "cost",
                        "small",
                        "--output",
                        "1",
                        "--prompt",
                        "100",
                        "--profile",
                        profile.toString(),
                        "--hardware",
                        own.toString()))
                .contains("2 x mine: 2 s of accelerator time", "$0.02 at $36 an accelerator-hour");
        repository.refuses(
                2,
                "the profile has no entry 'other'",
                "cost",
                "small",
                "--profile",
                profile.toString(),
                "--profile-model",
                "other");
        repository.refuses(2, "unknown hardware 'tpu'", "cost", "small", "--hardware", "tpu");
        repository.refuses(
                2, "unknown interpolation 'cubic'", "cost", "small", "--interpolation", "cubic", "--profile", "x");
        repository.refuses(2, "a request has 1 to", "cost", "small", "--prompt", "-3");
        repository.refuses(2, "no version was named", "cost");
    }

    @Test
    void versionsAreWeighedByCostAndQuality() throws IOException {
        commit("worse", 128, 192);
        family.evaluate("small", 5, 10).evaluate("large", 9, 10).evaluate("worse", 9, 10);
        Path svg = folder.resolve("pareto.svg");

        JsonObject all = repository.json("cost", "--pareto", "acc", "--svg", svg.toString(), "--json");

        assertThat(all.objects("versions"))
                .filteredOn(one -> one.flag("front"))
                .extracting(one -> one.string("name"))
                .containsExactlyInAnyOrder("small", "large");
        assertThat(Files.readString(svg))
                .startsWith("<svg ")
                .contains(">worse</text>", "<polyline")
                .endsWith("</svg>\n");
        assertThat(repository.ok("cost", "--pareto", "quiz/acc", "small", "worse", "--by", "parameters"))
                .contains("on the front")
                .doesNotContain("beaten", "large");
        repository.refuses(2, "exists already", "cost", "--pareto", "acc", "--svg", svg.toString());
        repository.refuses(2, "no version has the metric 'f1'", "cost", "--pareto", "f1");
        repository.refuses(2, "need a profile", "cost", "--pareto", "acc", "--by", "dollars");
    }

    @Test
    void onlyWhatChangedAgainstTheParentIsRemarked() throws IOException {
        assertThat(repository.ok("inspect", "large", "--shapes", "--tokens", "13824"))
                .contains(
                        "vocabulary 129 (was 128): not a multiple of 64; nearest good: 128 (-1), 192 (+63)",
                        "no speed was measured")
                .doesNotContain("hidden size");
        JsonObject remarks = repository.json("inspect", "large", "--shapes", "--json");
        assertThat(remarks.objects("remarks").get(0).number("was")).isEqualTo(128);
        Path file = folder.resolve("by-hand/large/model.safetensors");
        assertThat(repository.ok("inspect", file.toString(), "--shapes", "--gpu", "h100", "--tp", "2"))
                .contains("vocabulary 129: not a multiple of 64 on each of 2 GPUs (128)");
        repository.refuses(2, "--tp must be 1 to 4096", "inspect", "large", "--shapes", "--tp", "0");
        Path config = folder.resolve("by-hand/large/config.json");
        Files.writeString(config, "{\"hidden_size\": 100}");
        repository.refuses(1, "says hidden_size 100", "inspect", file.toString(), "--shapes");
    }

    @Test
    void aPlanIsStaleOnceWeightsOrProfileChange() throws IOException {
        Path profile = Files.writeString(
                repository.root().resolve("latency.csv"), "threads,batch,seconds\n1,1,0.010\n1,2,0.015\n4,2,0.012\n");

        assertThat(repository.ok(
                        "plan-serving", "small", "--threads", "4", "--batch", "4", "--profile", profile.toString()))
                .contains("4 threads, batch 4: <4,1,1>, 10 ms", "4 instance(s) of 1 thread(s), each with 1 item(s)");
        assertThat(repository.ok("show", "small")).contains("plan for 4 threads, batch 4: <4,1,1>\n");
        repository.ok("checkout", "small", folder.resolve("out").toString());
        assertThat(repository.ok("status")).contains("plan for 4 threads, batch 4: <4,1,1>");
        Files.writeString(profile, "threads,batch,seconds\n1,1,0.011\n");
        assertThat(repository.ok("show", "small")).contains("stale: its profile latency.csv has changed");
        Files.delete(profile);
        assertThat(repository.ok("status")).contains("stale: its profile latency.csv is gone");
        String planned = repository.id("small");
        commit("small", 128, 64 + 64);
        assertThat(repository.ok("show", "small")).contains("stale: the weights have changed since " + planned);
        assertThat(repository.json("show", "small", "--json").objects("servingPlans"))
                .singleElement()
                .satisfies(plan -> assertThat(plan.string("stale")).contains("weights"));
        repository.refuses(2, "a plan needs latencies", "plan-serving", "small", "--threads", "4", "--batch", "4");
        Path other = folder.resolve("by-hand/large/model.safetensors");
        repository.refuses(
                2,
                "is no file of small@",
                "plan-serving",
                "small",
                "--threads",
                "1",
                "--batch",
                "1",
                "--measure",
                other.toString());
    }
}
