package dev.mgit.delta.format.numpy;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.CompanionReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.LogicalTensor.Order;
import dev.mgit.delta.layout.LogicalTensor.Sign;
import dev.mgit.delta.layout.LogicalTensor.Strided;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads chunks of Zarr arrays, version 2, that are not compressed, as the {@code .zarray} above them says (Zarr storage
 * specification). A chunk is named by its array's folder, with the slices it is of a larger array: {@code
 * kernel[0:128]}. Knows the files of OCDBT databases, Orbax's default, for what they are, and no more.
 */
public final class ZarrReader implements CompanionReader {
    private static final String ARRAY = ".zarray";
    private static final String DATABASE = "manifest.ocdbt";
    private static final Pattern CHUNK = Pattern.compile("\\d{1,9}(\\.\\d{1,9})*");
    private static final int MAX_LEVELS = 8;
    private static final long LONGEST = 1 << 20;

    @Override
    public String name() {
        return "zarr";
    }

    @Override
    public boolean checksumsTensors() {
        return false;
    }

    @Override
    public boolean isExport() {
        return false;
    }

    @Override
    public boolean ownsName(String fileName) {
        return CHUNK.matcher(fileName).matches();
    }

    @Override
    public Optional<Layout> read(Path file, ByteSource source) throws IOException {
        if (isInDatabase(file)) {
            throw new UnsupportedFormatException("part of an OCDBT database, as Orbax writes it");
        }
        var key = new StringBuilder();
        Path at = file.toAbsolutePath();
        for (int level = 0; level < MAX_LEVELS && at.getParent() != null && ownsName(name(at)); level++) {
            key.insert(0, name(at) + (level == 0 ? "" : "."));
            at = at.getParent();
            if (isFile(at.resolve(ARRAY))) {
                return Optional.of(chunk(name(at), array(at.resolve(ARRAY)), key.toString(), source));
            }
        }
        if (name(at).equals("c") && isFile(at.resolveSibling("zarr.json"))) {
            throw new UnsupportedFormatException("a chunk of a Zarr array of version 3");
        }
        return Optional.empty();
    }

    /** A database is its manifest and, in folders named {@code d} beside it, what it leads to. */
    private static boolean isInDatabase(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return name(file).equals(DATABASE)
                || (folder != null && name(folder).equals("d") && isFile(folder.resolveSibling(DATABASE)));
    }

    private static boolean isFile(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static JsonObject array(Path file) throws IOException {
        try {
            return Json.parseObject(Files.size(file) > LONGEST ? new byte[0] : Files.readAllBytes(file));
        } catch (JsonException e) {
            throw notUnderstood();
        }
    }

    private static Layout chunk(String name, JsonObject array, String key, ByteSource source) throws IOException {
        if (array.members().get("compressor") != null || array.members().get("filters") != null) {
            throw new UnsupportedFormatException("a compressed chunk of a Zarr array");
        }
        try {
            List<Long> shape = array.numbers("shape");
            List<Long> chunks = array.numbers("chunks");
            String type = array.string("dtype");
            String descr = type.matches("[<>|].*") ? type : "<" + type;
            return chunk(new Slices(name, shape, chunks, key), descr, "F".equals(array.string("order")), source);
        } catch (JsonException e) {
            throw notUnderstood();
        }
    }

    private static Layout chunk(Slices slices, String descr, boolean fortran, ByteSource source) throws IOException {
        NpyHeader whole = NpyHeader.of(slices.name(), descr, fortran, slices.chunk(), 0, source.size());
        boolean exact = whole.seen().unreadable().isPresent() || whole.spec().byteLength() == source.size();
        if (!exact) {
            throw new UnsupportedFormatException("no whole chunk of the Zarr array it is in");
        }
        var layout = new LayoutBuilder("zarr", source.size());
        layout.range(0, whole.spec());
        layout.view(slices.within(whole.seen()));
        return layout.build();
    }

    private static UnsupportedFormatException notUnderstood() {
        return new UnsupportedFormatException("a chunk of a Zarr array whose " + ARRAY + " is not understood");
    }

    /** Which elements of an array a chunk holds. Chunks at the edges are as large as all, and only begin with elements. */
    private record Slices(String name, List<Long> chunk, List<Long> used) {
        /** @throws UnsupportedFormatException if the array has no such chunk */
        Slices(String array, List<Long> shape, List<Long> chunks, String key) {
            this(array + part(shape, chunks, indices(key)), chunks, used(shape, chunks, indices(key)));
        }

        /** Of an array without dimensions the only chunk is called 0. */
        private static List<Long> indices(String key) {
            return Pattern.compile("\\.")
                    .splitAsStream(key)
                    .map(Long::parseLong)
                    .toList();
        }

        private static List<Long> used(List<Long> shape, List<Long> chunks, List<Long> indices) {
            boolean fits = chunks.size() == shape.size() && indices.size() == Math.max(1, shape.size());
            List<Long> used = new ArrayList<>();
            for (int i = 0; fits && i < shape.size(); i++) {
                long chunk = chunks.get(i);
                fits = chunk > 0 && shape.get(i) > 0 && indices.get(i) <= (shape.get(i) - 1) / chunk;
                used.add(fits ? Math.min(chunk, shape.get(i) - indices.get(i) * chunk) : 0);
            }
            if (!fits || shape.isEmpty() && indices.get(0) != 0) {
                throw new UnsupportedFormatException("no chunk of the Zarr array it is in");
            }
            return used;
        }

        private static String part(List<Long> shape, List<Long> chunks, List<Long> indices) {
            List<Long> used = used(shape, chunks, indices);
            List<String> slices = new ArrayList<>();
            for (int i = 0; i < shape.size(); i++) {
                long from = indices.get(i) * chunks.get(i);
                slices.add(used.get(i).equals(shape.get(i)) ? ":" : from + ":" + (from + used.get(i)));
            }
            while (!slices.isEmpty() && slices.get(slices.size() - 1).equals(":")) {
                slices.remove(slices.size() - 1);
            }
            return slices.isEmpty() ? "" : "[" + String.join(",", slices) + "]";
        }

        LogicalTensor within(LogicalTensor whole) {
            if (used.equals(chunk) || whole.unreadable().isPresent()) {
                return whole;
            }
            Strided place = whole.place() instanceof Strided strided
                    ? strided
                    : new Strided(0, LogicalTensor.rowMajorStrides(chunk), Order.LITTLE_ENDIAN, Sign.AS_STORED);
            return new LogicalTensor(new TensorSpec(name, whole.spec().dtype(), used), place);
        }
    }
}
