package dev.mgit.delta.format;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes a file holds, its reader lays them out in full or refuses them in one sentence. The suite runs the
 * healthy files; CONTRIBUTING.md says how to let a fuzzer search from there.
 */
class ReaderFuzzTest {
    private static Stream<byte[]> files(String... names) {
        return Stream.of(names).map(Hostile::real);
    }

    static Stream<byte[]> safetensorsFiles() {
        return files("numpy.safetensors");
    }

    @MethodSource("safetensorsFiles")
    @FuzzTest(maxDuration = "5m")
    void safetensors(byte[] bytes) {
        Hostile.survives("model.safetensors", bytes);
    }

    static Stream<byte[]> onnxFiles() {
        return files("graph.onnx", "external.onnx");
    }

    @MethodSource("onnxFiles")
    @FuzzTest(maxDuration = "5m")
    void onnx(byte[] bytes) {
        Hostile.survives("model.onnx", bytes);
    }

    static Stream<byte[]> ggufFiles() {
        return files("tiny.gguf");
    }

    @MethodSource("ggufFiles")
    @FuzzTest(maxDuration = "5m")
    void gguf(byte[] bytes) {
        Hostile.survives("model.gguf", bytes);
    }

    static Stream<byte[]> torchFiles() {
        return files("zip.pt", "legacy.pt", "module.pt", "tensor.pt", "frozen.pt");
    }

    @MethodSource("torchFiles")
    @FuzzTest(maxDuration = "5m")
    void torch(byte[] bytes) {
        Hostile.survives("model.pt", bytes);
    }

    static Stream<byte[]> npyFiles() {
        return files("c_order.npy", "fortran.npy", "big_endian.npy", "structured.npy", "objects.npy");
    }

    @MethodSource("npyFiles")
    @FuzzTest(maxDuration = "5m")
    void npy(byte[] bytes) {
        Hostile.survives("model.npy", bytes);
    }

    static Stream<byte[]> npzFiles() {
        return files("stored.npz", "compressed.npz", "objects.npz");
    }

    @MethodSource("npzFiles")
    @FuzzTest(maxDuration = "5m")
    void npz(byte[] bytes) {
        Hostile.survives("model.npz", bytes);
    }

    static Stream<byte[]> pickleFiles() {
        return files("arrays-protocol-3.pkl", "arrays-protocol-5.pkl", "arrays.joblib");
    }

    @MethodSource("pickleFiles")
    @FuzzTest(maxDuration = "5m")
    void pickle(byte[] bytes) {
        Hostile.survives("model.pkl", bytes);
    }

    static Stream<byte[]> flaxFiles() {
        return files("state.msgpack", "chunked.msgpack");
    }

    @MethodSource("flaxFiles")
    @FuzzTest(maxDuration = "5m")
    void flax(byte[] bytes) {
        Hostile.survives("model.msgpack", bytes);
    }

    static Stream<byte[]> tfliteFiles() {
        return files("graph.tflite", "behind.tflite");
    }

    @MethodSource("tfliteFiles")
    @FuzzTest(maxDuration = "5m")
    void tflite(byte[] bytes) {
        Hostile.survives("model.tflite", bytes);
    }

    static Stream<byte[]> hdf5Files() {
        return files("earliest.h5", "latest.h5", "small.weights.h5");
    }

    @MethodSource("hdf5Files")
    @FuzzTest(maxDuration = "5m")
    void hdf5(byte[] bytes) {
        Hostile.survives("model.h5", bytes);
    }
}
