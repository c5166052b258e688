package dev.mgit.lineage.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuietSystemTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** JGit would otherwise write files over and over to find out, at the start of every command. */
    @Test
    void theResolutionOfTimeStampsIsKnownWithoutMeasuring() throws Exception {
        QuietSystem.install();
        assertThat(SystemReader.getInstance()
                        .getUserConfig()
                        .getTimeUnit("filesystem", "any|disk", "timestampResolution", -1, TimeUnit.MILLISECONDS))
                .isEqualTo(10);
        assertThat(FS.getFileStoreAttributes(folder).getFsTimestampResolution().toMillis())
                .isEqualTo(10);
        assertThat(left()).isEmpty();
    }

    private java.util.List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
