package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.ChildJvm;
import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The package in {@code python/}: its own tests, which call the command made of the classes under test. */
@Tag("slow")
class PythonPackageTest {
    private static final Path PACKAGE = Path.of("..", "python").toAbsolutePath().normalize();

    @TempDir
    private Path dir;

    private Path command;

    @BeforeEach
    void writeTheCommand() throws IOException {
        command = Files.writeString(
                dir.resolve("mgit"),
                "#!/bin/sh\nexec '" + String.join("' '", ChildJvm.command(List.of("-Xmx320m")))
                        + "' dev.mgit.cli.Main \"$@\"\n");
        assertThat(command.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void repositoryCacheAndTensors() throws Exception {
        var environment = PythonEnv.withPackages("numpy", "safetensors");
        assumeTrue(environment.isPresent(), "needs Python and its package index");
        run(environment.get(), "test_repository.py");
        run(environment.get(), "test_cache.py");
    }

    @Test
    void trainerCallback() throws Exception {
        var environment = PythonEnv.withTorch();
        assumeTrue(environment.isPresent(), "not run with a Trainer: MGIT_TORCH_PYTHON names no Python");
        run(environment.get(), "test_hf.py");
    }

    @Test
    void lightningCallback() throws Exception {
        var environment = PythonEnv.withTorch()
                .filter(python -> python.run(
                                "from importlib.util import find_spec; print(find_spec('lightning') is not None)")
                        .contains("True"));
        assumeTrue(environment.isPresent(), "not run with Lightning: MGIT_TORCH_PYTHON names no Python that has it");
        run(environment.get(), "test_lightning.py");
    }

    private void run(PythonEnv environment, String tests) throws Exception {
        Path log = dir.resolve(tests + ".log");
        var builder = new ProcessBuilder(List.of(
                        environment.python().toString(),
                        "-B",
                        "-m",
                        "unittest",
                        "discover",
                        "-t",
                        ".",
                        "-s",
                        "tests",
                        "-p",
                        tests))
                .directory(PACKAGE.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("MGIT_COMMAND", command.toString());
        builder.environment().remove("MGIT_REPOSITORY");
        int exit = Await.exit(builder.start());
        String said = Files.readString(log);
        assertThat(exit).as(said).isZero();
        assertThat(said).containsPattern("Ran [1-9][0-9]* tests? in").doesNotContain("skipped");
    }
}
