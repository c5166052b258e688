package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Evaluations, costs, shapes and serving plans of files that are wrong: one sentence each, and nothing is noted. */
class RefusedNumbersTest {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void oneModel() throws IOException {
        repository = EvaluatedFamily.init(folder).commit("base", 1).repository();
    }

    /** A file that a command reads, small and right. */
    private enum Read {
        HELM_SPEC("helm/run_spec.json", HelmRun.SPEC, "eval", "import", "helm", "--model", "base"),
        HELM_STATS("helm/stats.json", HelmRun.STATS, "eval", "import", "helm", "--model", "base"),
        HELM_INSTANCES("helm/per_instance_stats.json", HelmRun.INSTANCES, "eval", "import", "helm", "--model", "base"),
        HARNESS_RESULTS("harness/results_1.json", HarnessFiles.RESULTS, "eval", "import", "harness", "--model", "base"),
        HARNESS_SAMPLES(
                "harness/samples_quiz_1.jsonl", HarnessFiles.SAMPLES, "eval", "import", "harness", "--model", "base"),
        PROFILE(
                "profile.json",
                "{\"base\":{\"runtime_per_output_token\":0.1,\"runtime_for_prompt_tokens\":{\"1\":0.1,\"99\":0.2},"
                        + "\"overhead\":0.1,\"accelerators\":2}}",
                "cost",
                "base",
                "--profile",
                "profile.json"),
        HARDWARE(
                "hardware.json",
                "{\"name\":\"own\",\"dollars_per_hour\":2,\"memory_gib\":80}",
                "cost",
                "base",
                "--hardware",
                "hardware.json"),
        MEASUREMENTS(
                "measured.json",
                "[{\"prompt\":1,\"output\":1,\"seconds\":1},{\"prompt\":1,\"output\":2,\"seconds\":2},"
                        + "{\"prompt\":1,\"output\":3,\"seconds\":3}]",
                "cost",
                "fit",
                "measured.json",
                "--name",
                "base"),
        CONFIG(
                "model/config.json",
                "{\"hidden_size\":8,\"num_hidden_layers\":2,\"num_attention_heads\":2,\"num_key_value_heads\":1,"
                        + "\"head_dim\":4,\"intermediate_size\":16,\"vocab_size\":10}",
                "inspect",
                "model",
                "--shapes");

        private final String file;
        private final String good;
        private final String command;

        Read(String file, String good, String... command) {
            this.file = file;
            this.good = good;
            this.command = String.join("\0", command);
        }

        String[] words() {
            return command.split("\0", -1);
        }
    }

    /** A run of one metric over two instances. */
    private static final class HelmRun {
        static final String SPEC =
                "{\"name\":\"quiz:model=m\",\"adapter_spec\":{\"model\":\"m\",\"max_eval_instances\":2}}";
        static final String STATS = "[{\"name\":{\"name\":\"exact_match\",\"split\":\"test\"},\"count\":1,\"sum\":0.5,"
                + "\"sum_squared\":0.25,\"min\":0.5,\"max\":0.5,\"mean\":0.5,\"variance\":0,\"stddev\":0}]";
        static final String INSTANCES = "[{\"instance_id\":\"id0\",\"train_trial_index\":0,\"stats\":" + STATS + "}]";
    }

    private static final class HarnessFiles {
        static final String RESULTS =
                "{\"results\":{\"quiz\":{\"acc,none\":0.5}},\"configs\":{\"quiz\":{\"metric_list\":"
                        + "[{\"metric\":\"acc\",\"aggregation\":\"mean\"}]}},\"higher_is_better\":{\"quiz\":{\"acc\":true}},"
                        + "\"n-samples\":{\"quiz\":{\"effective\":2}},\"config\":{\"model_args\":{\"pretrained\":\"m\"}}}";
        static final String SAMPLES =
                "{\"doc_id\":0,\"filter\":\"none\",\"acc\":0}\n{\"doc_id\":1,\"filter\":\"none\",\"acc\":1}\n";
    }

    private void write() throws IOException {
        Files.createDirectories(folder.resolve("repo/model"));
        Path weights = folder.resolve("repo/model/model.safetensors");
        String tensor = "{\"model.embed_tokens.weight\":{\"dtype\":\"F32\",\"shape\":[10,8],\"data_offsets\":[0,320]}}";
        Files.write(weights, TestRepository.safetensors(tensor, new byte[320]));
        for (Read read : Read.values()) {
            write(read, read.good);
        }
    }

    private void write(Read read, String content) throws IOException {
        Path file = repository.root().resolve(read.file);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void refused(Read read, String content, String sentence) throws IOException {
        write();
        write(read, content);
        int exit = read == Read.HARDWARE ? USAGE : FAILED;
        repository.refuses(exit, sentence, read.words());
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatIsNoneOfItsKind(Read read) throws IOException {
        boolean lines = read == Read.HARNESS_SAMPLES;
        refused(read, "", lines ? "it has 0 samples of quiz, they say 2" : "empty");
        refused(read, "hello", "hello");
        refused(read, read.good.substring(0, read.good.length() - 2), "nd-of-input");
        refused(read, "[".repeat(100_000), read == Read.MEASUREMENTS ? "nested deeper" : "nested deeper than 200");
        refused(read, read.good.replaceFirst("\\{", "{\"q\":1,\"q\":2,"), "Duplicate field 'q'");
        refused(read, read.good + "x", lines ? "line 3" : "x");
        Path file = repository.root().resolve(read.file);
        Files.delete(file);
        Files.createDirectory(file);
        if (read != Read.CONFIG) {
            Cli.Ran ran = repository.run(read.words());
            TestRepository.assertRefused(ran, ran.exit() == USAGE ? USAGE : FAILED, "");
        }
    }

    /** Taken or refused, but never with a trace of Java. */
    @ParameterizedTest
    @EnumSource
    void anyOneWrongValue(Read read) throws IOException {
        write();
        String first = read.good.lines().findFirst().orElseThrow();
        String rest = read.good.substring(first.length());
        List<String> values = List.of("NaN", "\"text\"", "{}");
        Map<String, Cli.Ran> wrong = new LinkedHashMap<>();
        for (Map.Entry<String, String> broken : BrokenJson.each(first, values).entrySet()) {
            write(read, broken.getValue() + rest);
            wrong.put(broken.getKey(), repository.run(read.words()));
        }
        assertThat(wrong).allSatisfy((what, ran) -> {
            if (ran.exit() != 0) {
                TestRepository.assertRefused(ran, read == Read.HARDWARE ? USAGE : FAILED, "");
            }
            assertThat(ran.out() + ran.err()).as(what).doesNotContain("Optional", "JsonObject", "internal");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "HELM_SPEC       | \"model\":\"m\"     | \"model\":1          | member 'model' is not a string",
                "HELM_STATS      | \"mean\":0.5        | \"mean\":0.6         | has the mean 0.6, but 1 value(s)",
                "HELM_STATS      | \"min\":0.5         | \"min\":0.6          | of values from 0.6 to 0.5",
                "HELM_STATS      | \"variance\":0      | \"variance\":1       | has the variance 1.0, but 1 value(s)",
                "HELM_STATS      | \"variance\":0      | \"variance\":NaN     | says that the variance of exact_match",
                "HELM_STATS      | \"stddev\":0        | \"stddev\":2         | but the standard deviation 2.0",
                "HELM_STATS      | \"count\":1         | \"count\":-1         | was measured -1 times",
                "HELM_STATS      | \"count\":1         | \"count\":1.5        | member 'count' is not a whole number",
                "HELM_STATS      | \"sum\":0.5         | \"sum\":1e999        | says that exact_match:test is Infinity",
                "HELM_STATS      | [{                  | [7,{                 | element 0 of the array is not an object",
                "HELM_STATS      | }]                  | },{\"name\":{\"name\":\"exact_match\",\"split\":\"test\"},\"count\":0}] | ``",
                "HELM_INSTANCES  | \"mean\":0.5        | \"mean\":\"a\"       | member 'mean' is not a number",
                "HELM_INSTANCES  | \"train_trial_index\":0 | \"x\":0          | member 'train_trial_index' is missing",
                "HARNESS_RESULTS | 0.5                 | \"half\"             | is \"half\", which is no number",
                "HARNESS_RESULTS | 0.5                 | 1e301                | which no measurement is",
                "HARNESS_RESULTS | 0.5                 | 0.25                 | the mean of its acc is 0.5, they say 0.25",
                "HARNESS_RESULTS | \"acc\":true        | \"acc\":\"yes\"      | member 'acc' is not true or false",
                "HARNESS_RESULTS | \"pretrained\":\"m\" | \"pretrained\":1    | member 'pretrained' is not a string",
                "HARNESS_RESULTS | \"effective\":2     | \"effective\":-2     | says that quiz has -2 samples",
                "HARNESS_RESULTS | [{                  | [1,{                 | an element of 'metric_list' is not an object",
                "HARNESS_SAMPLES | \"doc_id\":1        | \"doc_id\":0         | line 2 has sample 0 twice",
                "HARNESS_SAMPLES | \"acc\":1           | \"acc\":Infinity     | line 2 says that acc of sample 1 is Infinity",
                "PROFILE         | \"1\":0.1           | \"1\":NaN            | a prompt of 1 takes NaN seconds",
                "PROFILE         | \"1\":0.1           | \"01\":0.1,\"1\":0.2 | '01' is no length of a prompt",
                "PROFILE         | \"overhead\":0.1    | \"overhead\":{}      | the overhead has seconds that are no number",
                "PROFILE         | \"accelerators\":2  | \"accelerators\":0   | it says 0 accelerators",
                "HARDWARE        | 80                  | 1e-300               | memory_gib 0.001 or more",
                "HARDWARE        | \"name\":\"own\",   | ``                   | member 'name' is missing",
                "MEASUREMENTS    | \"seconds\":3       | \"seconds\":null     | measurement 3 has no seconds",
                "MEASUREMENTS    | \"seconds\":3       | \"seconds\":1        | more output takes less time",
                "MEASUREMENTS    | \"output\":3        | \"output\":2         | do not determine a runtime",
                "CONFIG          | \"hidden_size\":8   | \"hidden_size\":9    | but no tensor has that dimension",
                "CONFIG          | \"num_key_value_heads\":1 | \"num_key_value_heads\":3 | 3 heads of keys and values, but 2",
                "CONFIG          | \"num_hidden_layers\":2 | \"num_hidden_layers\":1e9 | more than 100000",
                "CONFIG          | \"vocab_size\":10   | \"vocab_size\":{}    | vocab_size is {}, not a size",
            })
    void aNumberThatCannotBe(Read read, String right, String wrong, String sentence) throws IOException {
        assertThat(read.good).contains(right);
        int at = read.good.lastIndexOf(right);
        String text = read.good.substring(0, at) + wrong + read.good.substring(at + right.length());
        if (sentence.isEmpty()) {
            write();
            write(read, text);
            repository.ok(read.words());
        } else {
            refused(read, text, sentence);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                       | it is empty",
                "{}                                       | the heading is '{}'",
                "prompt,output,seconds,seconds            | the heading is",
                "prompt,output,seconds                    | it has 0 measurements",
                "prompt,output,seconds;1,1                | line 2 has 2 cells",
                "prompt,output,seconds;1,1,NaN            | line 2 has 'NaN' as seconds, which is no number",
                "prompt,output,seconds;1,1,0x1p3          | '0x1p3' as seconds, which is no number",
                "prompt,output,seconds;1,1,1d             | '1d' as seconds, which is no number",
                "prompt,output,seconds;1,1,1e999          | line 2 takes Infinity seconds",
                "prompt,output,seconds;1,1,-1             | line 2 takes -1.0 seconds",
                "prompt,output,seconds;1.5,1,1            | '1.5' as prompt, which is no whole number",
                "prompt,output,seconds;0,1,1              | line 2 says 0 tokens of prompt",
                "prompt,output,seconds;99999999999999999999,1,1 | which is no whole number",
                "prompt,output,seconds;;1,1,1             | line 2 has 1 cells",
            })
    void aTableOfRuntimesThatCannotBe(String csv, String sentence) throws IOException {
        Files.writeString(repository.root().resolve("t.csv"), csv.replace(';', '\n'));
        repository.refuses(FAILED, sentence, "cost", "fit", "t.csv", "--name", "base");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                               | it is empty",
                "threads,seconds                  | the heading is 'threads,seconds'",
                "threads,batch,seconds            | it has no latencies",
                "threads,batch,seconds;1,1,0      | has a latency of 0.0 seconds",
                "threads,batch,seconds;1,1,1e999  | has a latency of Infinity seconds",
                "threads,batch,seconds;1,1,-1     | has a latency of -1.0 seconds",
                "threads,batch,seconds;0,1,1      | threads and batch must be 1 to 4096",
                "threads,batch,seconds;1,5000,1   | threads and batch must be 1 to 4096",
                "threads,batch,seconds;1,1,1;1,1,2 | line 3: 1 threads with a batch of 1 are there twice",
                "threads,batch,seconds;4,4,1      | do not add up to 2 within 2 threads",
            })
    void latenciesThatCannotBe(String csv, String sentence) throws IOException {
        Files.writeString(repository.root().resolve("t.csv"), csv.replace(';', '\n'));
        repository.refuses(
                FAILED, sentence, "plan-serving", "base", "--threads", "2", "--batch", "2", "--profile", "t.csv");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--measure nowhere.onnx            | does not exist",
                "--measure .                       | does not exist or is no file",
                "--measure ../by-hand/base1/model.safetensors | is no ONNX model but safetensors",
                "--measure w.txt                   | is no file of base@",
                "--profile nowhere.csv             | does not exist",
                "--profile w.txt --save x          | a plan needs latencies",
                "--profile w.txt --measure w.txt   | a plan needs latencies",
            })
    void aModelThatCannotBeMeasured(String options, String sentence) throws IOException {
        Files.writeString(repository.root().resolve("w.txt"), "text");
        String[] command = Stream.of("plan-serving base --threads 2 --batch 2 " + options)
                .flatMap(line -> Stream.of(line.split(" ")))
                .toArray(String[]::new);
        repository.refuses(USAGE, sentence, command);
    }
}
