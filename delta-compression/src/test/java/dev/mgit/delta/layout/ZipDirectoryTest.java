package dev.mgit.delta.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.format.Hostile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On an archive made byte by byte, all its sizes and offsets in ZIP64 fields, as in files of 4 GiB and more. */
class ZipDirectoryTest {
    private static final int DATA = 31;
    private static final int CENTRAL = DATA + 4;
    private static final int EXTRA = CENTRAL + 47;
    private static final int END_64 = EXTRA + 28;
    private static final int LOCATOR = END_64 + 56;
    private static final int END = LOCATOR + 20;

    @Test
    void followsZip64Fields() throws IOException {
        assertThat(ZipDirectory.read(new MemoryByteSource(archive())).orElseThrow())
                .containsExactly(new ZipDirectory.Entry("a", DATA, 4, true, Optional.empty()));
    }

    @Test
    void skipsACommentThatLooksLikeAnEnd() throws IOException {
        byte[] comment = "PK\5\6 not an end, but long enough to be one".getBytes(StandardCharsets.US_ASCII);
        byte[] file = Hostile.concat(archive(), comment);
        file[END + 20] = (byte) comment.length;
        assertThat(ZipDirectory.read(new MemoryByteSource(file)).orElseThrow()).hasSize(1);
    }

    @Test
    void doesNotClaimOtherFiles() throws IOException {
        assertThat(ZipDirectory.read(new MemoryByteSource(new byte[100]))).isEmpty();
        assertThat(ZipDirectory.read(new MemoryByteSource(new byte[0]))).isEmpty();
    }

    /** Each line: where to put a 64-bit value, the value, part of the message. */
    @ParameterizedTest
    @CsvSource({
        EXTRA + 12 + ", 5, more than there are before the directory",
        EXTRA + 12 + ", -1, more than there are before the directory",
        EXTRA + 12 + ", 9223372036854775807, more than there are before the directory",
        EXTRA + 20 + ", 1, should begin a in the zip archive",
        EXTRA + 20 + ", -1, byte -1 is referenced",
        EXTRA + 20 + ", 9223372036854775807, byte 9223372036854775807 is referenced",
        END_64 + 32 + ", 2, more bytes are expected",
        END_64 + 32 + ", 0, goes on at byte",
        END_64 + 32 + ", -1, lists more than",
        END_64 + 32 + ", 9223372036854775807, lists more than",
        END_64 + 40 + ", 74, does not end where its end record is",
        END_64 + 40 + ", -1, does not end where its end record is",
        END_64 + 48 + ", 0, does not end where its end record is",
        LOCATOR + 8 + ", 0, should be the ZIP64 end",
        LOCATOR + 8 + ", -1, byte -1 is referenced"
    })
    void namesWhatIsWrong(int position, long value, String message) {
        byte[] file = archive();
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(position, value);
        assertThatThrownBy(() -> ZipDirectory.read(new MemoryByteSource(file)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(message);
    }

    private static byte[] archive() {
        ByteBuffer out = ByteBuffer.allocate(END + 22).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x04034b50).put(new byte[22]).putShort((short) 1).putShort((short) 0);
        out.put((byte) 'a').putInt(0x04030201);
        out.putInt(0x02014b50).put(new byte[16]).putInt(-1).putInt(-1);
        out.putShort((short) 1)
                .putShort((short) 28)
                .put(new byte[10])
                .putInt(-1)
                .put((byte) 'a');
        out.putShort((short) 1).putShort((short) 24).putLong(4).putLong(4).putLong(0);
        out.putInt(0x06064b50)
                .putLong(44)
                .put(new byte[12])
                .putLong(1)
                .putLong(1)
                .putLong(75)
                .putLong(CENTRAL);
        out.putInt(0x07064b50).putInt(0).putLong(END_64).putInt(1);
        out.putInt(0x06054b50)
                .putInt(0)
                .putShort((short) -1)
                .putShort((short) -1)
                .putInt(-1)
                .putInt(-1);
        return out.putShort((short) 0).array();
    }
}
