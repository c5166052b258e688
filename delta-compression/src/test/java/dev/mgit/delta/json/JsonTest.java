package dev.mgit.delta.json;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void zerosWhereTextBeginsAreNoOtherEncoding() {
        byte[] zeroed = new byte[600];
        Arrays.fill(zeroed, 512, 600, (byte) 'c');
        assertThatThrownBy(() -> Json.parseObject(zeroed)).isInstanceOf(JsonException.class);
    }
}
