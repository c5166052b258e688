package dev.mgit.bench;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.fixtures.RealModel;
import dev.mgit.fixtures.RealModels;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Real files that no reader understands and that resemble each other: native libraries built twice, graphs of models. */
final class OpaquePairs {
    private final Path scratch;

    OpaquePairs(Path scratch) {
        this.scratch = scratch;
    }

    List<ModelPair> all(Predicate<String> wanted) throws IOException {
        List<ModelPair> pairs = new ArrayList<>();
        if (wanted.test("ONNX graphs")) {
            pairs.add(pair(
                    "ONNX graphs",
                    graphs(
                            "before",
                            RealModels.bgeSmallV1(),
                            RealModels.bgeSmallV15(),
                            RealModels.bgeSmallV15Quantized(),
                            RealModels.miniLm(),
                            RealModels.miniLmQuantized()),
                    graphs(
                            "after",
                            RealModels.miniLmQuantized(),
                            RealModels.e5SmallQuantized(),
                            RealModels.e5Small(),
                            RealModels.bgeSmallV1(),
                            RealModels.miniLm())));
        }
        if (wanted.test("RocksDB, glibc to musl")) {
            pairs.add(pair(
                    "RocksDB, glibc to musl", libraries("glibc", "linux64.so"), libraries("musl", "linux64-musl.so")));
        }
        if (wanted.test("RocksDB, x86 to Arm")) {
            pairs.add(pair(
                    "RocksDB, x86 to Arm",
                    libraries("x86", "osx-x86_64.jnilib"),
                    libraries("arm", "osx-arm64.jnilib")));
        }
        if (wanted.test("RocksDB twice, in another order")) {
            pairs.add(pair(
                    "RocksDB twice, in another order",
                    libraries("twice", "linux64.so", "linux-aarch64.so"),
                    libraries("swapped", "linux-aarch64-musl.so", "linux64-musl.so")));
        }
        return pairs;
    }

    private static ModelPair pair(String name, Path parent, Path child) {
        return new ModelPair(name, Optional.of(parent), child, false);
    }

    /** Builds of one library for several platforms, from the jar that is on the class path, as one file. */
    private Path libraries(String name, String... platforms) throws IOException {
        Path file = scratch.resolve(name + ".bin");
        try (OutputStream out = Files.newOutputStream(file)) {
            for (String platform : platforms) {
                String resource = "/librocksdbjni-" + platform;
                try (InputStream in = OpaquePairs.class.getResourceAsStream(resource)) {
                    if (in == null) {
                        throw MgitException.failed("the RocksDB on the class path has no " + resource);
                    }
                    in.transferTo(out);
                }
            }
        }
        return file;
    }

    /** What is no tensor's of some ONNX models, as one file. */
    private Path graphs(String name, RealModel... models) throws IOException {
        Path file = scratch.resolve(name + "-graphs.bin");
        try (OutputStream out = Files.newOutputStream(file)) {
            for (RealModel model : models) {
                copyGraph(model.weights(), out);
            }
        }
        return file;
    }

    private static void copyGraph(Path model, OutputStream out) throws IOException {
        try (FileByteSource source = FileByteSource.open(model)) {
            for (Layout.Range range : Formats.layoutOf(model, source).ranges()) {
                if (range.tensor().isEmpty()) {
                    byte[] bytes = new byte[(int) range.length()];
                    source.read(range.offset(), bytes, 0, bytes.length);
                    out.write(bytes);
                }
            }
        }
    }
}
