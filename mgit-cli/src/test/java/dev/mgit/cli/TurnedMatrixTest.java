package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Crash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A matrix turned round, as other frameworks keep it: each of its blocks follows from all of the one it was. Made. */
class TurnedMatrixTest {
    private static final int ROWS = 1536;
    private static final int COLUMNS = 4096;
    /** Four times the matrix. To read it whole, copy it and turn it round took more. */
    private static final List<String> HEAP = List.of("-Xmx96m", "-XX:+UseSerialGC");

    @TempDir
    private Path folder;

    @Test
    void itIsPredictedWithoutTheWholeInMemory() throws IOException {
        var repository = TestRepository.init(folder.resolve("repository"));
        Path model = Files.createDirectories(folder.resolve("model"));
        Path file = model.resolve("model.safetensors");
        byte[] matrix = new byte[ROWS * COLUMNS * Float.BYTES];
        byte[] turned = new byte[matrix.length];
        ByteBuffer from = ByteBuffer.wrap(matrix).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer to = ByteBuffer.wrap(turned).order(ByteOrder.LITTLE_ENDIAN);
        var random = new Random(5);
        for (int i = 0; i < ROWS * COLUMNS; i++) {
            float value = random.nextFloat();
            from.putFloat(i * Float.BYTES, value);
            to.putFloat((i % COLUMNS * ROWS + i / COLUMNS) * Float.BYTES, value);
        }
        Files.write(file, TestRepository.safetensors(header(ROWS, COLUMNS), matrix));
        repository.ok("commit", model.toString(), "--model", "base");
        Files.write(file, TestRepository.safetensors(header(COLUMNS, ROWS), turned));

        assertThat(run(repository, "commit", model.toString(), "--model", "turned", "--from", "base", "--json"))
                .containsPattern("\"stored_bytes\" : [0-9]{1,6},");
        run(repository, "checkout", "turned", folder.resolve("out").toString());
        assertThat(folder.resolve("out/model.safetensors")).hasSameBinaryContentAs(file);
    }

    private static String run(TestRepository repository, String... command) throws IOException {
        Crash.Ended ended =
                Crash.start(Main.class, repository.root(), HEAP, command).finish();
        assertThat(ended.exit()).as("%s", ended).isZero();
        return ended.output();
    }

    private static String header(int rows, int columns) {
        return "{\"w\":{\"dtype\":\"F32\",\"shape\":[" + rows + "," + columns + "],\"data_offsets\":[0,"
                + rows * columns * Float.BYTES + "]}}";
    }
}
