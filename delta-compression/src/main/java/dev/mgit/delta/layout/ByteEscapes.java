package dev.mgit.delta.layout;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Bytes written as text, each by itself: as the character of its number in Latin-1, or an escape. No escape begins as
 * another one does, so what can be decoded comes out again to the bit. The escapes are those of Python's pickles.
 */
@SuppressWarnings("ImmutableEnumChecker") // arrays that are filled once and never handed out
public enum ByteEscapes implements StreamCoder {
    /** A character of Latin-1 in UTF-8. Protocols 1 and 2 of Python 3. */
    UTF_8("latin1-utf8", value -> String.valueOf((char) value).getBytes(StandardCharsets.UTF_8)),
    /** Characters that would end or change a line are escaped. Protocol 0 of Python 3. */
    UNICODE("latin1-raw-unicode-escape", value -> unicode(value, "\\\n\0\r\u001a")),
    /** The same before it knew of line ends but {@code \n}. */
    UNICODE_LINE("latin1-raw-unicode-escape-line", value -> unicode(value, "\\\n")),
    /** A string as Python 2 prints it, without the quotes around it. Protocol 0 of Python 2. */
    SINGLE_QUOTED("python2-string-single", value -> quoted(value, '\'')),
    /** One that holds single quotes and no double ones. */
    DOUBLE_QUOTED("python2-string-double", value -> quoted(value, '"'));

    private static final int CHUNK = 1 << 13;
    private static final int VALUES = 256;
    private static final short NONE = -1;

    private final String label;
    private final byte[][] escapes = new byte[VALUES][];
    /**
     * By node of a tree of all escapes, of which 0 is the root, and next byte: the next node, or {@link #NONE}, or where an
     * escape ends its value, less twice {@link #VALUES}.
     */
    private final short[][] tree;

    ByteEscapes(String label, IntFunction<byte[]> escape) {
        this.label = label;
        short[][] nodes = {leaf()};
        for (int value = 0; value < VALUES; value++) {
            escapes[value] = escape.apply(value);
            nodes = with(nodes, value, escapes[value]);
        }
        this.tree = nodes;
    }

    private static short[] leaf() {
        short[] none = new short[VALUES];
        Arrays.fill(none, NONE);
        return none;
    }

    private static short[][] with(short[][] tree, int value, byte[] escape) {
        short[][] nodes = tree;
        int node = 0;
        for (int i = 0; i < escape.length - 1; i++) {
            int next = escape[i] & 0xff;
            if (nodes[node][next] == NONE) {
                nodes[node][next] = (short) nodes.length;
                nodes = Arrays.copyOf(nodes, nodes.length + 1);
                nodes[nodes.length - 1] = leaf();
            }
            node = nodes[node][next];
        }
        nodes[node][escape[escape.length - 1] & 0xff] = (short) (value - 2 * VALUES);
        return nodes;
    }

    private static byte[] unicode(int value, String escaped) {
        return escaped.indexOf(value) < 0
                ? new byte[] {(byte) value}
                : String.format("\\u%04x", value).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] quoted(int value, char quote) {
        String named = "\t\n\r\\" + quote;
        int at = named.indexOf(value);
        String text = at >= 0
                ? "\\" + ("tnr\\" + quote).charAt(at)
                : value < ' ' || value > '~'
                        ? "\\x" + HexFormat.of().toHexDigits((byte) value)
                        : String.valueOf((char) value);
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What manifests call it. */
    public String label() {
        return label;
    }

    public static Optional<ByteEscapes> labelled(String label) {
        return Arrays.stream(values()).filter(code -> code.label.equals(label)).findFirst();
    }

    /** How many bytes a text stands for; empty if it is not written in this way. */
    public Optional<Long> decodedLength(ByteSource source, long offset, long length) throws IOException {
        Decoder decoder = beginning().open(new SourceInputStream(source, offset, length));
        byte[] chunk = new byte[CHUNK];
        try {
            while (decoder.read(chunk, 0, chunk.length) >= 0) {
                // only to see that it ends
            }
            return Optional.of(decoder.position());
        } catch (UnknownEscapeException e) {
            return Optional.empty();
        }
    }

    @Override
    public Encoder encoder(OutputStream out) {
        return new Escaping(out);
    }

    @Override
    public Place beginning() {
        return place(0, 0);
    }

    private Place place(long packed, long position) {
        return new Place(packed, position, in -> new Unescaping(in, packed, position));
    }

    private static final class UnknownEscapeException extends EOFException {
        private static final long serialVersionUID = 1L;

        UnknownEscapeException(long at) {
            super("no escape of a byte at byte " + at);
        }
    }

    private final class Escaping implements Encoder {
        private final OutputStream out;
        private byte[] made = new byte[CHUNK];

        Escaping(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int count = 0;
            for (int i = offset; i < offset + length; i++) {
                byte[] escape = escapes[bytes[i] & 0xff];
                if (count + escape.length > made.length) {
                    made = Arrays.copyOf(made, 2 * made.length);
                }
                for (byte one : escape) {
                    made[count++] = one;
                }
            }
            out.write(made, 0, count);
        }

        @Override
        public void finish() {
            // every byte is written by itself
        }
    }

    private final class Unescaping implements Decoder {
        private final InputStream in;
        private final byte[] input = new byte[CHUNK];
        private int inputAt;
        private int inputEnd;
        private long taken;
        private long position;

        Unescaping(InputStream in, long packed, long position) {
            this.in = in;
            this.taken = packed;
            this.position = position;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                int node = 0;
                do {
                    int next = next();
                    if (next < 0 && node == 0) {
                        position += done;
                        return done == 0 ? -1 : done;
                    }
                    node = next < 0 ? NONE : tree[node][next];
                } while (node > 0);
                if (node == NONE) {
                    throw new UnknownEscapeException(taken);
                }
                target[offset + done++] = (byte) (node + 2 * VALUES);
            }
            position += done;
            return done;
        }

        private int next() throws IOException {
            if (inputAt == inputEnd) {
                inputAt = 0;
                inputEnd = Math.max(0, in.read(input, 0, input.length));
            }
            if (inputAt == inputEnd) {
                return -1;
            }
            taken++;
            return input[inputAt++] & 0xff;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public Optional<Place> place() {
            return Optional.of(ByteEscapes.this.place(taken, position));
        }
    }
}
