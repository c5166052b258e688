package dev.mgit.cli.storm;

import dev.mgit.cli.Cli;
import dev.mgit.cli.storm.Attempt.Outcome;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.maintain.GarbageCollector;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A process of a storm: runs commands one after the other, each as a process of its own would, and writes down when it began
 * and how it ended.
 */
final class StormWorker {
    private static final int LONGEST = 1000;
    private static final Duration ANSWER = Duration.ofMinutes(5);

    private final StormFolder storm;
    private final String name;
    private final long seed;
    private final Path journal;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private StormWorker(StormFolder storm, String name, long seed) {
        this.storm = storm;
        this.name = name;
        this.seed = seed;
        this.journal = storm.journals().resolve(name);
    }

    /** @param words folder of the storm, name of the worker, seed, number of the first attempt and of the one after the last */
    public static void main(String[] words) throws Exception {
        var worker = new StormWorker(new StormFolder(Path.of(words[0])), words[1], Long.parseLong(words[2]));
        for (int n = Integer.parseInt(words[3]); n < Integer.parseInt(words[4]); n++) {
            worker.attempt(n);
        }
    }

    private void attempt(int number) throws Exception {
        String who = name + "-" + number;
        var random = new Random(seed * 1_000_003 + who.hashCode());
        Kind drawn = Kind.random(random);
        Kind kind = drawn.isExchange() && storm.isShared() ? Kind.COMMIT : drawn;
        boolean first = kind == Kind.SERVED_PUSH || random.nextInt(4) > 0;
        String repository = first ? StormFolder.FIRST : StormFolder.SECOND;
        List<String> words = new Commands(storm, random, who, repository).words(kind);
        long process = ProcessHandle.current().pid();
        var begun = new Attempt(who, repository, kind, words, process, System.nanoTime(), Optional.empty());
        write(begun.line());
        Outcome outcome = kind == Kind.SERVED_PUSH ? push(begun) : run(begun);
        write(outcome.line(who));
        Trees.delete(storm.work(who));
        Trees.delete(storm.out(who));
    }

    private void write(String line) throws IOException {
        Files.writeString(journal, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private Outcome run(Attempt begun) throws IOException {
        Path root = storm.repository(begun.repository());
        if (begun.kind() == Kind.COLLECT_NOW) {
            return collect(begun, root);
        }
        Cli.Ran ran = Cli.run(
                root,
                Map.of(
                        "GIT_AUTHOR_NAME",
                        begun.who(),
                        "GIT_AUTHOR_EMAIL",
                        "storm@localhost",
                        "PATH",
                        System.getenv("PATH")),
                begun.words().toArray(String[]::new));
        long end = System.nanoTime();
        Optional<String> version =
                ran.exit() == 0 && begun.words().contains("--json") ? versionOf(ran.json()) : Optional.empty();
        return new Outcome(end, ran.exit(), version, said(begun, ran));
    }

    private static Optional<String> versionOf(JsonObject json) {
        return json.optionalString("id").or(() -> json.optionalString("version"));
    }

    /** What it said that matters later; of a checkout, what it wrote. */
    private String said(Attempt begun, Cli.Ran ran) throws IOException {
        if (begun.kind() == Kind.CHECKOUT && ran.exit() == 0) {
            return digest(Files.readAllBytes(storm.out(begun.who()).resolve(StormFolder.WEIGHTS)));
        }
        String said = ran.exit() == 0 ? ran.err() : ran.err() + ran.out(); // an import tells there what it could not do
        return said.substring(0, Math.min(said.length(), LONGEST));
    }

    static String digest(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(Hashes.sha256().digest(bytes));
    }

    /** As the command does it, with a copy of the log before operations are forgotten, which only the holder of the lock can make. */
    private Outcome collect(Attempt begun, Path root) throws IOException {
        boolean waits = begun.words().contains("600");
        try (Repository repository = Repository.open(root, Cli.user());
                WriterLock lock = repository.lock("mgit gc", Duration.ofSeconds(waits ? 600 : 0), notice -> {})) {
            Path kept = storm.forgotten(begun.repository());
            Path copy = kept.resolve(System.nanoTime() + ".new");
            Files.copy(storm.operations(begun.repository()), copy);
            Files.move(copy, kept.resolve(copy.getFileName().toString().replace(".new", "")));
            var request = new GarbageCollector.Request(Instant.now(), Optional.empty(), Optional.empty());
            new GarbageCollector(repository, CopyProgress.none()).collect(request, lock);
        } catch (MgitException e) {
            return new Outcome(System.nanoTime(), e.kind().exitCode(), Optional.empty(), "error: " + e.getMessage());
        }
        return new Outcome(System.nanoTime(), 0, Optional.empty(), "");
    }

    /** As a client of the Hub commits a file. The status stands for an exit code: 0, or what was answered. */
    private Outcome push(Attempt begun) throws InterruptedException, IOException {
        String model = begun.words().get(0);
        try {
            String[] parts = model.split("/");
            post("/api/repos/create", Json.text(Map.of("organization", parts[0], "name", parts[1])));
            HttpResponse<String> answer = post(
                    "/api/models/" + model + "/commit/main",
                    line(Map.of("key", "header", "value", Map.of("summary", begun.who(), "description", "")))
                            + line(Map.of("key", "file", "value", file(begun.who()))));
            boolean done = answer.statusCode() == 200;
            Optional<String> version = done
                    ? Json.parseObject(answer.body().getBytes(StandardCharsets.UTF_8))
                            .optionalString("commitOid")
                    : Optional.empty();
            return new Outcome(System.nanoTime(), done ? 0 : answer.statusCode(), version, done ? "" : answer.body());
        } catch (IOException e) {
            return new Outcome(System.nanoTime(), 7, Optional.empty(), "no answer");
        }
    }

    private static Map<String, String> file(String who) {
        String content = Base64.getEncoder().encodeToString(StormFolder.weights(who));
        return Map.of("path", StormFolder.WEIGHTS, "encoding", "base64", "content", content);
    }

    private static String line(Object json) {
        return Json.text(json) + "\n";
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(Files.readString(storm.address()) + path))
                .timeout(ANSWER)
                .header(
                        "Authorization",
                        "Bearer " + Files.readString(storm.token()).split(" ", 2)[0])
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** All attempts that a folder tells of, in the order of their names. */
    static List<Attempt> attempts(StormFolder storm) throws IOException {
        Map<String, Attempt> found = new java.util.LinkedHashMap<>();
        try (var journals = Files.list(storm.journals())) {
            for (Path journal : journals.sorted().toList()) {
                for (String line : Files.readAllLines(journal)) {
                    Attempt.read(line, found);
                }
            }
        }
        return new ArrayList<>(found.values());
    }
}
