package dev.mgit.hooks.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JobFolderTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temp;

    @SuppressWarnings("NullAway.Init")
    private JobFolder folder;

    @BeforeEach
    void makeFolder() {
        folder = new JobFolder(temp);
    }

    /** As the script of a job does whose command was killed a moment before it. */
    private void scriptWrites(int code) throws IOException {
        Files.writeString(temp.resolve("exit"), code + "\n");
    }

    @ParameterizedTest
    @CsvSource({"cancelled,143,CANCELLED", "cancelled,1,CANCELLED", "timeout,137,TIMED_OUT", "cancelled,0,EXITED"})
    void whoKillsAJobSaysSoBeforeItsScriptCan(String how, int code, JobStatus.State state) throws IOException {
        folder.ending(how);
        assertThat(folder.ended()).as("it runs until it is dead").isEmpty();
        scriptWrites(code);
        folder.end(how);
        assertThat(folder.ended()).map(JobStatus::state).contains(state);
    }

    @Test
    void aJobThatFailedIsNotCancelledAfterwards() throws IOException {
        scriptWrites(5);
        folder.ending("cancelled");
        folder.end("cancelled");
        assertThat(folder.ended()).contains(JobStatus.exited(5));
    }

    /** A file grew, and what was in it did not reach the disk. */
    @ParameterizedTest
    @ValueSource(strings = {"\0\0\0\0", "\0", "a", "99999999999999999999", "\u00ff"})
    void whatAPowerFailureLeftOfAJobIsNoNumber(String zeros) throws IOException {
        for (String name : List.of("pid", "exit", "timeout", "seconds")) {
            Files.writeString(temp.resolve(name), zeros);
        }
        assertThat(folder.pid()).isEmpty();
        assertThat(folder.ended()).map(JobStatus::state).contains(JobStatus.State.LOST);
        assertThat(folder.overdue()).isFalse();
        assertThat(folder.seconds()).isZero();
    }
}
