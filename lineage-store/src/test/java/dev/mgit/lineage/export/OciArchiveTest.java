package dev.mgit.lineage.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Headers of tar files: sizes as octal digits while they fit, else in base 256. */
class OciArchiveTest {
    private static final long EIGHT_GIB = 1L << 33;

    @Test
    void sizesUpToEightGibAreOctal() {
        byte[] header = OciArchive.header("blobs/x", EIGHT_GIB - 1);
        assertThat(new String(header, 124, 12, StandardCharsets.US_ASCII)).isEqualTo("77777777777\0");
    }

    @Test
    void largerOnesAreInBase256() {
        byte[] header = OciArchive.header("blobs/x", 5 * EIGHT_GIB + 7);
        assertThat(header[124]).isEqualTo((byte) 0x80);
        assertThat(ByteBuffer.wrap(header, 128, 8).getLong()).isEqualTo(5 * EIGHT_GIB + 7);
    }

    @Test
    void numbersOfParametersHaveOneDigitAndAScale() {
        assertThat(PackContents.size(5)).isEqualTo("0.1K");
        assertThat(PackContents.size(999_949)).isEqualTo("999.9K");
        assertThat(PackContents.size(999_951)).isEqualTo("1.0M");
        assertThat(PackContents.size(7_240_000_000L)).isEqualTo("7.2B");
    }
}
