package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine without the memory or the file descriptors a command takes: that is what is said, and nothing else. */
class ExhaustedMachineTest {
    private static final int DESCRIPTORS = 256;
    /** A command opens fewer files than this. */
    private static final int ENOUGH = 36;

    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void twoModels() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        Path model = folder.resolve("model");
        weights(model.resolve("model.safetensors"), 1, 8 << 20);
        repository.ok("commit", model.toString(), "--model", "large");
        for (int i = 0; i < 8; i++) { // one table each
            weights(model.resolve("model.safetensors"), i, 10_000);
            repository.ok("commit", model.toString(), "--model", "small");
        }
        repository.ok("gc"); // into a pack
        weights(model.resolve("model.safetensors"), 99, 10_000);
        repository.ok("commit", model.toString(), "--model", "small");
    }

    @Test
    void aHeapThatIsFullInAThreadThatDecodesEndsInTheHintAtItsSize() throws IOException {
        // Many threads take much more than one block each; what the command itself takes is small.
        repository.ok("config", "store.threads", "64");
        List<String> jvm = List.of("-Xmx32m");
        for (List<String> command : List.of(List.of("checkout", "large", "out"), List.of("fsck"))) {
            Crash.Ended ended = Crash.start(Main.class, repository.root(), jvm, command.toArray(String[]::new))
                    .finish();
            assertThat(ended.exit()).as("%s", ended).isEqualTo(1);
            assertThat(ended.output())
                    .matches("error: not enough memory \\(.+\\)\nhint: set MGIT_HEAP, for example to 1g\n");
        }
        assertThat(repository.root().resolve("out")).doesNotExist();
        assertThat(repository.ok("fsck")).contains("no damage");
    }

    @Test
    void filesThatCannotBeOpenedAreNoDamage() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash to set the limit");
        List<String> limited = List.of("/bin/bash", "-c", "ulimit -n " + DESCRIPTORS + " && exec \"$@\"", "-");
        Crash.Ended ended = Crash.start(
                        limited, FewDescriptors.class, repository.root(), List.of("-Xmx256m"), folder.toString())
                .finish();
        assertThat(ended.exit()).as("%s", ended).isZero();
        List<String> lines = ended.output().lines().toList();
        assertThat(lines).anyMatch(line -> line.startsWith("fsck: 0"));
        for (String command : List.of("fsck", "checkout", "log", "show")) {
            assertThat(lines).anyMatch(line -> line.startsWith(command + ": 1"));
        }
        assertThat(lines)
                .allMatch(line -> line.matches("[a-z]+: 0 .*")
                        || line.matches("[a-z]+: 1 error: too many open files \\| hint: raise the limit.*"));
    }

    /** With what the launcher gives the JVM there. */
    @Test
    void ofLimitedAddressSpaceAJobsIsEnoughAndTooLittleIsNamed() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash to set the limit");
        List<String> jvm = List.of("-Xmx320m", "-XX:CompressedClassSpaceSize=64m", "-XX:ReservedCodeCacheSize=64m");
        for (int limit : List.of(2_500_000, 1_000_000)) {
            List<String> limited = List.of("/bin/bash", "-c", "ulimit -v " + limit + " && exec \"$@\"", "-");
            Crash.Ended ended = Crash.start(
                            limited, Main.class, repository.root(), jvm, "commit", "../model", "--model", "n" + limit)
                    .finish();
            assertThat(ended.exit()).as("%s", ended).isEqualTo(limit > 2_000_000 ? 0 : 1);
            assertThat(ended.output())
                    .contains(
                            limit > 2_000_000
                                    ? "(new model)"
                                    : "error: not enough address space for the parameter store: the limit is 976 MiB");
        }
        assertThat(repository.ok("fsck")).contains("no damage");
    }

    /** As where the folder is on a full disk, or mounted without the right to run what is in it. */
    @Test
    void nativeLibrariesThatCannotBeUnpackedAreNamed() throws IOException {
        Path natives = folder.resolve("natives");
        List<String> jvm = List.of("-Xmx256m", "-Dmgit.native.dir=" + natives);
        assertThat(Crash.start(Main.class, repository.root(), jvm, "fsck")
                        .finish()
                        .exit())
                .isZero();
        for (String library : List.of("zstd", "rocksdb")) {
            Path unpacked;
            try (Stream<Path> folders = Files.list(natives)) {
                unpacked = folders.filter(
                                entry -> entry.getFileName().toString().startsWith(library))
                        .findFirst()
                        .orElseThrow();
            }
            Trees.delete(unpacked);
            Files.writeString(unpacked, "in the way");
            Crash.Ended ended =
                    Crash.start(Main.class, repository.root(), jvm, "fsck").finish();
            assertThat(ended.exit()).as("%s", ended).isEqualTo(1);
            assertThat(ended.output())
                    .matches("error: .*'s native library cannot be loaded from " + natives
                            + "\nhint: the folder must .*\n");
        }
    }

    /** Runs commands with every number of free descriptors from many to none, and prints how each ended. */
    static final class FewDescriptors {
        private FewDescriptors() {}

        public static void main(String[] arguments) throws IOException {
            Path root = Path.of("").toAbsolutePath();
            Path folder = Path.of(arguments[0]);
            loadEverything();
            for (int free = ENOUGH; free >= 0; free -= 2) {
                String checkout = "checkout small " + folder.resolve("out" + free);
                for (String command :
                        free % 3 == 0 ? List.of("fsck", "log", "show small", checkout) : List.of("fsck")) {
                    Deque<InputStream> fillers = fill();
                    for (int i = 0; i < free; i++) {
                        fillers.pop().close();
                    }
                    Cli.Ran ran = Cli.run(root, command.split(" "));
                    while (!fillers.isEmpty()) {
                        fillers.pop().close();
                    }
                    String said = String.join(" | ", ran.err().lines().toList());
                    System.out.println(command.split(" ")[0] + ": " + ran.exit() + " " + said);
                    if (ran.exit() != 0 && !ran.out().isEmpty()) {
                        System.out.println("printed: " + ran.out());
                    }
                }
            }
        }

        private static Deque<InputStream> fill() throws IOException {
            var fillers = new ArrayDeque<InputStream>();
            try {
                while (true) {
                    fillers.push(Files.newInputStream(Path.of("/dev/null")));
                }
            } catch (FileSystemException full) {
                return fillers;
            }
        }

        /** Opens the jars, which are one file where mgit is installed. */
        private static void loadEverything() throws IOException {
            for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
                try (ZipFile jar = new ZipFile(entry)) {
                    jar.stream()
                            .map(ZipEntry::getName)
                            .filter(name -> name.startsWith("dev/mgit/"))
                            .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
                            .map(name -> name.replace(".class", "").replace('/', '.'))
                            .forEach(FewDescriptors::load);
                }
            }
        }

        private static void load(String name) {
            try {
                Class.forName(name, false, FewDescriptors.class.getClassLoader());
            } catch (ClassNotFoundException | LinkageError e) {
                // a test's class whose library is not here
            }
        }
    }
}
