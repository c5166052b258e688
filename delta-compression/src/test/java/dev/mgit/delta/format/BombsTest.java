package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Small files that say much: what a reader makes of them is bounded, whatever they unfold to. Looked at is what is
 * allocated, which time follows.
 */
class BombsTest {
    private static final long MOST = 1L << 30;

    /** The interpreter allocates what compiled code leaves out, and when code is compiled is luck: later runs tell. */
    private static final int RUNS = 20;

    private static final int LEVELS = 90;
    private static final int MANY = 500_000;

    private static final String[] UNITS = {"}", "]", "((", "cos\nsystem\n", "}q\0", "K\1\205", "\205"};

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Each level holds the one below twice: 2^90 leaves. */
    private static byte[] doubled(boolean dictionaries) {
        var text = new StringBuilder("\200\2").append(dictionaries ? "}" : ")").append("q\0");
        for (int level = 1; level <= LEVELS; level++) {
            String below = "h" + (char) (level - 1);
            text.append(dictionaries ? "}(X\1\0\0\0a" + below + "X\1\0\0\0b" + below + "u" : below + below + "\206");
            text.append("q").append((char) level);
        }
        return latin1(text + ".");
    }

    private static byte[] torch(byte[] pickle) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            add(zip, "archive/data.pkl", pickle);
            add(zip, "archive/version", latin1("3\n"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var crc = new CRC32();
        crc.update(content);
        var entry = new ZipEntry(name);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** The least of several runs, as many as it takes to be below the bound. */
    private static long allocated(String name, byte[] bytes) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int run = 0; run < RUNS && least >= MOST; run++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            Hostile.survives(name, bytes);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPickleThatDoublesItself(boolean dictionaries) {
        assertThat(allocated("model.pkl", doubled(dictionaries))).isLessThan(MOST);
        assertThat(allocated("model.pt", torch(doubled(dictionaries)))).isLessThan(MOST);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void aPickleOfVeryManyParts(int unit) {
        byte[] pickle = latin1("\200\2N" + UNITS[unit].repeat(MANY) + ".");
        assertThat(allocated("model.pkl", pickle)).isLessThan(MOST);
        assertThat(allocated("model.pt", torch(pickle))).isLessThan(MOST);
    }
}
