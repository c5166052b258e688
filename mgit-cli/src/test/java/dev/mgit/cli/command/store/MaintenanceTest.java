package dev.mgit.cli.command.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code du}, {@code fsck} and {@code gc} as a user meets them, on made models. */
class MaintenanceTest {
    @TempDir
    private Path folder;

    private Path repository;

    @BeforeEach
    void aFamilyIsCommitted() throws IOException {
        repository = Files.createDirectory(folder.resolve("repository"));
        MadeModel base = Families.base("base", 1, ModelShape.TINY);
        run(0, "init");
        run(0, "commit", base.writeTo(folder).toString());
        run(
                0,
                "commit",
                Families.fineTuned(base, "child", 2, 1e-3).writeTo(folder).toString(),
                "--from",
                "base");
    }

    private Cli.Ran run(int exit, String... arguments) {
        Cli.Ran ran = Cli.run(repository, arguments);
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(exit);
        return ran;
    }

    @Test
    void duExplainsWhereTheBytesAre() {
        assertThat(run(0, "du", "--explain").out())
                .contains("base", "child", "predicted by", "parent", "residual", "lineage repository's files");
        assertThat(run(0, "du", "child", "--json").out())
                .contains("\"stored_bytes\"")
                .doesNotContain("\"base\"");
        assertThat(run(2, "du", "chil").err()).contains("did you mean 'child'?");
    }

    @Test
    void gcSaysWhatItWouldDoAndDoesIt() {
        run(0, "rm", "child");
        assertThat(run(0, "gc").out()).contains("Removed 0 versions");
        assertThat(run(0, "gc", "--dry-run", "--prune-older-than", "0").out()).contains("Would remove 1 versions");
        assertThat(run(0, "gc", "--prune-older-than", "0", "--repack", "--effort", "small")
                        .out())
                .contains("Removed 1 versions", "Re-encoded");
        assertThat(run(0, "fsck").out()).contains("Checked 1 versions").contains("no damage");
        assertThat(run(2, "gc", "--prune-older-than", "soon").err()).contains("'soon' is not an age");
        assertThat(run(2, "gc", "--effort", "small").err()).contains("--effort needs --repack");
    }

    /** Whatever happens to the store's own files ends in a sentence and exit code 6. */
    @ParameterizedTest
    @ValueSource(strings = {"*.sst", "*.blob", "MANIFEST-*", "CURRENT"})
    void aDamagedFileOfTheStoreIsASentence(String glob) throws IOException {
        Path file = only(repository.resolve(".mgit/parameters"), glob);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
        Cli.Ran ran = run(6, "fsck");
        assertThat(ran.out()).contains("damaged: ").doesNotContain("Exception");
        assertThat(ran.err()).doesNotContain("internal error");
        assertThat(run(6, "fsck", "--json").out()).contains("\"clean\" : false");
        run(0, "fsck", "--lineage-only");
    }

    @Test
    void aMissingStoreNamesTheModels() throws IOException {
        dev.mgit.fixtures.Trees.delete(repository.resolve(".mgit/parameters"));
        assertThat(run(6, "fsck").out()).contains("it is missing", "touches base@", "touches child@");
        assertThat(run(6, "gc").err()).contains("the parameter store is missing");
    }

    @Test
    void aDamagedGitObjectIsNamed() throws IOException {
        String head = run(0, "log", "-n", "1", "--json", "child").out();
        String id = head.replaceAll("(?s).*?\"id\" : \"([0-9a-f]{40})\".*", "$1");
        Path object = repository
                .resolve(".mgit/lineage.git/objects")
                .resolve(id.substring(0, 2))
                .resolve(id.substring(2));
        byte[] bytes = Files.readAllBytes(object);
        bytes[bytes.length / 2] ^= 4;
        assertThat(object.toFile().setWritable(true)).isTrue();
        Files.write(object, bytes);
        Cli.Ran ran = run(6, "fsck");
        assertThat(ran.out()).contains("Git object " + id).doesNotContain("Exception");
    }

    private static Path only(Path folder, String glob) throws IOException {
        var matcher = folder.getFileSystem().getPathMatcher("glob:" + glob);
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(file -> matcher.matches(file.getFileName()))
                    .sorted((a, b) ->
                            Long.compare(b.toFile().length(), a.toFile().length()))
                    .toList();
            return found.get(0);
        }
    }
}
