package dev.mgit.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class QuietErrorsTest {
    @Test
    void whatFailsOnTheOtherSideOfAFolderIsNoStackTrace() throws Exception {
        var said = new ByteArrayOutputStream();
        PrintStream quiet = QuietErrors.of(new PrintStream(said, true, StandardCharsets.UTF_8));
        for (String thread : List.of("JGit-Upload-Pack", "JGit-Receive-Pack", "main")) {
            var printing = new FutureTask<>(() -> {
                new IOException("in " + thread).printStackTrace(quiet);
                return true;
            });
            new Thread(printing, thread).start();
            assertThat(printing.get()).isTrue();
        }
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("java.io.IOException: in main")
                .doesNotContain("JGit");
    }
}
