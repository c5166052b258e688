package dev.mgit.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class IdSetTest {
    @Test
    void idsKeepTheirNumbersHoweverManyCome() {
        Random random = new Random(1);
        byte[][] ids = new byte[100_000][32];
        IdSet set = new IdSet();
        for (int i = 0; i < ids.length; i++) {
            random.nextBytes(ids[i]);
            assertThat(set.add(ids[i])).isEqualTo(i);
        }
        for (int i = 0; i < ids.length; i += 7) {
            assertThat(set.find(ids[i])).isEqualTo(i);
            assertThat(set.add(ids[i])).isEqualTo(i);
            assertThat(set.get(i)).isEqualTo(ids[i]);
        }
        assertThat(set.size()).isEqualTo(ids.length);
        assertThat(set.find(new byte[32])).isEqualTo(-1);
    }

    @Test
    void idsThatBeginAlikeAreToldApart() {
        IdSet set = new IdSet();
        for (int i = 0; i < 200; i++) {
            byte[] id = new byte[32];
            id[31] = (byte) i;
            assertThat(set.add(id)).isEqualTo(i);
        }
        assertThat(set.size()).isEqualTo(200);
    }
}
