package dev.mgit.cli.command.history;

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

/** Checked-out folders of a model whose name changed. */
class RenamedModelTest {
    @TempDir
    private Path root;

    @BeforeEach
    void aCheckedOutModel() throws IOException {
        run("init");
        Path model = Families.base("old", 1, ModelShape.TINY).writeTo(Files.createDirectory(root.resolve("made")));
        run("commit", model.toString(), "--model", "old");
        Files.writeString(model.resolve("more.txt"), "more");
        run("commit", model.toString(), "--model", "old");
        run("checkout", "old", "newest");
        run("checkout", "old~1", "earlier");
        run("mv", "old", "new");
    }

    private Cli.Ran run(String... arguments) {
        Cli.Ran ran = Cli.run(root, arguments);
        assertThat(ran.exit()).as(ran.toString()).isZero();
        return ran;
    }

    @Test
    void statusAndCommitKnowTheNewName() throws IOException {
        assertThat(run("status").out()).contains("newest: new at ").doesNotContain(": old at ");
        Files.writeString(root.resolve("newest/notes.txt"), "changed");
        assertThat(run("commit", "newest").out()).startsWith("[new ");
        Cli.Ran behind = Cli.run(root, "commit", "earlier");
        assertThat(behind.exit()).isEqualTo(5);
        assertThat(behind.err()).contains("but new has moved on");
    }

    @Test
    void anotherModelOfTheOldNameIsAnotherModel() throws IOException {
        Path other = Families.base("other", 2, ModelShape.TINY).writeTo(root.resolve("made"));
        run("commit", other.toString(), "--model", "old");
        Files.writeString(root.resolve("newest/notes.txt"), "changed");
        assertThat(run("commit", "newest").out()).startsWith("[new ");
    }

    @Test
    void theRenameUndoneIsUndoneThereToo() throws IOException {
        run("undo");
        Files.writeString(root.resolve("newest/notes.txt"), "changed");
        assertThat(run("commit", "newest").out()).startsWith("[old ");
    }

    @Test
    void aRemovedModelHasNoName() throws IOException {
        run("rm", "new");
        Files.writeString(root.resolve("newest/notes.txt"), "changed");
        Cli.Ran refused = Cli.run(root, "commit", "newest");
        assertThat(refused.exit()).isEqualTo(5);
        assertThat(refused.err()).contains("was renamed or removed");
    }
}
