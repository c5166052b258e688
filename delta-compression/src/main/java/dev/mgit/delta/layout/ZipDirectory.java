package dev.mgit.delta.layout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The central directory of a zip archive: what is in it and where. Nothing is unpacked here. Field layouts are those of
 * PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3 (ZIP64).
 */
public final class ZipDirectory {
    /**
     * One file of the archive.
     *
     * @param offset where its data start
     * @param length bytes of data in the archive
     * @param stored whether the data are the file itself, neither compressed nor encrypted
     * @param deflated of data that are deflated and not encrypted: what they unpack to
     */
    public record Entry(String name, long offset, long length, boolean stored, Optional<Deflated> deflated) {}

    /** What a deflated file unpacks to, as the archive says. */
    public record Deflated(long length, long crc32) {}

    private static final long LOCAL = 0x04034b50L;
    private static final long CENTRAL = 0x02014b50L;
    private static final long END_64 = 0x06064b50L;
    private static final long LOCATOR_64 = 0x07064b50L;
    private static final int DEFLATED = 8;
    private static final int END_BYTES = 22;
    private static final int LOCATOR_BYTES = 20;
    private static final int MAX_COMMENT = 0xffff;
    private static final long IN_ZIP64 = 0xffff_ffffL;
    private static final int MAX_ENTRIES = LayoutBuilder.MAX_TENSORS;
    private static final int MAX_NAME = 4096;
    private static final int MAX_ALL_NAMES = 1 << 26;

    private final Cursor in;
    private long count;
    private long directoryOffset;
    private long directoryEnd;

    private ZipDirectory(ByteSource source) throws IOException {
        this.in = new Cursor(source);
    }

    /**
     * Lists a zip archive in the order of its directory. In the content of a packed one, what is unpacked is stored.
     *
     * @return empty if the bytes do not begin as a zip archive does
     * @throws FormatException if they do, but the directory at the end is missing or broken
     */
    public static Optional<List<Entry>> read(ByteSource source) throws IOException {
        if (source instanceof UnpackedFile content) {
            Packing packing = content.packing();
            return read(content.file())
                    .map(entries -> entries.stream()
                            .map(entry -> unpacked(entry, packing))
                            .toList());
        }
        if (source.size() < 4 || new Cursor(source).u32() != LOCAL) {
            return Optional.empty();
        }
        var directory = new ZipDirectory(source);
        directory.findEnd(source);
        return Optional.of(directory.entries());
    }

    private static Entry unpacked(Entry entry, Packing packing) {
        long offset = packing.contentPosition(entry.offset());
        Optional<PackedStream> packed = packing.streamFrom(entry.offset());
        return packed.isPresent() && entry.deflated().isPresent()
                ? new Entry(entry.name(), offset, packed.get().length(), true, Optional.empty())
                : new Entry(entry.name(), offset, entry.length(), entry.stored(), entry.deflated());
    }

    /** Looks for the end record from the back; a comment of any content may follow it. */
    private void findEnd(ByteSource source) throws IOException {
        long size = source.size();
        byte[] tail = new byte[(int) Math.min(size, END_BYTES + MAX_COMMENT)];
        source.read(size - tail.length, tail, 0, tail.length);
        for (int at = tail.length - END_BYTES; at >= 0; at--) {
            if (tail[at] == 'P' && tail[at + 1] == 'K' && tail[at + 2] == 5 && tail[at + 3] == 6) {
                int comment = (tail[at + 20] & 0xff) | ((tail[at + 21] & 0xff) << 8);
                if (at + END_BYTES + comment == tail.length) {
                    readEnd(size - tail.length + at);
                    return;
                }
            }
        }
        throw new FormatException("it begins as a zip archive, but has no zip directory at its end, byte " + size);
    }

    private void readEnd(long at) throws IOException {
        in.seek(at + 10);
        count = in.u16();
        long directoryBytes = in.u32();
        directoryOffset = in.u32();
        directoryEnd = at;
        if (at >= LOCATOR_BYTES) {
            in.seek(at - LOCATOR_BYTES);
            directoryBytes = in.u32() == LOCATOR_64 ? readEnd64(at - LOCATOR_BYTES) : directoryBytes;
        }
        if (directoryOffset < 0 || directoryBytes < 0 || directoryOffset != directoryEnd - directoryBytes) {
            throw new FormatException("the zip directory at byte " + directoryOffset + " does not end where its end "
                    + "record is, at byte " + directoryEnd);
        }
    }

    /** Reads the ZIP64 end record, which torch always writes; returns the directory's length in bytes. */
    private long readEnd64(long locator) throws IOException {
        in.skip(4);
        directoryEnd = in.i64();
        in.seek(directoryEnd);
        if (in.u32() != END_64) {
            throw new FormatException("byte " + directoryEnd + " should be the ZIP64 end of the zip directory");
        }
        long recordBytes = in.i64();
        if (recordBytes != locator - in.position()) {
            throw new FormatException("the ZIP64 end of the zip directory at byte " + directoryEnd
                    + " is not followed by its locator, at byte " + locator);
        }
        in.skip(20);
        count = in.i64();
        long bytes = in.i64();
        directoryOffset = in.i64();
        return bytes;
    }

    private List<Entry> entries() throws IOException {
        if (count < 0 || count > MAX_ENTRIES) {
            throw new UnsupportedFormatException("the zip directory lists more than " + MAX_ENTRIES + " files");
        }
        List<Entry> entries = new ArrayList<>();
        in.seek(directoryOffset);
        long outer = in.enter(directoryEnd - directoryOffset);
        long names = 0;
        for (long i = 0; i < count; i++) {
            entries.add(entry());
            names += entries.get(entries.size() - 1).name().length();
            if (names > MAX_ALL_NAMES) {
                throw new UnsupportedFormatException(
                        "the names in the zip directory take more than " + MAX_ALL_NAMES + " characters");
            }
        }
        if (!in.atEnd()) {
            throw new FormatException(
                    "the zip directory lists " + count + " files but goes on at byte " + in.position());
        }
        in.leave(outer);
        for (int i = 0; i < entries.size(); i++) {
            entries.set(i, located(entries.get(i)));
        }
        return entries;
    }

    /** Reads one directory entry; its offset is still that of the local header. */
    private Entry entry() throws IOException {
        long start = in.position();
        if (in.u32() != CENTRAL) {
            throw new FormatException("byte " + start + " should begin an entry of the zip directory");
        }
        in.skip(4);
        boolean encrypted = (in.u16() & 1) != 0;
        int method = in.u16();
        in.skip(4);
        long crc = in.u32();
        long packed = in.u32();
        long unpacked = in.u32();
        int nameBytes = in.u16();
        int extraBytes = in.u16();
        int commentBytes = in.u16();
        in.skip(8);
        long offset = in.u32();
        String name = in.utf8(nameBytes, MAX_NAME);
        long outer = in.enter(extraBytes);
        while (in.remaining() >= 4) {
            int tag = in.u16();
            long field = in.enter(in.u16());
            if (tag == 1) {
                // Only the values that did not fit are here, in this order.
                unpacked = unpacked == IN_ZIP64 ? in.i64() : unpacked;
                packed = packed == IN_ZIP64 ? in.i64() : packed;
                offset = offset == IN_ZIP64 ? in.i64() : offset;
            }
            in.leave(field);
        }
        in.leave(outer);
        in.skip(commentBytes);
        Optional<Deflated> deflated =
                method == DEFLATED && !encrypted ? Optional.of(new Deflated(unpacked, crc)) : Optional.empty();
        return new Entry(name, offset, packed, method == 0 && !encrypted && packed == unpacked, deflated);
    }

    /** Follows an entry to its local header, whose own name and extra field say where the data start. */
    private Entry located(Entry entry) throws IOException {
        in.seek(entry.offset());
        if (in.u32() != LOCAL) {
            throw new FormatException(
                    "byte " + entry.offset() + " should begin " + entry.name() + " in the zip archive");
        }
        in.skip(22);
        int nameBytes = in.u16();
        int extraBytes = in.u16();
        in.skip(nameBytes + (long) extraBytes);
        long start = in.position();
        if (entry.length() < 0 || entry.length() > directoryOffset - start) {
            throw new FormatException(entry.name() + " in the zip archive has " + entry.length() + " bytes from byte "
                    + start + ", more than there are before the directory");
        }
        return new Entry(entry.name(), start, entry.length(), entry.stored(), entry.deflated());
    }
}
