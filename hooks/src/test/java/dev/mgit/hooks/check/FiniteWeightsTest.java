package dev.mgit.hooks.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check for NaN and infinity on made files. */
class FiniteWeightsTest {
    @TempDir
    Path model;

    private void write(String file, String header, byte[] data) throws Exception {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        Files.write(
                model.resolve(file),
                ByteBuffer.allocate(8 + json.length + data.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(json.length)
                        .put(json)
                        .put(data)
                        .array());
    }

    private BuiltIn.Report run() {
        return BuiltIn.FINITE_WEIGHTS.run(model);
    }

    @Test
    void aTensorWithThemIsNamedWithTheFirstIndexAndTheirNumber() throws Exception {
        ByteBuffer data = ByteBuffer.allocate(24 + 4 + 8).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(4 * 4, Float.NaN).putFloat(4 * 5, Float.NEGATIVE_INFINITY);
        data.put(26, (byte) 0x7f).put(27, (byte) 0x7c);
        data.putShort(28, (short) 0x7fc0);
        write(
                "model.safetensors",
                "{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                        + "\"b\":{\"dtype\":\"F8_E5M2\",\"shape\":[4],\"data_offsets\":[24,28]},"
                        + "\"c\":{\"dtype\":\"BF16\",\"shape\":[2,1,2],\"data_offsets\":[28,36]}}",
                data.array());

        BuiltIn.Report report = run();
        assertThat(report.metrics())
                .containsEntry("nan", 3.0)
                .containsEntry("infinite", 2.0)
                .containsEntry("tensors", 3.0);
        assertThat(report.details().lines())
                .containsExactly(
                        "model.safetensors: a.weight has 1 NaN and 1 infinite, the first at [1, 1]",
                        "model.safetensors: b has 1 NaN and 1 infinite, the first at [2]",
                        "model.safetensors: c has 1 NaN, the first at [0, 0, 0]");
        assertThat(report.summary())
                .isEqualTo("model.safetensors: a.weight has 1 NaN and 1 infinite, the first at [1, 1]; 2 more tensors");
        assertThat(BuiltIn.FINITE_WEIGHTS.passes(report)).isFalse();
    }

    @Test
    void theFirstIndexIsRightBeyondAStretch() throws Exception {
        int elements = 300_000;
        byte[] data = new byte[elements * 2];
        data[2 * 262_147 + 1] = 0x7c;
        write(
                "model.safetensors",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[300,1000],\"data_offsets\":[0," + data.length + "]}}",
                data);
        assertThat(run().summary()).isEqualTo("model.safetensors: w has 1 infinite, the first at [262, 147]");
    }

    @Test
    void aSoundModelPassesAndATrainersStateIsPassedOver() throws Exception {
        write("model.safetensors", "{\"w\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", new byte[4]);
        byte[] nan = {0, 0, (byte) 0xc0, 0x7f};
        write("optimizer.safetensors", "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", nan);
        Files.writeString(model.resolve("config.json"), "{\"eps\": NaN}");

        BuiltIn.Report report = run();
        assertThat(report.summary()).isEqualTo("checked 1 tensors");
        assertThat(BuiltIn.FINITE_WEIGHTS.passes(report)).isTrue();
    }

    @Test
    void aModelWithoutTensorsHasNoAnswer() throws Exception {
        Files.writeString(model.resolve("README.md"), "nothing");
        BuiltIn.Report report = run();
        assertThat(report.metrics()).isEmpty();
        assertThat(report.summary()).isEqualTo("found no tensors");
        assertThat(BuiltIn.FINITE_WEIGHTS.passes(report)).isFalse();
    }

    @Test
    void aDamagedFileIsSaid() throws Exception {
        Files.write(model.resolve("model.safetensors"), new byte[] {1, 2, 3});
        assertThatThrownBy(this::run).isInstanceOf(MgitException.class).hasMessageContaining("model.safetensors");
    }

    @Test
    void onlyWhatThereIsCanBeNamed() {
        assertThat(BuiltIn.of(List.of("builtin:finite-weights"))).contains(BuiltIn.FINITE_WEIGHTS);
        assertThat(BuiltIn.of(List.of("python", "builtin:finite-weights"))).isEmpty();
        assertThatThrownBy(() -> BuiltIn.of(List.of("builtin:magic"))).hasMessage("no built-in check 'builtin:magic'");
        assertThatThrownBy(() -> BuiltIn.of(List.of("builtin:finite-weights", "x")))
                .hasMessage("builtin:finite-weights takes no arguments");
    }
}
