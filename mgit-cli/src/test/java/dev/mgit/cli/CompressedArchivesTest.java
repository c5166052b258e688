package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.GitServers;
import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Archives that Python's own libraries compressed come back to the byte, and what is in them is compared, taken out and
 * stored as if they were not compressed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompressedArchivesTest {
    private static final Path WRITTEN =
            Path.of("..", "delta-compression", "src", "test", "resources", "dev", "mgit", "delta", "format", "real");

    private static final String MAKE = """
            import sys, os, zipfile, zlib, numpy as np
            root, written = sys.argv[1:]
            rng = np.random.default_rng(3)
            def folder(name):
                os.makedirs(f'{root}/{name}'); return f'{root}/{name}/'
            w = {f'layer{i}.weight': (rng.standard_normal((128, 512)) * .02).astype('f4') for i in range(4)}
            w['columns'] = np.asfortranarray(rng.standard_normal((30, 50)).astype('f4'))
            w['none'] = np.zeros((0, 3), 'f4'); w['pruned'] = np.where(rng.random(100000) < .03, 1, 0).astype('f4')
            np.savez(folder('plain') + 'm.npz', **w)
            np.savez_compressed(folder('first') + 'm.npz', **w)
            for k in w: w[k] = (w[k] + (w[k] != 0) * rng.standard_normal(w[k].shape) * 1e-5).astype('f4')
            np.savez_compressed(folder('second') + 'm.npz', **w)
            np.savez_compressed(folder('third') + 'm.npz', **{k: (w[k] * (1 + (k == 'columns'))).astype('f4') for k in w})
            # torch.save and Keras store; archives that somebody compressed are read all the same
            for file, name in (('zip.pt', 'torch'), ('small.keras', 'keras')):
                for level in (1, 6, 9):
                    with zipfile.ZipFile(f'{written}/{file}') as stored, \\
                            zipfile.ZipFile(folder(f'{name}{level}') + file, 'w', zipfile.ZIP_DEFLATED, compresslevel=level) as z:
                        for entry in stored.namelist(): z.writestr(entry, stored.read(entry))
            with zipfile.ZipFile(folder('other') + 'm.npz', 'w', zipfile.ZIP_BZIP2) as z:
                z.write(root + '/plain/m.npz', 'notes'); z.writestr('w.npy', open(written + '/c_order.npy', 'rb').read())
            print('ng' in zlib.ZLIB_RUNTIME_VERSION)
            """;

    @TempDir
    private static Path folder;

    private long again;
    private long update;
    private TestRepository repository = new TestRepository(Path.of(""));

    @BeforeAll
    void pythonCompresses() throws IOException {
        Optional<PythonEnv> python = PythonEnv.withPackages("numpy", "safetensors", "onnx", "gguf", "ml_dtypes");
        assumeTrue(python.isPresent(), "needs Python and its package index");
        String otherZlib = python.get().run(MAKE, folder, WRITTEN.toAbsolutePath());
        assumeTrue(otherZlib.strip().equals("False"), "Python has another zlib");
        repository = TestRepository.init(Files.createDirectory(folder.resolve("repository")));
        for (String name : List.of("first", "torch1", "torch6", "torch9", "keras1", "keras6", "keras9", "other")) {
            repository.ok("commit", folder.resolve(name).toString());
        }
        again = stored("plain", "again");
        update = stored("second", "first");
    }

    private long stored(String name, String model) {
        return repository
                .json("commit", folder.resolve(name).toString(), "--model", model, "--json")
                .number("stored_bytes");
    }

    private void comesBack(TestRepository from, String revision, String name, String file) {
        Path out = folder.resolve(from.root().getFileName() + "-" + name);
        from.ok("checkout", revision, out.toString());
        assertThat(out.resolve(file))
                .hasSameBinaryContentAs(folder.resolve(name).resolve(file));
    }

    @Test
    void filesComeBackToTheByteHereAndFromARemote() throws IOException {
        for (String level : List.of("1", "6", "9")) {
            comesBack(repository, "torch" + level, "torch" + level, "zip.pt");
            comesBack(repository, "keras" + level, "keras" + level, "small.keras");
        }
        comesBack(repository, "first~1", "first", "m.npz");
        comesBack(repository, "first", "second", "m.npz");
        comesBack(repository, "other", "other", "m.npz");
        assertThat(repository.ok("fsck")).contains("no damage");

        GitServers.bare(folder.resolve("models.git"));
        repository.ok("remote", "add", "origin", "../models.git", "--store", "../store");
        repository.ok("push");
        assertThat(Cli.run(folder, "clone", "models.git", "clone").exit()).isZero();
        comesBack(new TestRepository(folder.resolve("clone")), "origin/first", "second", "m.npz");
    }

    @Test
    void whatIsInThemIsComparedAndTakenOut() throws IOException {
        assertThat(repository.ok("diff", "again", "first~1")).contains("the same weights");
        assertThat(repository.ok("diff", "first", folder.resolve("second").toString()))
                .contains("identical");
        assertThat(repository.ok("diff", "torch1", "torch9")).contains("the same weights");
        assertThat(repository.ok("diff", "first~1", "first")).contains("7 tensors: 6 changed, 1 same");
        assertThat(repository.ok("show", "keras6", "--tensors"))
                .contains("dense")
                .doesNotContain("compressed");
        repository.ok("checkout", "again", folder.resolve("a").toString(), "--tensors", "*");
        repository.ok("checkout", "first~1", folder.resolve("b").toString(), "--tensors", "*");
        assertThat(folder.resolve("a").resolve("tensors.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("b").resolve("tensors.safetensors"));
    }

    /** The same weights are stored once, and an update costs what it costs uncompressed. */
    @Test
    void whatIsInThemIsStoredAsUncompressed() {
        assertThat(again).isLessThan(2000);
        assertThat(update)
                .isLessThan(folder.resolve("second").resolve("m.npz").toFile().length() * 6 / 10);
    }

    @Test
    void aFolderThatHoldsTheVersionIsClean() throws IOException {
        Path out = folder.resolve("clean");
        repository.ok("checkout", "first", out.toString());
        assertThat(repository.ok("status", out.toString())).contains("unchanged");
        repository.refuses(
                1, "nothing to commit", "commit", folder.resolve("second").toString(), "--model", "first");
    }

    @Test
    void filesAreExportedAndServedToTheByte() throws Exception {
        byte[] file = Files.readAllBytes(folder.resolve("second").resolve("m.npz"));
        Path exported = folder.resolve("exported");
        repository.ok("export", "first", exported.toString());
        assertThat(Files.readAllBytes(exported.resolve("m.npz"))).isEqualTo(file);

        try (var served = new ServedRepository(repository)) {
            String address = "/first/resolve/main/m.npz";
            assertThat(served.get(address).body()).isEqualTo(file);
            // within the first entry, across two of them, and the archive's own directory
            for (int[] part :
                    new int[][] {{100, 101}, {5_000, 90_000}, {200_000, 700_000}, {file.length - 500, file.length}}) {
                assertThat(served.get(address, "Range", "bytes=" + part[0] + "-" + (part[1] - 1))
                                .body())
                        .isEqualTo(Arrays.copyOfRange(file, part[0], part[1]));
            }
        }
    }

    /** Its checksums and lengths would have to be written anew. */
    @Test
    void aMergeOrASparseUpdateIntoAnArchiveIsRefused() throws IOException {
        Path patch = folder.resolve("patch.safetensors");
        repository.ok("commit", folder.resolve("first").toString(), "--model", "base");
        repository.ok("commit", folder.resolve("second").toString(), "--model", "tuned", "--from", "base");
        repository.ok("commit", folder.resolve("third").toString(), "--model", "other-half", "--from", "base");
        repository.ok("export", "tuned", patch.toString(), "--sparse", "base");

        repository.refuses(
                1, "whose elements cannot be replaced", "commit", "--sparse", patch.toString(), "--from", "base");
        repository.refuses(
                1,
                "'m.npz' is compressed, and the merge changes tensors in it",
                "merge",
                "tuned",
                "other-half",
                "--strategy",
                "average");
    }
}
