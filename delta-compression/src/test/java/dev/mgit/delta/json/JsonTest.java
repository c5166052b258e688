package dev.mgit.delta.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void zerosWhereTextBeginsAreNoOtherEncoding() {
        byte[] zeroed = new byte[600];
        Arrays.fill(zeroed, 512, 600, (byte) 'c');
        assertThatThrownBy(() -> Json.parseObject(zeroed)).isInstanceOf(JsonException.class);
    }

    /** Otherwise the same record has other bytes in each process. */
    @Test
    void keysWithoutAnOrderAreSorted() {
        Map<String, Integer> ordered = new LinkedHashMap<>();
        ordered.put("z", 1);
        ordered.put("a", 2);
        assertThat(Json.text(ordered)).isEqualTo("{\"z\":1,\"a\":2}");
        assertThat(Json.text(Map.of("e", 5, "d", 4, "c", 3, "b", 2, "a", 1, "f", 6, "g", 7)))
                .isEqualTo("{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7}");
    }
}
