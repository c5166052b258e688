package dev.mgit.delta.format;

import dev.mgit.delta.format.flax.FlaxReader;
import dev.mgit.delta.format.gguf.GgufReader;
import dev.mgit.delta.format.hdf5.Hdf5Reader;
import dev.mgit.delta.format.hdf5.KerasReader;
import dev.mgit.delta.format.numpy.EscapedPickleReader;
import dev.mgit.delta.format.numpy.NumpyReader;
import dev.mgit.delta.format.numpy.NumpyZipReader;
import dev.mgit.delta.format.numpy.PickleReader;
import dev.mgit.delta.format.numpy.ZarrReader;
import dev.mgit.delta.format.onnx.ExternalData;
import dev.mgit.delta.format.onnx.OnnxReader;
import dev.mgit.delta.format.safetensors.SafetensorsReader;
import dev.mgit.delta.format.tfjs.TfjsReader;
import dev.mgit.delta.format.tflite.TfliteReader;
import dev.mgit.delta.format.torch.DistributedReader;
import dev.mgit.delta.format.torch.TorchReader;
import dev.mgit.delta.format.torch.ZeroReader;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.CompanionReader;
import dev.mgit.delta.layout.Format;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.Packing;
import dev.mgit.delta.layout.PackingSearch;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** All format readers behind one door. */
public final class Formats {
    /** Format name of files no reader claims. */
    public static final String OPAQUE = "opaque";

    private static final List<FormatReader> READERS = List.of(
            new SafetensorsReader(),
            new GgufReader(),
            new TorchReader(),
            new NumpyReader(),
            new NumpyZipReader(),
            new EscapedPickleReader(),
            new PickleReader(),
            new FlaxReader(),
            new TfliteReader(),
            new Hdf5Reader(),
            new KerasReader(),
            new DeflatedReader(),
            new OnnxReader());
    private static final List<CompanionReader> COMPANIONS =
            List.of(new DistributedReader(), new ZeroReader(), new ZarrReader(), new TfjsReader(), new ExternalData());
    private static final FormatReader ANY = new OpaqueReader();

    /** First line of a Git LFS pointer file (Git LFS specification, "The Pointer"). */
    private static final byte[] LFS_POINTER =
            "version https://git-lfs.github.com/spec/v1".getBytes(StandardCharsets.US_ASCII);

    /**
     * What was made of a file.
     *
     * @param limit why a file of a known format is opaque all the same: what its reader does not understand, in words
     *     that end no sentence; empty if it was read, or no reader knows the format
     */
    public record FileLayout(Layout layout, Optional<String> limit) {
        public boolean isOpaque() {
            return layout.format().equals(OPAQUE);
        }
    }

    private Formats() {}

    /** The layout in {@link #read(String, ByteSource)}. */
    public static Layout layoutOf(String fileName, ByteSource source) throws IOException {
        return read(fileName, source).layout();
    }

    /** The layout in {@link #read(Path, ByteSource)}. */
    public static Layout layoutOf(Path file, ByteSource source) throws IOException {
        return read(file, source).layout();
    }

    /**
     * Reads any file. Contents decide which format it is; a file no reader claims, or none understands, is
     * {@link #OPAQUE}. Places are those in {@link Layout#content}.
     *
     * @param fileName the file's name without folders
     * @throws FormatException if the name promises a format and the contents break its rules: a checkpoint that was
     *     cut off is never taken for opaque bytes
     */
    public static FileLayout read(String fileName, ByteSource source) throws IOException {
        Packing packing = packing(source);
        FileLayout reading = readContent(fileName, packing.unpack(source));
        return new FileLayout(ExpertRanges.cut(reading.layout()).packed(packing), reading.limit());
    }

    /** How any file is made of its content: of deflate streams, or of bytes escaped as text. */
    public static Packing packing(ByteSource file) throws IOException {
        Packing packing = PackingSearch.of(file);
        return packing.isEmpty() ? EscapedPickleReader.packing(file) : packing;
    }

    /** As {@link #read(String, ByteSource)}, of what is not to be unpacked. */
    static FileLayout readContent(String fileName, ByteSource content) throws IOException {
        FormatException damage = null;
        Optional<String> limit = Optional.empty();
        for (FormatReader reader : READERS) {
            try {
                Optional<Layout> layout = reader.read(fileName, content);
                if (layout.isPresent()) {
                    return new FileLayout(layout.get(), Optional.empty());
                }
            } catch (UnsupportedFormatException e) {
                limit = limit.or(() -> Optional.of(e.getMessage()));
            } catch (FormatException e) {
                damage = damage == null && reader.ownsName(fileName) ? e : damage;
            }
        }
        if (READERS.stream().anyMatch(reader -> reader.ownsName(fileName)) && isLfsPointer(content)) {
            throw lfsPointer().in(fileName);
        }
        if (damage != null && limit.isEmpty()) {
            throw damage.in(fileName);
        }
        return new FileLayout(opaque(content), limit);
    }

    /**
     * Reads a file on disk: as {@link #read(String, ByteSource)}, and by what a file beside it says of it where its
     * name asks for that, or it is opaque without.
     *
     * @param source the file's bytes
     */
    public static FileLayout read(Path file, ByteSource source) throws IOException {
        String name = String.valueOf(file.getFileName());
        Optional<FileLayout> promised = described(file, source, companion -> companion.ownsName(name));
        if (promised.isPresent()) {
            return promised.get();
        }
        FileLayout reading = read(name, source);
        return reading.isOpaque()
                ? described(file, source, companion -> !companion.ownsName(name))
                        .orElse(reading)
                : reading;
    }

    /** What files beside it say of a file. */
    private static Optional<FileLayout> described(Path file, ByteSource source, Predicate<CompanionReader> wanted)
            throws IOException {
        for (CompanionReader companion : COMPANIONS) {
            if (wanted.test(companion)) {
                try {
                    Optional<Layout> layout = companion.read(file, source);
                    if (layout.isPresent()) {
                        return layout.map(found -> new FileLayout(ExpertRanges.cut(found), Optional.empty()));
                    }
                } catch (UnsupportedFormatException e) {
                    return Optional.of(new FileLayout(opaque(source), Optional.of(e.getMessage())));
                } catch (FormatException e) {
                    throw e.in(String.valueOf(file.getFileName()));
                }
            }
        }
        return Optional.empty();
    }

    /** The layout of a file nothing is known about. */
    public static Layout opaque(ByteSource source) throws IOException {
        return ANY.read("", source).orElseThrow();
    }

    /**
     * Whether files of a format hold checksums of their tensors; taken to be so where nothing is known of it.
     *
     * @param format as in {@link Layout#format()}
     */
    public static boolean checksumsTensors(String format) {
        return format(format).map(Format::checksumsTensors).orElse(true);
    }

    /**
     * Whether models are exported to a format rather than trained in it.
     *
     * @param format as in {@link Layout#format()}
     */
    public static boolean isExport(String format) {
        return format(format).map(Format::isExport).orElse(false);
    }

    private static Optional<Format> format(String name) {
        return all().stream().filter(format -> format.name().equals(name)).findFirst();
    }

    static List<Format> all() {
        List<Format> formats = new ArrayList<>(READERS);
        formats.addAll(COMPANIONS);
        return formats;
    }

    private static boolean isLfsPointer(ByteSource source) throws IOException {
        if (source.size() < LFS_POINTER.length) {
            return false;
        }
        byte[] start = new byte[LFS_POINTER.length];
        source.read(0, start, 0, start.length);
        return Arrays.equals(start, LFS_POINTER);
    }

    private static FormatException lfsPointer() {
        return new FormatException(
                "this is a Git LFS pointer, not the file it stands for",
                "run 'git lfs pull' in its source repository " + "first");
    }
}
