package dev.mgit.lineage.export;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;

/**
 * A layout as a tar file: POSIX ustar headers without owner or time, so that the same files make the same bytes. Sizes of
 * 8 GiB and more are in base 256, as GNU tar writes them.
 */
final class OciArchive implements OciFiles {
    private static final int RECORD = 512;
    private static final int BUFFER = 1 << 16;
    private static final long MOST_OCTAL = 1L << 33;

    private final FileChannel channel;
    private final OutputStream out;

    OciArchive(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
    }

    @Override
    public void add(String path, long size, Content content) throws IOException {
        out.write(header(path, size));
        content.writeTo(out);
        out.write(new byte[(int) (-size & (RECORD - 1))]);
    }

    static byte[] header(String path, long size) {
        byte[] header = new byte[RECORD];
        put(header, 0, path);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        if (size < MOST_OCTAL) {
            put(header, 124, String.format(Locale.ROOT, "%011o", size));
        } else {
            header[124] = (byte) 0x80;
            for (int i = 0; i < Long.BYTES; i++) {
                header[128 + i] = (byte) (size >>> (56 - 8 * i));
            }
        }
        put(header, 136, "00000000000");
        header[156] = '0';
        put(header, 257, "ustar\0" + "00");
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte unit : header) {
            sum += unit & 0xff;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            out.write(new byte[2 * RECORD]);
            out.flush();
            channel.force(true);
        }
    }
}
