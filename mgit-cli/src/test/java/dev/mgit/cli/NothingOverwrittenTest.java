package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a user did to a checked-out folder is seen by {@code status} and survives {@code checkout}. Models are made. */
class NothingOverwrittenTest {
    private static final int CONFLICT = 5;

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path model;
    private Path out;

    /** Two versions: the second changes every file of the first, and lacks one. */
    @BeforeEach
    void twoVersions() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        model = folder.resolve("model");
        out = repository.root().resolve("out");
        write(1);
        Files.writeString(Files.createDirectories(model.resolve("logs")).resolve("first.txt"), "first");
        commit();
        write(2);
        Files.delete(model.resolve("logs/first.txt"));
        Files.delete(model.resolve("logs"));
        commit();
    }

    private void write(int seed) throws IOException {
        TestRepository.weights(model.resolve("model.safetensors"), seed, 400_000);
        Files.writeString(model.resolve("config.json"), "{\"a\":" + seed + "}");
        Files.writeString(model.resolve("run.sh"), "#!/bin/sh\nexit " + seed + "\n");
    }

    private void commit() {
        repository.ok("commit", model.toString(), "--model", "m");
    }

    /** Ways to change a file so that size and modification time stay. */
    enum Edit {
        IN_PLACE {
            @Override
            void write(Path file, byte[] bytes) throws IOException {
                Files.write(file, bytes, StandardOpenOption.WRITE);
            }
        },
        REPLACED {
            @Override
            void write(Path file, byte[] bytes) throws IOException {
                Path other = Files.write(file.resolveSibling("other"), bytes);
                Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
                Files.move(other, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            }
        };

        abstract void write(Path file, byte[] bytes) throws IOException;

        byte[] apply(Path file) throws IOException {
            FileTime time = Files.getLastModifiedTime(file);
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 2] ^= 1;
            write(file, bytes);
            Files.setLastModifiedTime(file, time);
            return bytes;
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEditThatLeavesSizeAndTimeIsSeenAndKept(Edit edit) throws IOException {
        for (String name : List.of("config.json", "model.safetensors", "logs/first.txt")) {
            repository.ok("checkout", "m~1", "out");
            byte[] edited = edit.apply(out.resolve(name));
            assertThat(repository.ok("status", "out")).contains("changed:  " + name);
            TestRepository.assertRefused(
                    repository.run("checkout", "m", "out"), CONFLICT, "checkout would overwrite 1 changed");
            TestRepository.assertRefused(
                    repository.run("checkout", "m~1", "out"), CONFLICT, "checkout would overwrite 1 changed");
            assertThat(out.resolve(name)).hasBinaryContent(edited);
            repository.ok("checkout", "m", "out", "--force");
            assertThat(repository.ok("status", "out")).contains("unchanged");
        }
    }

    @Test
    void anEditOfAFolderThatWasCommittedIsSeen() throws IOException {
        Path inside = LayeredFamily.write(repository.root().resolve("inside"), Map.of());
        repository.ok("commit", "inside");
        assertThat(repository.ok("status", "inside")).contains("unchanged");
        Edit.IN_PLACE.apply(inside.resolve("model.safetensors"));
        assertThat(repository.ok("status", "inside")).contains("changed:  model.safetensors");
        repository.ok("commit", "inside");
        assertThat(repository.ok("status", "inside")).contains("unchanged");
    }

    @Test
    void whatOlderVersionsOfMgitKnewOfAFolderIsNoProof() throws IOException {
        repository.ok("checkout", "m~1", "out");
        asOlderVersionsLeftIt();
        assertThat(repository.ok("status", "out")).contains("unchanged");
        Edit.IN_PLACE.apply(out.resolve("config.json"));
        asOlderVersionsLeftIt();
        assertThat(repository.ok("status", "out")).contains("changed:  config.json");
        TestRepository.assertRefused(repository.run("checkout", "m", "out"), CONFLICT, "config.json");
    }

    /** Size and time of every file as it is now, and nothing else. */
    private void asOlderVersionsLeftIt() throws IOException {
        Path record;
        try (Stream<Path> records = Files.list(repository.mgit().resolve("checkouts"))) {
            record = records.findFirst().orElseThrow();
        }
        JsonObject json = CheckedJson.parse(Files.readAllBytes(record));
        var files = new LinkedHashMap<String, List<Long>>();
        for (String path : json.object("files").members().keySet()) {
            Path file = out.resolve(path);
            files.put(
                    path,
                    List.of(Files.size(file), Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS)));
        }
        Files.write(
                record,
                CheckedJson.bytes(Map.of(
                        "folder", json.string("folder"),
                        "model", json.string("model"),
                        "version", json.string("version"),
                        "partial", json.flag("partial"),
                        "files", files)));
        Trees.delete(repository.mgit().resolve("index"));
    }

    @Test
    void aRepositoryOfItsOwnIsNoPlaceForACheckout() throws IOException {
        Path other = Files.createDirectories(folder.resolve("other"));
        TestRepository.init(other);
        TestRepository.assertRefused(
                repository.run("checkout", "m", other.toString()), CONFLICT, "holds a repository of its own");
    }

    @Test
    void aFolderThatBecameALinkLeadsNowhere() throws IOException {
        repository.ok("checkout", "m~1", "out");
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.writeString(outside.resolve("first.txt"), "first");
        Files.delete(out.resolve("logs/first.txt"));
        Files.delete(out.resolve("logs"));
        Files.createSymbolicLink(out.resolve("logs"), outside);
        TestRepository.assertRefused(
                repository.run("checkout", "m~1", "out", "--force"), CONFLICT, "logs' is not a folder");
        repository.ok("checkout", "m", "out", "--force");
        assertThat(outside.resolve("first.txt")).hasContent("first");
    }

    @Test
    void anImportTakesAnEditThatLeavesSizeAndTime() throws IOException {
        Path source = LayeredFamily.write(folder.resolve("sources/a"), Map.of());
        repository.ok("import", source.toString());
        Edit.IN_PLACE.apply(source.resolve("model.safetensors"));
        repository.ok("import", source.toString());
        repository.ok("checkout", "a", "imported");
        assertThat(repository.root().resolve("imported/model.safetensors"))
                .hasSameBinaryContentAs(source.resolve("model.safetensors"));
    }

    private static Set<PosixFilePermission> permissions(Path file) throws IOException {
        return Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
    }

    private void execute(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** What the umask leaves to a new file that asks for all of this. */
    private Set<PosixFilePermission> umasked(String wanted) throws IOException {
        Path file = folder.resolve("umasked");
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileChannel.open(file, options, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(wanted)))
                .close();
        Set<PosixFilePermission> left = permissions(file);
        Files.delete(file);
        return left;
    }

    @Test
    void theExecutableBitIsKeptForSmallFilesAndLarge() throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"), "there are no such bits here");
        execute(model.resolve("run.sh"));
        execute(model.resolve("model.safetensors"));
        commit(); // nothing but the bits is new
        repository.ok("checkout", "m", "out");
        assertThat(permissions(out.resolve("run.sh"))).isEqualTo(umasked("rwxrwxrwx"));
        assertThat(permissions(out.resolve("model.safetensors"))).isEqualTo(umasked("rwxrwxrwx"));
        assertThat(permissions(out.resolve("config.json"))).isEqualTo(umasked("rw-rw-rw-"));

        repository.ok("checkout", "m~1", "out");
        assertThat(permissions(out.resolve("run.sh"))).isEqualTo(umasked("rw-rw-rw-"));
        assertThat(permissions(out.resolve("model.safetensors"))).isEqualTo(umasked("rw-rw-rw-"));
        repository.ok("merge", "m", "m~1", "--base", "m~1", "--output", "merged");
        assertThat(permissions(repository.root().resolve("merged/model.safetensors")))
                .isEqualTo(umasked("rwxrwxrwx"));
        repository.ok(
                "run",
                "--model",
                "made",
                "--from",
                "m",
                "--",
                "sh",
                "-c",
                "test -x {parent1}/run.sh && "
                        + "test -x {parent1}/model.safetensors && test ! -x {parent1}/config.json && cp {parent1}/* {output}");
    }

    @Test
    void aChangedExecutableBitIsAChange() throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"), "there are no such bits here");
        execute(model.resolve("run.sh"));
        commit();
        repository.ok("checkout", "m", "out");
        Files.setPosixFilePermissions(out.resolve("run.sh"), PosixFilePermissions.fromString("rw-r--r--"));
        execute(out.resolve("config.json"));
        assertThat(repository.ok("status", "out"))
                .contains("mode:     config.json (now executable)")
                .contains("mode:     run.sh (no longer executable)")
                .doesNotContain("changed:");
        assertThat(repository.run("status", "out", "--exit-code").exit()).isEqualTo(3);
        assertThat(repository
                        .json("status", "out", "--json")
                        .objects("folders")
                        .get(0)
                        .objects("modes"))
                .extracting(mode -> mode.string("path") + " " + mode.flag("executable"))
                .containsExactly("config.json true", "run.sh false");
        TestRepository.assertRefused(repository.run("checkout", "m~1", "out"), CONFLICT, "config.json");
        repository.ok("commit", "out");
        assertThat(repository.ok("status", "out")).contains("unchanged");
        repository.ok("checkout", "m", "again");
        assertThat(Files.isExecutable(repository.root().resolve("again/config.json")))
                .isTrue();
    }

    @Test
    void foldersThatHoldNothingArePartOfAVersion() throws IOException {
        Files.createDirectories(model.resolve("empty/inner"));
        Files.createDirectories(model.resolve("cache"));
        commit();
        repository.ok("checkout", "m", "out");
        assertThat(out.resolve("empty/inner")).isEmptyDirectory();
        assertThat(out.resolve("cache")).isEmptyDirectory();
        assertThat(repository.ok("status", "out")).contains("unchanged");

        Files.delete(out.resolve("cache"));
        Files.createDirectories(out.resolve("fresh"));
        assertThat(repository.ok("status", "out")).contains("missing:  cache/", "new:      fresh/");
        repository.ok("checkout", "m", "out");
        assertThat(out.resolve("cache")).isEmptyDirectory();
        repository.ok("checkout", "m~1", "out");
        assertThat(out.resolve("empty")).doesNotExist();
        assertThat(out.resolve("cache")).doesNotExist();
        assertThat(out.resolve("fresh")).as("the user's").isEmptyDirectory();

        repository.ok("checkout", "m~2", "out");
        assertThat(out.resolve("logs/first.txt")).exists();
        repository.ok("checkout", "m", "out");
        assertThat(out.resolve("logs")).as("empty without its file").doesNotExist();
        Files.createDirectories(out.resolve("logs"));
        Files.writeString(out.resolve("cache/notes.txt"), "the user's");
        repository.ok("checkout", "m~2", "out");
        assertThat(out.resolve("cache/notes.txt")).hasContent("the user's");

        repository.ok("merge", "m", "m~1", "--base", "m~1", "--output", "merged");
        assertThat(repository.root().resolve("merged/empty/inner")).isEmptyDirectory();
    }

    @Test
    void aFileWhereAFolderBelongsIsNotReplaced() throws IOException {
        Files.createDirectories(model.resolve("empty"));
        commit();
        repository.ok("checkout", "m~1", "out");
        Files.writeString(out.resolve("empty"), "the user's");
        TestRepository.assertRefused(
                repository.run("checkout", "m", "out", "--force"), CONFLICT, "empty' is not a folder");
        assertThat(out.resolve("empty")).hasContent("the user's");
    }
}
