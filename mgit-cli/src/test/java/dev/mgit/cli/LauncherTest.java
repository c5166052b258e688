package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.SmallDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The {@code mgit} script itself, with a made jar that says how it was called. */
class LauncherTest {
    private static final String MAIN = """
            package dev.mgit.cli;
            public class Main {
                public static void main(String[] args) {
                    if (args.length == 1 && args[0].equals("kept")) {
                        System.out.println(System.getProperty("mgit.native.dir"));
                        System.exit(0);
                    }
                    if (args.length == 1 && args[0].startsWith("locale")) {
                        System.out.println(System.getProperty("sun.jnu.encoding") + " " + System.getenv("LC_ALL") + " "
                                + System.getenv("MGIT_LC_ALL") + " " + args[0].codePointCount(0, args[0].length()));
                        System.exit(0);
                    }
                    if (args.length == 1 && args[0].equals("malloc")) {
                        System.out.println(System.getenv("MALLOC_ARENA_MAX") + " " + System.getenv("MGIT_MALLOC"));
                        System.exit(0);
                    }
                    if (args.length == 1 && args[0].equals("options")) {
                        System.out.println(java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments());
                        System.exit(0);
                    }
                    if (args.length == 2 && args[1].equals("classes")) {
                        System.out.println(System.getProperty("java.class.path"));
                        System.exit(0);
                    }
                    System.out.println(System.getProperty("user.dir") + " " + java.util.Arrays.toString(args));
                    System.exit(3);
                }
            }
            """;

    @TempDir
    private Path dir;

    private Path script;

    private record Ran(int exit, String out, String err) {}

    @BeforeEach
    void installWithAMadeJar() throws IOException {
        Path target = Files.createDirectories(dir.resolve("home dir/mgit-cli/target"));
        script = Files.copy(Path.of("..", "mgit"), dir.resolve("home dir/mgit"));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Path source = Files.writeString(dir.resolve("Main.java"), MAIN);
        var compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler.run(null, null, null, "-d", dir.resolve("made").toString(), source.toString()))
                .isZero();
        try (var jar = new JarOutputStream(Files.newOutputStream(target.resolve("mgit.jar")))) {
            jar.putNextEntry(new ZipEntry("dev/mgit/cli/Main.class"));
            jar.write(Files.readAllBytes(dir.resolve("made/dev/mgit/cli/Main.class")));
        }
    }

    @Test
    void argumentsFolderAndExitCodePassThrough() throws Exception {
        Path elsewhere = Files.createDirectory(dir.resolve("else where")).toRealPath();
        Ran ran = run(elsewhere, Map.of(), script.toString(), "log", "a b", "");
        assertThat(ran).isEqualTo(new Ran(3, elsewhere + " [log, a b, ]\n", ""));
    }

    @Test
    void itIsFoundThroughLinksOfBothKinds() throws Exception {
        Path absolute = Files.createSymbolicLink(dir.resolve("absolute"), script);
        Path bin = Files.createDirectory(dir.resolve("bin"));
        Path relative = Files.createSymbolicLink(bin.resolve("mgit"), Path.of("..", "absolute"));
        Files.createSymbolicLink(dir.resolve("further"), Path.of("home dir", "mgit"));
        assertThat(run(bin, Map.of(), absolute.toString(), "commit").exit()).isEqualTo(3);
        assertThat(run(bin, Map.of(), relative.toString(), "commit").exit()).isEqualTo(3);
        assertThat(run(bin, Map.of(), "../further").exit()).isEqualTo(3);
        assertThat(run(dir, Map.of("PATH", bin + ":" + System.getenv("PATH")), "mgit")
                        .exit())
                .isEqualTo(3);
    }

    @Test
    void javaGetsALocaleOfUtf8AndTheUsersOwnIsPassedOn() throws Exception {
        assumeTrue(hasUtf8Locale(), "there is no locale C.UTF-8");
        for (String own : List.of("LC_ALL=C", "LC_ALL=POSIX", "LANG=xx_YY.UTF-8", "LANG=C", "LC_CTYPE=POSIX")) {
            Ran ran = run(
                    dir,
                    Map.of(),
                    "-i",
                    "JAVA_HOME=" + System.getProperty("java.home"),
                    "PATH=/usr/bin:/bin",
                    own,
                    script.toString(),
                    "locale-é");
            String saved = own.startsWith("LC_ALL=") ? own.substring("LC_ALL=".length()) : "";
            assertThat(ran).as(own).isEqualTo(new Ran(0, "UTF-8 C.UTF-8 " + saved + " 8\n", ""));
        }
        for (String own : List.of("LC_ALL=C.UTF-8", "LC_CTYPE=C.UTF-8", "LANG=C.UTF-8")) {
            Ran ran = run(
                    dir,
                    Map.of(),
                    "-i",
                    "JAVA_HOME=" + System.getProperty("java.home"),
                    "PATH=/usr/bin:/bin",
                    own,
                    script.toString(),
                    "locale");
            assertThat(ran.out()).as(own).startsWith("UTF-8 ").endsWith(" null 6\n");
        }
    }

    private static boolean hasUtf8Locale() throws Exception {
        Process process =
                new ProcessBuilder("bash", "-c", "LC_ALL=C.UTF-8; e=$'\\342\\202\\254'; ((${#e} == 1))").start();
        return Await.exit(process) == 0;
    }

    @Test
    void whereAddressSpaceIsLimitedTheJvmReservesLittle() throws Exception {
        String option = "CompressedClassSpaceSize";
        assertThat(run(dir, Map.of(), "bash", "-c", "ulimit -v 4000000; exec '" + script + "' options")
                        .out())
                .contains(option);
        assertThat(run(dir, Map.of(), script.toString(), "options").out()).doesNotContain(option);
    }

    /** And says so, so that it can be taken away again from what mgit starts. */
    @Test
    void nativeMemoryIsKeptInOnePoolUnlessTheUserSaysOtherwise() throws Exception {
        assertThat(run(dir, Map.of(), script.toString(), "malloc").out()).isEqualTo("1 1\n");
        assertThat(run(dir, Map.of("MALLOC_ARENA_MAX", "4"), script.toString(), "malloc")
                        .out())
                .isEqualTo("4 null\n");
    }

    @Test
    void theJarOfBenchmarksIsOnTheClassPathForThemAndTheDemoOnly() throws Exception {
        Path jar = dir.resolve("home dir/mgit-cli/target/mgit.jar");
        assertThat(run(dir, Map.of(), script.toString(), "bench", "classes").out())
                .isEqualTo(jar + "\n");
        Path bench = Files.copy(jar, jar.resolveSibling("mgit-bench.jar"));
        for (String command : List.of("bench", "demo")) {
            assertThat(run(dir, Map.of(), script.toString(), command, "classes").out())
                    .isEqualTo(jar + ":" + bench + "\n");
        }
        assertThat(run(dir, Map.of(), script.toString(), "log", "classes").out())
                .isEqualTo(jar + "\n");
    }

    @Test
    void whatIsKeptLiesBesideTheJarOrInTheUsersCacheOrNowhere() throws Exception {
        assertThat(run(dir, Map.of(), script.toString(), "kept").out())
                .isEqualTo(dir.resolve("home dir/mgit-cli/target/native") + "\n");
        Optional<SmallDisk> found = SmallDisk.ofBytes(8 << 20);
        assumeTrue(found.isPresent(), "this user may not mount");
        try (SmallDisk disk = found.get()) {
            Path target = Files.createDirectories(disk.root().resolve("mgit-cli/target"));
            Files.copy(dir.resolve("home dir/mgit-cli/target/mgit.jar"), target.resolve("mgit.jar"));
            Path there = Files.copy(script, disk.root().resolve("mgit"), StandardCopyOption.COPY_ATTRIBUTES);
            disk.makeReadOnly();
            Path home = Files.createDirectory(dir.resolve("user"));
            Map<String, String> user = Map.of("HOME", home.toString(), "XDG_CACHE_HOME", "");
            assertThat(run(dir, user, there.toString(), "kept").out())
                    .startsWith(home.resolve(".cache/mgit") + "/")
                    .endsWith("/native\n");
            Map<String, String> nobody = Map.of("HOME", disk.root().toString(), "XDG_CACHE_HOME", "");
            assertThat(run(dir, nobody, there.toString(), "kept")).isEqualTo(new Ran(0, "null\n", ""));
            assertThat(run(dir, Map.of("HOME", "", "XDG_CACHE_HOME", ""), there.toString(), "kept"))
                    .isEqualTo(new Ran(0, "null\n", ""));
        }
    }

    @Test
    void anOldJavaIsRefusedInOneSentence() throws Exception {
        Path old = dir.resolve("jdk-11");
        Files.createDirectories(old.resolve("bin"));
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        Files.writeString(old.resolve("bin/java"), "#!/bin/sh\nexit 9\n");
        assertThat(old.resolve("bin/java").toFile().setExecutable(true)).isTrue();
        assertThat(run(dir, Map.of("JAVA_HOME", old.toString()), script.toString()))
                .isEqualTo(new Ran(
                        1,
                        "",
                        "error: mgit needs Java 17 or newer, but " + old
                                + "/bin/java is version 11.0.2\nhint: set JAVA_HOME to a newer JDK\n"));
    }

    /** Threads hold blocks: where there are more processors than eight, they get more of a heap, unless the user said how much. */
    @ParameterizedTest
    @CsvSource({"2, '', 320m", "8, '', 320m", "10, '', 352m", "10, 1g, 1g"})
    void theHeapGrowsWithTheProcessors(int processors, String own, String heap) throws Exception {
        Path java = Files.createDirectories(dir.resolve("jdk/bin")).resolve("java");
        Files.writeString(dir.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
        Files.writeString(java, "#!/bin/sh\necho \"$@\"\n");
        Path bin = Files.createDirectory(dir.resolve("bin"));
        Path count = Files.writeString(bin.resolve("nproc"), "#!/bin/sh\necho " + processors + "\n");
        assertThat(java.toFile().setExecutable(true) && count.toFile().setExecutable(true))
                .isTrue();
        Map<String, String> environment = Map.of(
                "JAVA_HOME",
                dir.resolve("jdk").toString(),
                "PATH",
                bin + ":" + System.getenv("PATH"),
                "XDG_CACHE_HOME",
                dir.resolve("cache").toString(),
                "MGIT_HEAP",
                own);
        Ran ran = run(dir, environment, script.toString(), "gc");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).contains(" -Xmx" + heap + " ");
    }

    @Test
    void aBuildThatFailsSaysWhyAndWhereToRead() throws Exception {
        Files.delete(script.resolveSibling("mgit-cli/target/mgit.jar"));
        Path bin = Files.createDirectory(dir.resolve("bin"));
        Path maven = Files.writeString(bin.resolve("mvn"), "#!/bin/sh\necho '[ERROR] it broke'\nexit 1\n");
        assertThat(maven.toFile().setExecutable(true)).isTrue();
        Ran ran = run(dir, Map.of("PATH", bin + ":" + System.getenv("PATH")), script.toString(), "log");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("error: the build failed; its last words: [ERROR] it broke\nhint: read ");
    }

    private Ran run(Path folder, Map<String, String> environment, String... command) throws Exception {
        Path out = dir.resolve("out");
        Path err = dir.resolve("err");
        List<String> words = new ArrayList<>(List.of("/usr/bin/env"));
        words.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        return new Ran(
                Await.exit(process),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
