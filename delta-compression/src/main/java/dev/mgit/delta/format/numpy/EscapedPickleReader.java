package dev.mgit.delta.format.numpy;

import dev.mgit.delta.format.pickle.Pickle.Bytes;
import dev.mgit.delta.format.pickle.Pickle.UnsupportedException;
import dev.mgit.delta.layout.ByteEscapes;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.PackedStream;
import dev.mgit.delta.layout.Packing;
import dev.mgit.delta.layout.UnpackedFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads pickles that escape the bytes of arrays as text. In the file's content these bytes stand as they are; the lengths
 * of the texts, which the pickle has in front of them, stay those of the file.
 */
public final class EscapedPickleReader implements FormatReader {
    @Override
    public String name() {
        return "escaped-pickle";
    }

    @Override
    public boolean checksumsTensors() {
        return true; // the length of a text depends on what it escapes
    }

    @Override
    public boolean isExport() {
        return false;
    }

    @Override
    public boolean ownsName(String fileName) {
        return false;
    }

    /** The texts of a file that escape arrays; {@link Packing#NONE} of any other. */
    public static Packing packing(ByteSource file) throws IOException {
        try {
            List<Bytes> texts = PickleReader.begins(file) ? PickledArrays.escaped(file) : List.of();
            return packing(file, texts);
        } catch (UnsupportedException | FormatException e) {
            return Packing.NONE; // whoever reads the pickle says what is wrong with it
        }
    }

    private static Packing packing(ByteSource file, List<Bytes> texts) throws IOException {
        List<PackedStream> streams = new ArrayList<>();
        long shrunk = 0;
        for (Bytes text : texts) {
            for (ByteEscapes escapes : text.length() == 0 ? List.<ByteEscapes>of() : text.escapes()) {
                Optional<Long> length = escapes.decodedLength(file, text.offset(), text.length());
                if (length.isPresent()) {
                    streams.add(new PackedStream(text.offset() - shrunk, length.get(), text.length(), escapes));
                    shrunk += text.length() - length.get();
                    break;
                }
            }
        }
        return streams.isEmpty() ? Packing.NONE : new Packing(streams);
    }

    @Override
    public Optional<Layout> read(String fileName, ByteSource content) throws IOException {
        if (!(content instanceof UnpackedFile unpacked) || !unpacked.packing().isEscaped()) {
            return Optional.empty();
        }
        try {
            return Optional.of(PickledArrays.readContent(unpacked, name()));
        } catch (UnsupportedException e) {
            return Optional.empty(); // no pickle whose packing was found
        }
    }
}
