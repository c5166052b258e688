package dev.mgit.lineage.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
    private static final String LEFT = ".written-0b6c-left.mgit-new";

    @TempDir
    private Path folder;

    private static OutputFile.Content text(String text) {
        return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aFileThatIsThereIsNotTouchedUnlessItIsReplaced() throws IOException {
        Path file = folder.resolve("written");
        OutputFile.create(file, text("old"));
        assertThatThrownBy(() -> OutputFile.create(file, text("new"))).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("old");
        OutputFile.replace(file, text("new"));
        assertThat(file).hasContent("new");
        assertThat(folder.toFile().list()).containsExactly("written");
    }

    @Test
    void contentThatCannotBeWrittenLeavesTheOldFileAndNothingBeside() throws IOException {
        Path file = Files.writeString(folder.resolve("written"), "old");
        assertThatThrownBy(() -> OutputFile.replace(file, out -> {
                    out.write(1);
                    throw new IOException("no space");
                }))
                .hasMessage("no space");
        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("written");
    }

    @Test
    void whatAKilledCommandLeftGoesAndNothingElse() throws IOException {
        Files.writeString(folder.resolve(LEFT), "half");
        Files.writeString(folder.resolve(".writtenby-somebody.mgit-new"), "");
        Files.createDirectory(folder.resolve(".written-folder.mgit-new"));
        OutputFile.create(folder.resolve("written"), text("whole"));
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("written", ".writtenby-somebody.mgit-new", ".written-folder.mgit-new");
    }

    @Test
    void whatIsBeingWrittenStays() throws IOException {
        OutputFile.replace(folder.resolve("written"), outer -> {
            OutputFile.create(folder.resolve("written"), text("inner"));
            assertThat(folder.toFile().list()).hasSize(2).contains("written");
            outer.write('o');
        });
        assertThat(folder.resolve("written")).hasContent("o");
        assertThat(folder.toFile().list()).containsExactly("written");
    }
}
