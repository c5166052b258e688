package dev.mgit.cli.storm;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Crash;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** One of the processes of a storm, and those that take its place when it is killed. */
final class StormProcess implements AutoCloseable {
    private static final List<String> JVM = List.of("-Xmx320m");

    private final StormFolder storm;
    private final String name;
    private final List<String> under;
    private final long seed;
    private final int attempts;
    private final Random random;
    private final int killEvery;

    private Crash process;
    private int begun;
    private long seen;
    /** What it is at, if it is at anything. */
    private Optional<JsonObject> current = Optional.empty();

    private int lastOfThisLife;
    private boolean diesHoldingTheLock;
    private int kills;
    private int killsWithTheLock;

    /**
     * @param under words to start it under
     * @param attempts how many commands it runs, all its lives together
     * @param killEvery after how many, on average, it is killed
     */
    StormProcess(StormFolder storm, String name, List<String> under, long seed, int attempts, int killEvery)
            throws IOException {
        this.storm = storm;
        this.name = name;
        this.under = under;
        this.seed = seed;
        this.attempts = attempts;
        this.random = new Random(seed + name.hashCode());
        this.killEvery = killEvery;
        this.process = start();
    }

    private Crash start() throws IOException {
        lastOfThisLife = begun + 1 + random.nextInt(2 * killEvery);
        diesHoldingTheLock = random.nextInt(4) > 0;
        return Crash.start(
                under,
                StormWorker.class,
                storm.folder(),
                JVM,
                storm.folder().toString(),
                name,
                String.valueOf(seed),
                String.valueOf(begun),
                String.valueOf(attempts));
    }

    /** Whether anything happened since it was asked last. */
    boolean hasNews() throws IOException {
        Path journal = storm.journals().resolve(name);
        boolean grown = Files.exists(journal) && Files.size(journal) > seen;
        if (grown) {
            String all = Files.readString(journal, StandardCharsets.ISO_8859_1);
            int end = all.lastIndexOf('\n') + 1; // what follows is still being written
            byte[] news = all.substring((int) seen, end).getBytes(StandardCharsets.ISO_8859_1);
            grown = end > seen;
            seen = end;
            new String(news, StandardCharsets.UTF_8).lines().forEach(this::hear);
        }
        return grown || isDoomed() || !process.isAlive();
    }

    /** Takes off what it was writing when it was killed: the next process goes on behind it. */
    private void cutTheUnfinished() throws IOException {
        try (FileChannel channel = FileChannel.open(storm.journals().resolve(name), StandardOpenOption.WRITE)) {
            channel.truncate(seen);
        } catch (NoSuchFileException e) {
            // it had not begun
        }
    }

    private void hear(String line) {
        JsonObject json = Json.parseObject(line.getBytes(StandardCharsets.UTF_8));
        boolean begins = json.has("kind");
        begun += begins ? 1 : 0;
        current = begins ? Optional.of(json) : Optional.empty();
    }

    private boolean isDoomed() throws IOException {
        return begun >= lastOfThisLife
                && begun < attempts
                && current.isPresent()
                && (!diesHoldingTheLock || holdsTheLock());
    }

    private boolean holdsTheLock() throws IOException {
        JsonObject attempt = current.orElseThrow();
        try {
            return Files.readString(storm.lock(attempt.string("repository")))
                    .startsWith("process " + attempt.number("process") + " ");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Kills it if its time has come; starts another in its place if there is something left to do.
     *
     * @return false if all is done
     */
    boolean goOn() throws IOException {
        if (isDoomed()) {
            boolean holds = holdsTheLock();
            if (process.kill().killed()) {
                kills++;
                killsWithTheLock += holds ? 1 : 0;
            }
            hasNews();
            cutTheUnfinished();
            current = Optional.empty();
            process = start();
        }
        if (process.isAlive()) {
            return true;
        }
        Crash.Ended ended = process.finish();
        hasNews();
        if (ended.exit() != 0 || begun < attempts) {
            throw new AssertionError(name + " ended by itself: " + ended);
        }
        return false;
    }

    int kills() {
        return kills;
    }

    int killsWithTheLock() {
        return killsWithTheLock;
    }

    /** Where its threads stand. */
    String threads() throws IOException {
        return name + ": " + (process.isAlive() ? process.threads() : "ended");
    }

    @Override
    public void close() {
        process.close();
    }
}
