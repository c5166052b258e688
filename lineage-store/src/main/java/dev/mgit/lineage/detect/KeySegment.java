package dev.mgit.lineage.detect;

import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.version.VersionId;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * An immutable part of the inverted index: which models have which keys. A search reads the pages its keys fall in.
 *
 * <p>Big-endian: the eight bytes {@code MGITKEYS}, format number (4 bytes), number of models n (4), number of postings
 * (4), CRC-32C of all up to the pages, this field as 0 (4); n version ids (20 bytes each); for each page its first key
 * (4) and CRC-32C (4); then pages of {@value #PAGE} postings, sorted: key (4) and number of the model (4).
 */
final class KeySegment implements AutoCloseable {
    private static final byte[] MAGIC = "MGITKEYS".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 2;
    private static final int HEADER = MAGIC.length + 4 * Integer.BYTES;
    private static final int CRC_AT = HEADER - Integer.BYTES;
    private static final int ID = 20;
    private static final int PAGE = 512;

    private final FileChannel channel;
    private final ByteBuffer head;
    private final int models;
    private final int postings;
    private int cachedPage = -1;
    private long[] cached = new long[0];

    private KeySegment(FileChannel channel, ByteBuffer head, int models, int postings) {
        this.channel = channel;
        this.head = head;
        this.models = models;
        this.postings = postings;
    }

    /** Writes the keys of models, durably, as one new file. */
    static void write(Path file, List<Map.Entry<VersionId, int[]>> models) throws IOException {
        int count = models.stream().mapToInt(model -> model.getValue().length).sum();
        long[] postings = new long[count];
        int at = 0;
        for (int model = 0; model < models.size(); model++) {
            for (int key : models.get(model).getValue()) {
                postings[at++] = (long) key << 32 | model;
            }
        }
        Arrays.sort(postings);
        int pages = pages(count);
        int start = Math.addExact(HEADER, Math.addExact(models.size() * ID, pages * 2 * Integer.BYTES));
        ByteBuffer out = ByteBuffer.allocate(Math.addExact(start, Math.multiplyExact(count, Long.BYTES)));
        out.put(MAGIC).putInt(FORMAT).putInt(models.size()).putInt(count).putInt(0);
        models.forEach(model -> out.put(HexFormat.of().parseHex(model.getKey().hex())));
        out.position(start);
        for (long posting : postings) {
            out.putLong(posting);
        }
        for (int page = 0; page < pages; page++) {
            int from = start + page * PAGE * Long.BYTES;
            int length = Math.min(PAGE * Long.BYTES, out.capacity() - from);
            int fence = HEADER + models.size() * ID + page * 2 * Integer.BYTES;
            out.putInt(fence, (int) (postings[page * PAGE] >> 32));
            out.putInt(fence + Integer.BYTES, checksum(out.array(), from, length));
        }
        out.putInt(CRC_AT, checksum(out.array(), 0, start));
        DurableFiles.replace(file, out.array());
    }

    private static int pages(int postings) {
        return (postings + PAGE - 1) / PAGE;
    }

    private static int checksum(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    /** @throws IOException if it is not a whole, sound file of this format */
    static KeySegment open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        boolean sound = false;
        try {
            ByteBuffer start = read(channel, 0, HEADER);
            byte[] magic = new byte[MAGIC.length];
            start.get(magic);
            int format = start.getInt();
            int models = start.getInt();
            int postings = start.getInt();
            long headLength = HEADER + (long) models * ID + (long) pages(postings) * 2 * Integer.BYTES;
            if (!Arrays.equals(magic, MAGIC)
                    || format != FORMAT
                    || models < 0
                    || postings < 0
                    || channel.size() != headLength + (long) postings * Long.BYTES) {
                throw new IOException(file + " is not a segment of this format");
            }
            ByteBuffer head = read(channel, 0, (int) headLength);
            int stored = head.getInt(CRC_AT);
            head.putInt(CRC_AT, 0);
            if (checksum(head) != stored) {
                throw new IOException(file + " is damaged");
            }
            sound = true;
            return new KeySegment(channel, head, models, postings);
        } finally {
            if (!sound) {
                channel.close();
            }
        }
    }

    private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        if (position + length > channel.size()) {
            throw new EOFException("the file is too short");
        }
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("the file is too short");
            }
        }
        return buffer.flip();
    }

    int models() {
        return models;
    }

    VersionId model(int number) {
        byte[] id = new byte[ID];
        head.get(HEADER + number * ID, id);
        return new VersionId(HexFormat.of().formatHex(id));
    }

    /**
     * Counts for each model how many of some keys it has.
     *
     * @param keys sorted
     * @throws IOException if the file is damaged
     */
    int[] votes(int[] keys) throws IOException {
        int[] votes = new int[models];
        for (int key : keys) {
            for (int page = firstPage(key); page < pages(postings) && fence(page) <= key; page++) {
                for (long posting : page(page)) {
                    int model = (int) posting;
                    if ((int) (posting >> 32) == key && model >= 0 && model < models) {
                        votes[model]++;
                    }
                }
            }
        }
        return votes;
    }

    /** The keys of each model by its number, sorted. */
    Map<Integer, int[]> keys() throws IOException {
        Map<Integer, List<Integer>> lists = new TreeMap<>();
        for (int model = 0; model < models; model++) {
            lists.put(model, new ArrayList<>());
        }
        for (int page = 0; page < pages(postings); page++) {
            for (long posting : page(page)) {
                List<Integer> list = lists.get((int) posting);
                if (list != null) {
                    list.add((int) (posting >> 32));
                }
            }
        }
        Map<Integer, int[]> keys = new TreeMap<>();
        lists.forEach((model, list) ->
                keys.put(model, list.stream().mapToInt(Integer::intValue).toArray()));
        return keys;
    }

    private int fence(int page) {
        return head.getInt(HEADER + models * ID + page * 2 * Integer.BYTES);
    }

    /** The last page that begins below a key, where its first posting may be. */
    private int firstPage(int key) {
        int low = 0;
        int high = pages(postings) - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (fence(middle) < key) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private long[] page(int page) throws IOException {
        if (page != cachedPage) {
            int count = Math.min(PAGE, postings - page * PAGE);
            ByteBuffer bytes = read(channel, head.capacity() + (long) page * PAGE * Long.BYTES, count * Long.BYTES);
            int stored = head.getInt(HEADER + models * ID + page * 2 * Integer.BYTES + Integer.BYTES);
            if (checksum(bytes) != stored) {
                throw new IOException("a page of keys is damaged");
            }
            cached = new long[count];
            bytes.asLongBuffer().get(cached);
            cachedPage = page;
        }
        return cached;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
