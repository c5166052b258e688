package dev.mgit.cli.storm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Where things lie in a storm: two repositories, the remote between them, and what goes in and comes out. */
record StormFolder(Path folder) {
    /** What most commands run in. */
    static final String FIRST = "first";

    /** Its copy, which exchanges with it by way of the remote. */
    static final String SECOND = "second";

    static final List<String> REPOSITORIES = List.of(FIRST, SECOND);

    /** The only file of a model. */
    static final String WEIGHTS = "model.safetensors";

    private static final int ELEMENTS = 2000;
    private static final long COMMON = 4711;

    Path repository(String name) {
        return folder.resolve(name);
    }

    /** Whether a group works in the repositories. */
    boolean isShared() {
        return Files.exists(folder.resolve("shared"));
    }

    Path lock(String name) {
        return repository(name).resolve(".mgit/lock");
    }

    Path operations(String name) {
        return repository(name).resolve(".mgit/operations");
    }

    /** Copies of the operation log, each as it was before operations were forgotten, by the time of that. */
    Path forgotten(String name) {
        return folder.resolve("forgotten").resolve(name);
    }

    Path journals() {
        return folder.resolve("journals");
    }

    Path token() {
        return folder.resolve("token");
    }

    /** Where the server answers. */
    Path address() {
        return folder.resolve("address");
    }

    Path work(String who) {
        return folder.resolve("work").resolve(who);
    }

    Path out(String who) {
        return folder.resolve("out").resolve(who);
    }

    /** The folder that an attempt commits: all random weights are near to one another, as those of a family are. */
    Path write(String who) throws IOException {
        Path model = Files.createDirectories(work(who));
        Files.write(model.resolve(WEIGHTS), weights(who));
        return model;
    }

    /** The made weights that an attempt commits, an F32 tensor in a safetensors file. */
    static byte[] weights(String who) {
        ByteBuffer data = ByteBuffer.allocate(ELEMENTS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        var common = new Random(COMMON);
        var own = new Random(who.hashCode());
        while (data.hasRemaining()) {
            data.putFloat((float) (common.nextGaussian() + 1e-3 * own.nextGaussian()));
        }
        byte[] header = ("{\"w\":{\"dtype\":\"F32\",\"shape\":[" + ELEMENTS + "],\"data_offsets\":[0," + data.capacity()
                        + "]}}")
                .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + header.length + data.capacity())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(data.array())
                .array();
    }
}
