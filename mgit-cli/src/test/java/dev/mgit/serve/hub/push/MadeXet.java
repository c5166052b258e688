package dev.mgit.serve.hub.push;

import dev.mgit.delta.Hashes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** What a client of Xet sends, made by hand. Names of xorbs are any 32 bytes: the server takes them as names. */
public final class MadeXet {
    private static final byte[] TAG =
            HexFormat.of().parseHex("48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9");
    private static final int RECORD = 48;

    private MadeXet() {}

    /** Chunks of a xorb as terms of a file. */
    public record Term(String xorb, int from, int to, long bytes) {}

    /** A file as terms. */
    public record File(String sha256, List<Term> terms) {}

    /** A xorb of chunks, encoded by one scheme after the other: as they are, by LZ4, by LZ4 in four streams. */
    public static byte[] xorb(List<byte[]> chunks) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < chunks.size(); i++) {
            int scheme = i % 3;
            byte[] raw = chunks.get(i);
            byte[] stored = scheme == 0 ? raw : lz4(scheme == 1 ? raw : streams(raw));
            out.write(0);
            three(out, stored.length);
            out.write(scheme);
            three(out, raw.length);
            out.writeBytes(stored);
        }
        return out.toByteArray();
    }

    private static void three(ByteArrayOutputStream out, int number) {
        out.write(number);
        out.write(number >> 8);
        out.write(number >> 16);
    }

    private static byte[] streams(byte[] raw) {
        var out = new ByteArrayOutputStream();
        for (int stream = 0; stream < 4; stream++) {
            for (int i = stream; i < raw.length; i += 4) {
                out.write(raw[i]);
            }
        }
        return out.toByteArray();
    }

    /** An LZ4 frame of one block, with matches at a few distances, and a content size and checksum that nobody reads. */
    static byte[] lz4(byte[] raw) {
        byte[] block = block(raw);
        ByteBuffer frame = ByteBuffer.allocate(block.length + 27).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(0x184D2204)
                .put((byte) 0x4c)
                .put((byte) 0x60)
                .putLong(raw.length)
                .put((byte) 0);
        if (raw.length > 0) {
            frame.putInt(block.length).put(block);
        }
        frame.putInt(0).putInt(0);
        return Arrays.copyOf(frame.array(), frame.position());
    }

    private static byte[] block(byte[] raw) {
        var out = new ByteArrayOutputStream();
        int literals = 0;
        int at = 0;
        while (at < raw.length) {
            int[] match = match(raw, at);
            if (match[1] < 4) {
                at++;
            } else {
                sequence(out, raw, literals, at, match[0], match[1]);
                at += match[1];
                literals = at;
            }
        }
        sequence(out, raw, literals, at, 0, 0);
        return out.toByteArray();
    }

    private static int[] match(byte[] raw, int at) {
        int[] best = {0, 0};
        for (int distance : new int[] {1, 4, 7, 64}) {
            int length = 0;
            while (distance <= at && at + length < raw.length && raw[at + length] == raw[at + length - distance]) {
                length++;
            }
            if (length > best[1]) {
                best = new int[] {distance, length};
            }
        }
        return best;
    }

    private static void sequence(ByteArrayOutputStream out, byte[] raw, int from, int to, int distance, int length) {
        int literals = to - from;
        int more = Math.max(0, length - 4);
        out.write(Math.min(15, literals) << 4 | Math.min(15, more));
        rest(out, literals);
        out.write(raw, from, literals);
        if (length > 0) {
            out.write(distance);
            out.write(distance >> 8);
            rest(out, more);
        }
    }

    private static void rest(ByteArrayOutputStream out, int length) {
        if (length >= 15) {
            int left = length - 15;
            for (; left >= 255; left -= 255) {
                out.write(255);
            }
            out.write(left);
        }
    }

    /** A shard that tells of some files, with hashes and a table of xorbs that nobody needs. */
    public static byte[] shard(List<File> files) {
        var out = new ByteArrayOutputStream();
        record(out, TAG, buffer -> buffer.putLong(2).putLong(0));
        for (File file : files) {
            int count = file.terms().size();
            record(out, new byte[32], buffer -> buffer.putInt(0xc0000000).putInt(count));
            for (Term term : file.terms()) {
                record(
                        out,
                        hash(term.xorb()),
                        buffer -> buffer.putInt(0)
                                .putInt((int) term.bytes())
                                .putInt(term.from())
                                .putInt(term.to()));
            }
            for (int i = 0; i < count; i++) {
                record(out, new byte[32], buffer -> {});
            }
            record(out, hash(file.sha256()), buffer -> {});
        }
        byte[] end = new byte[32];
        Arrays.fill(end, (byte) 0xff);
        record(out, end, buffer -> {});
        record(out, end, buffer -> {});
        return out.toByteArray();
    }

    private interface Fields {
        void put(ByteBuffer buffer);
    }

    private static void record(ByteArrayOutputStream out, byte[] hash, Fields fields) {
        ByteBuffer buffer = ByteBuffer.allocate(RECORD).order(ByteOrder.LITTLE_ENDIAN);
        fields.put(buffer.put(hash));
        out.writeBytes(buffer.array());
    }

    /** A hash as Xet writes it: eight bytes at a time, the last first. */
    private static byte[] hash(String hex) {
        ByteBuffer from = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        ByteBuffer to = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        while (from.hasRemaining()) {
            to.putLong(from.getLong());
        }
        return to.array();
    }

    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(bytes));
    }
}
