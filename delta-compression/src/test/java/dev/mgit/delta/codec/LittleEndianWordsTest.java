package dev.mgit.delta.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Made words whose lowest bits are zero, but for one of them anywhere. */
class LittleEndianWordsTest {
    @Test
    void theZerosThatAllWordsShareAreCountedToTheLastWord() {
        SplittableRandom random = new SplittableRandom(4);
        for (int log = 0; log < 4; log++) {
            int width = 8 << log;
            for (int length : new int[] {0, 1, 7, 8, 9, 4096, 4099, 12_301}) {
                int words = length >> log;
                byte[] raw = new byte[length];
                assertThat(LittleEndianWords.sharedZeros(raw, length, log)).isEqualTo(width);
                for (int round = 0; round < 20 && words > 0; round++) {
                    int bit = random.nextInt(width);
                    int at = (random.nextInt(words) << log) + bit / 8;
                    raw[at] = (byte) (1 << (bit % 8));
                    assertThat(LittleEndianWords.sharedZeros(raw, length, log)).isEqualTo(bit);
                    raw[at] = 0;
                }
            }
        }
    }
}
