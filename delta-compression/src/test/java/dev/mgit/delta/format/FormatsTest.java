package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Format;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormatsTest {
    @Test
    void whatNoReaderClaimsIsOneOpaqueRange() {
        Layout layout = Hostile.layout("README.md", "# hello".getBytes(StandardCharsets.UTF_8));

        assertThat(layout.format()).isEqualTo(Formats.OPAQUE);
        assertThat(layout.ranges()).hasSize(1);
        Hostile.covers(layout, 7);
    }

    @Test
    void anEmptyFileHasNoRanges() {
        assertThat(Hostile.layout("empty.txt", new byte[0]).ranges()).isEmpty();
    }

    @Test
    void contentsDecideNotNames() {
        assertThat(Hostile.layout("x.onnx", Hostile.real("numpy.safetensors")).format())
                .isEqualTo("safetensors");
        assertThat(Hostile.layout("x.safetensors", Hostile.real("graph.onnx")).format())
                .isEqualTo("onnx");
    }

    @Test
    void eachReaderSaysWhetherItsFilesHoldChecksumsAndWhetherTheyAreExports() {
        Set<String> checked = new TreeSet<>();
        Set<String> exports = new TreeSet<>();
        for (Format format : Formats.all()) {
            assertThat(Formats.checksumsTensors(format.name())).isEqualTo(format.checksumsTensors());
            assertThat(Formats.isExport(format.name())).isEqualTo(format.isExport());
            checked.addAll(format.checksumsTensors() ? Set.of(format.name()) : Set.of());
            exports.addAll(format.isExport() ? Set.of(format.name()) : Set.of());
        }
        assertThat(checked)
                .containsExactly(
                        "deepspeed-zero",
                        "deflated",
                        "escaped-pickle",
                        "keras",
                        "npz",
                        "pytorch",
                        "pytorch-distributed");
        assertThat(exports).containsExactly("gguf", "onnx", "onnx-data", "tfjs", "tflite");
    }

    @Test
    void aFormatNothingIsKnownOfMayHoldChecksumsAndIsNoExport() {
        assertThat(Formats.checksumsTensors("of-tomorrow")).isTrue();
        assertThat(Formats.isExport("of-tomorrow")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.safetensors", "x.onnx", "x.gguf", "x.npy", "x.npz"})
    void namesThatPromiseAFormatAreHeldToIt(String name) {
        byte[] page = "<html><body>404: no such file</body></html>".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Hostile.layout(name, page)).isInstanceOf(FormatException.class);
        assertThatThrownBy(() -> Hostile.layout(name, new byte[0])).isInstanceOf(FormatException.class);
        assertThat(Hostile.layout("pytorch_model.bin", page).format()).isEqualTo(Formats.OPAQUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "pytorch_model.bin", "model.gguf"})
    void aLargeFilePointerIsCalledByItsName(String name) {
        byte[] pointer = ("version https://git-lfs.github.com/spec/v1\noid sha256:" + "0".repeat(64) + "\nsize 12\n")
                .getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Hostile.layout(name, pointer))
                .isInstanceOfSatisfying(
                        FormatException.class, e -> assertThat(e.hint()).contains("git lfs pull"))
                .hasMessageContaining(name + ": this is a Git LFS pointer");
    }

    @Test
    void filesAreReadByPositionAndNeverPastTheirEnd(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("x.safetensors"), Hostile.real("numpy.safetensors"));
        try (FileByteSource source = FileByteSource.open(file)) {
            assertThat(Formats.layoutOf("x.safetensors", source))
                    .isEqualTo(Hostile.layout("x.safetensors", Hostile.real("numpy.safetensors")));
            byte[] target = new byte[4];
            source.read(source.size() - 2, target, 1, 2);
            assertThat(target).startsWith(0).endsWith(0);
            assertThatThrownBy(() -> source.read(source.size() - 2, target, 0, 4))
                    .isInstanceOf(EOFException.class);
            assertThatThrownBy(() -> source.read(-1, target, 0, 4)).isInstanceOf(EOFException.class);
            Files.write(file, new byte[10]);
            assertThatThrownBy(() -> source.read(100, target, 0, 4)).isInstanceOf(EOFException.class);
        }
    }
}
