package dev.mgit.delta.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderListingTest {
    @TempDir
    private Path folder;

    private void age() throws IOException {
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minusSeconds(60)));
    }

    @Test
    void aFolderThatStaysAsItIsIsListedOnce() throws IOException {
        Path model = Files.createFile(folder.resolve("a.onnx"));
        Files.createFile(folder.resolve("a.data"));
        age();
        var listed = FolderListing.of(folder, "*.onnx");
        assertThat(listed).containsExactly(model);
        assertThat(FolderListing.of(folder, "*.onnx")).containsExactly(model);
        age();
        FileTime then = Files.getLastModifiedTime(folder);
        FolderListing.of(folder, "*.onnx");
        Files.createFile(folder.resolve("hidden.onnx"));
        Files.setLastModifiedTime(folder, then);
        assertThat(FolderListing.of(folder, "*.onnx")).as("not listed again").containsExactly(model);
    }

    @Test
    void oneThatChangedIsListedAgainAndSoIsOneThatChangedJustNow() throws IOException {
        Path first = Files.createFile(folder.resolve("a.onnx"));
        assertThat(FolderListing.of(folder, "*.onnx")).containsExactly(first);
        FileTime now = FileTime.from(Instant.now());
        Files.setLastModifiedTime(folder, now);
        assertThat(FolderListing.of(folder, "*.onnx")).containsExactly(first);
        Path second = Files.createFile(folder.resolve("b.onnx"));
        Files.setLastModifiedTime(folder, now);
        assertThat(FolderListing.of(folder, "*.onnx")).containsExactlyInAnyOrder(first, second);
    }
}
