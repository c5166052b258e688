package dev.mgit.lineage.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Hashes;
import dev.mgit.fixtures.LiveObjects;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Ids of objects, and what is known of very many. */
class ObjectLengthsTest {
    private static ObjectId id(int number) {
        return ObjectId.of(Hashes.sha256().digest(("" + number).getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void anIdIsItsDigits() {
        String hex = "00ff7f80".repeat(8);
        var id = new ObjectId(hex);
        assertThat(id).hasToString(hex).isEqualTo(ObjectId.of(id.bytes())).hasSameHashCodeAs(new ObjectId(hex));
        assertThat(id.abbreviated()).isEqualTo("00ff7f8000ff");
        assertThat(ObjectId.at(("x" + "a".repeat(32)).getBytes(StandardCharsets.US_ASCII), 1)
                        .hex())
                .isEqualTo("61".repeat(32));
        for (String wrong : List.of("", hex.toUpperCase(java.util.Locale.ROOT), hex + "0", hex.substring(1) + "g")) {
            assertThatThrownBy(() -> new ObjectId(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void idsAreOrderedAsTheirDigits() {
        List<ObjectId> ids = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            ids.add(id(i));
        }
        ids.add(new ObjectId("0".repeat(63) + "1"));
        ids.add(new ObjectId("0".repeat(31) + "8" + "0".repeat(32)));
        ids.add(new ObjectId("0".repeat(48) + "f".repeat(16)));
        Collections.sort(ids);
        assertThat(ids.stream().map(ObjectId::hex)).isSorted();
    }

    @Test
    void isAMapInTheOrderObjectsCame() {
        Map<ObjectId, Long> plain = new LinkedHashMap<>();
        var lengths = new ObjectLengths();
        for (int i = 0; i < 1000; i++) {
            ObjectId id = id(i % 700);
            plain.merge(id, (long) i, Math::max);
            lengths.atLeast(id, i);
            lengths.atLeast(id, 3);
        }
        assertThat(lengths).isEqualTo(plain).containsExactlyEntriesOf(plain);
        assertThat(lengths.keySet()).containsExactlyElementsOf(plain.keySet());
        assertThat(lengths.get(id(700))).isNull();
        assertThat(ObjectLengths.of(lengths)).isSameAs(lengths);
        assertThat(ObjectIds.of(lengths.keySet())).isSameAs(lengths.keySet());
        assertThat(ObjectLengths.where(lengths, id -> !id.equals(id(5))))
                .hasSize(699)
                .doesNotContainKey(id(5));
        assertThat(ObjectIds.where(lengths.keySet(), id(5)::equals)).containsExactly(id(5));
    }

    @Test
    void holdsNoObjectForEach() {
        long ids = LiveObjects.of(ObjectId.class);
        var lengths = new ObjectLengths();
        for (int i = 0; i < 5000; i++) {
            lengths.put(id(i), (long) i);
        }
        assertThat(LiveObjects.of(ObjectId.class)).isLessThan(ids + 50);
        assertThat(lengths).hasSize(5000);
    }
}
