package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Crash;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file that no reader understands and that is larger than the heap is kept, and its successor as what changed, in
 * memory that does not depend on its length. Its bytes are noise, which is hardest to find again.
 */
@Tag("slow")
class OpaqueMemoryTest {
    private static final int BYTES = 180_000_000;
    /** Bytes between two that change: every chunk is new. */
    private static final int APART = 5000;

    private static final List<String> JVM = List.of("-Xmx160m", "-XX:MaxDirectMemorySize=16m");
    /** What heap, search trees, RocksDB and the machine itself take together. */
    private static final long MOST_RESIDENT = 600_000_000;

    @TempDir
    private Path folder;

    @Test
    void isBounded() throws IOException {
        TestRepository repository = TestRepository.init(folder.resolve("repo"));
        Path file = folder.resolve("model.unknown");
        write(file, false);
        commit(repository, file);
        write(file, true);
        String committed = commit(repository, file);

        assertThat(committed).containsPattern("\"stored_bytes\" : [0-9]{1,6},");
        repository.ok("checkout", "model", "out");
        assertThat(Files.mismatch(file, repository.root().resolve("out/model.unknown")))
                .isEqualTo(-1);
    }

    private static void write(Path file, boolean edited) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        byte[] piece = new byte[APART];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            for (int at = 0; at < BYTES; at += APART) {
                random.nextBytes(piece);
                piece[at / APART % 100] ^= (byte) (edited ? 1 : 0);
                out.write(piece);
            }
        }
    }

    private static String commit(TestRepository repository, Path file) throws IOException {
        Crash.Ended ended = Crash.start(
                        Measured.class, repository.root(), JVM, "commit", file.toString(), "--model", "model", "--json")
                .finish();
        assertThat(ended.exit()).as("%s", ended).isZero();
        return ended.output();
    }

    /** Runs a command, and fails if the process took too much memory. */
    static final class Measured {
        private Measured() {}

        public static void main(String[] arguments) {
            Cli.Ran ran = Cli.run(Path.of("").toAbsolutePath(), arguments);
            System.out.println(ran.out() + ran.err());
            long peak = peak();
            System.out.println("peak " + peak);
            System.exit(peak > MOST_RESIDENT ? 99 : ran.exit());
        }

        /** As the kernel tells; 0 where there is no such file. */
        private static long peak() {
            try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
                return lines.filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                        .findFirst()
                        .orElse(0);
            } catch (IOException | UncheckedIOException e) {
                return 0;
            }
        }
    }
}
