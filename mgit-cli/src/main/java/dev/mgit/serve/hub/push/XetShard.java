package dev.mgit.serve.hub.push;

import dev.mgit.delta.Hashes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads how files are made of chunks of xorbs (xet-core, {@code mdb_shard}): a header, then for each file an entry, its
 * terms, perhaps their hashes, and perhaps the file's SHA-256; all in records of 48 bytes. The table of xorbs that follows
 * says nothing that is needed.
 */
final class XetShard {
    private static final int RECORD = 48;
    private static final int HASH = 32;
    private static final byte[] TAG =
            HexFormat.of().parseHex("48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9");
    private static final long VERSION = 2;
    private static final int WITH_HASHES = 1 << 31;
    private static final int WITH_SHA256 = 1 << 30;

    /** A term is a run of chunks, tens of megabytes as a rule. */
    private static final int MOST_TERMS = 1 << 18;

    private final InputStream in;
    private final Map<String, String> xorbs = new HashMap<>();

    private XetShard(InputStream in) {
        this.in = in;
    }

    /** Chunks of a xorb that follow one another, and what they decode to. */
    record Term(String xorb, int from, int to, long bytes) {}

    /** A file as a row of terms. */
    record File(String sha256, List<Term> terms) {}

    /** Hears of each file as it is read. */
    interface Files {
        void take(File file) throws IOException;
    }

    /** @throws dev.mgit.serve.http.HttpError if the shard is malformed, or does not give the SHA-256 of a file */
    static void read(InputStream in, Files files) throws IOException {
        var shard = new XetShard(in);
        ByteBuffer header = shard.record();
        byte[] tag = new byte[HASH];
        header.get(tag);
        if (!Arrays.equals(tag, TAG) || header.getLong() != VERSION) {
            throw malformed();
        }
        Optional<File> file = shard.file();
        while (file.isPresent()) {
            files.take(file.get());
            file = shard.file();
        }
    }

    private static RuntimeException malformed() {
        return Refusals.malformed("the shard is malformed");
    }

    private ByteBuffer record() throws IOException {
        byte[] bytes = in.readNBytes(RECORD);
        if (bytes.length < RECORD) {
            throw malformed();
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The next file; empty after the last. */
    private Optional<File> file() throws IOException {
        ByteBuffer entry = record();
        if (hash(entry).equals("f".repeat(2 * HASH))) {
            return Optional.empty();
        }
        int flags = entry.getInt();
        int count = entry.getInt();
        if (count < 0 || count > MOST_TERMS) {
            throw malformed();
        }
        List<Term> terms = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            terms.add(term());
        }
        if ((flags & WITH_HASHES) != 0) {
            for (int i = 0; i < count; i++) {
                record();
            }
        }
        if ((flags & WITH_SHA256) == 0) {
            throw Refusals.malformed("the shard does not give the SHA-256 of each file");
        }
        return Optional.of(new File(hash(record()), terms));
    }

    private Term term() throws IOException {
        ByteBuffer record = record();
        String named = hash(record);
        String xorb = xorbs.computeIfAbsent(named, first -> first);
        record.getInt();
        long bytes = record.getInt() & 0xffffffffL;
        int from = record.getInt();
        int to = record.getInt();
        if (from < 0 || to < from) {
            throw malformed();
        }
        return new Term(xorb, from, to, bytes);
    }

    /** Xet writes a hash as four numbers of 64 bits. */
    private static String hash(ByteBuffer record) {
        var text = new StringBuilder();
        for (int i = 0; i < HASH; i += Long.BYTES) {
            text.append(HexFormat.of().toHexDigits(record.getLong()));
        }
        return text.toString();
    }

    /** A name that a xorb can have. */
    static boolean isHash(String text) {
        return Hashes.isHex(text, 2 * HASH);
    }
}
