package dev.mgit.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.ModelShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which {@code .mgitignore} files hold where. */
class IgnoreRulesTest {
    @TempDir
    private Path folder;

    private Path root;
    private Path model;

    @BeforeEach
    void aModelInAFolderOfTheRepository() throws IOException {
        root = Files.createDirectory(folder.resolve("repository"));
        run("init");
        model = Families.base("m", 1, ModelShape.TINY).writeTo(Files.createDirectories(root.resolve("runs/a")));
        for (String name : new String[] {"a.log", "b.log", "notes.txt", "sub/c.log"}) {
            Files.createDirectories(model.resolve(name).getParent());
            Files.writeString(model.resolve(name), name);
        }
    }

    private Cli.Ran run(String... arguments) {
        Cli.Ran ran = Cli.run(root, arguments);
        assertThat(ran.exit()).as(ran.toString()).isZero();
        return ran;
    }

    private Iterable<String> committed() {
        run("commit", model.toString(), "--model", "m");
        Iterable<String> paths = run("show", "m", "--json").json().objects("files").stream()
                .map(file -> file.string("path"))
                .toList();
        run("rm", "m");
        return paths;
    }

    @Test
    void rulesHoldFromTheRepositorysFolderDownwards() throws IOException {
        Files.writeString(folder.resolve(".mgitignore"), "*.txt\n");
        Files.writeString(root.resolve(".mgitignore"), "*.log\n");
        assertThat(committed()).contains("notes.txt").doesNotContain("a.log", "b.log", "sub/c.log");
        Files.writeString(root.resolve("runs/.mgitignore"), "!b.log\n");
        assertThat(committed()).contains("b.log").doesNotContain("a.log", "sub/c.log");
        Files.writeString(model.resolve(".mgitignore"), "b.log\n!/sub/c.log\n");
        assertThat(committed()).contains("sub/c.log", "notes.txt").doesNotContain("a.log", "b.log", ".mgitignore");
    }

    @Test
    void aRuleWithASlashIsAnchoredWhereItStands() throws IOException {
        Files.writeString(root.resolve(".mgitignore"), "/runs/a/m/a.log\n/b.log\nruns/**/c.log\n");
        assertThat(committed()).contains("b.log").doesNotContain("a.log", "sub/c.log");
    }

    /** As with Git, what is named is taken, and status sees the folder as commit does. */
    @Test
    void whatIsNamedIsTakenAndTheFileItselfOnlyWhenAsked() throws IOException {
        Files.writeString(root.resolve(".mgitignore"), "/runs/\n*.log\n!.mgitignore\n");
        Files.writeString(model.resolve(".mgitignore"), "notes.txt\n");
        assertThat(committed()).contains(".mgitignore", "model.safetensors").doesNotContain("a.log", "notes.txt");
        run("commit", model.toString(), "--model", "m");
        assertThat(run("status", "--json").out()).doesNotContain("a.log", "notes.txt");
        run("commit", model.resolve("a.log").toString(), "--model", "log");
    }

    @Test
    void foldersOutsideTheRepositoryAreNotItsOwn() throws IOException {
        Files.writeString(root.resolve(".mgitignore"), "*.log\n");
        Path outside = folder.resolve("outside");
        Files.move(model, outside);
        model = outside;
        assertThat(committed()).contains("a.log");
    }

    @Test
    void aMarkOfTheByteOrderBelongsToNoRule() throws IOException {
        Files.writeString(model.resolve(".mgitignore"), "\ufeff*.log\r\nnotes.txt\r\n");
        assertThat(committed()).doesNotContain("a.log", "b.log", "sub/c.log", "notes.txt");
    }

    /** Rules that name what is taken take back everything else that leads there. */
    @Test
    void noRuleTakesInAFolderOfVersionControl() throws IOException {
        for (String name : new String[] {".git/config", "sub/.git", ".hg/x", ".mgit-staging-1/x", "sub/.mgit/x"}) {
            Files.createDirectories(model.resolve(name).getParent());
            Files.writeString(model.resolve(name), name);
        }
        Files.writeString(root.resolve(".mgitignore"), "*\n!*/\n!*.safetensors\n!config\n!x\n!.git\n");
        assertThat(committed()).containsExactly("model.safetensors");
        Files.delete(root.resolve(".mgitignore"));
        Files.writeString(model.resolve(".mgitignore"), "!*\n");
        assertThat(committed()).contains(".mgitignore", "a.log").noneMatch(path -> path.contains(".git/"));
    }
}
