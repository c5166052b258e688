package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.MemoryByteSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardIndexTest {
    @Test
    void mapsTensorsToFiles() throws IOException {
        ShardIndex index = ShardIndex.parse(json("{'metadata':{'total_size':8,'x':[{}]},'weight_map':"
                + "{'a':'model-00001-of-00002.safetensors','b':'model-00002-of-00002.safetensors'}}"));

        assertThat(index.files())
                .isEqualTo(Map.of(
                        "a", "model-00001-of-00002.safetensors",
                        "b", "model-00002-of-00002.safetensors"));
        assertThat(index.totalSize()).hasValue(8);
        assertThat(ShardIndex.parse(json("{'metadata':null,'weight_map':{}}")).totalSize())
                .isEmpty();
        assertThat(ShardIndex.parse(json("{'metadata':{'total_size':8.0},'weight_map':{}}"))
                        .totalSize())
                .hasValue(8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'weight_map':{'a':'../x'}} | not beside the index",
                "{'weight_map':{'a':'/x'}} | not beside the index",
                "{'weight_map':{'a':'..'}} | not a plain path",
                "{'weight_map':{'a':'c:x'}} | not a plain path",
                "{'weight_map':{'a':''}} | 0 characters",
                "{'weight_map':{'a':1}} | should be a text",
                "{'weight_map':{'a':'x','a':'y'}} | Duplicate field 'a'",
                "{'weight_map':[]} | should be an object",
                "{} | no weight_map",
                "[] | should be an object",
                "{'weight_map': | broken",
            })
    void refusesWhatIsNotAnIndex(String text, String message) {
        assertThatThrownBy(() -> ShardIndex.parse(json(text)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(message);
    }

    private static ByteSource json(String text) {
        return new MemoryByteSource(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
