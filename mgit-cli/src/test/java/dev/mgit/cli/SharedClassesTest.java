package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What short commands load comes from a class archive, which takes classes of Java 6 and newer only. */
final class SharedClassesTest {
    private static final int JAVA_6 = 50;

    @Test
    void picocliIsNewEnoughForAClassArchive() throws IOException {
        URL file = CommandLine.class.getResource("CommandLine.class");
        assertThat(file).isNotNull();
        try (InputStream in = file.openStream();
                var data = new DataInputStream(in)) {
            assertThat(data.readInt()).isEqualTo(0xcafebabe);
            data.readUnsignedShort();
            assertThat(data.readUnsignedShort()).as("major version").isGreaterThanOrEqualTo(JAVA_6);
        }
    }
}
