package dev.mgit.delta.deflate;

import static dev.mgit.delta.deflate.Symbols.CODE_LENGTHS;
import static dev.mgit.delta.deflate.Symbols.END_OF_BLOCK;
import static dev.mgit.delta.deflate.Symbols.FIRST_LENGTH;
import static dev.mgit.delta.deflate.Symbols.WINDOW;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Inflates a raw stream (RFC 1951), from its beginning or from a block in it: at the beginning of a block, where it is and
 * the 32 KiB before it are all that the rest needs.
 */
public final class InflateDecoder {
    /** The beginning of a block. */
    public static final class Restart {
        /** Where every stream begins. */
        public static final Restart BEGINNING = new Restart(0, 0, new byte[0]);

        private final long bit;
        private final long position;
        private final byte[] window;

        private Restart(long bit, long position, byte[] window) {
            this.bit = bit;
            this.position = position;
            this.window = window;
        }

        /** Where it is in the packed stream, in bits. */
        public long bit() {
            return bit;
        }

        /** Unpacked bytes before it. */
        public long position() {
            return position;
        }
    }

    private enum State {
        BETWEEN,
        STORED,
        CODED,
        ENDED
    }

    private static final byte[] FIXED_LENGTHS = Symbols.fixedLengths();
    private static final byte[] FIXED_DISTANCE_LENGTHS = Symbols.fixedDistanceLengths();

    private final InputStream in;
    private final byte[] input = new byte[1 << 13];
    private int inputAt;
    private int inputEnd;
    private long taken;
    private long bits;
    private int count;

    /** Unpacked bytes: {@code out[served..made)} are to be handed out, what is before may be copied from. */
    private final byte[] out = new byte[4 * WINDOW];

    private int served;
    private int made;
    private long position;
    private State state = State.BETWEEN;
    private boolean last;
    private int storedLeft;
    private @Nullable CodeTable symbols;
    private @Nullable CodeTable places;

    /** @param in the packed stream from the byte on in which {@code from} is */
    public InflateDecoder(InputStream in, Restart from) throws IOException {
        this.in = in;
        this.taken = from.bit() / Byte.SIZE;
        this.position = from.position();
        this.made = from.window.length;
        this.served = made;
        System.arraycopy(from.window, 0, out, 0, made);
        take((int) (from.bit() % Byte.SIZE));
    }

    /** Unpacked bytes before the next to be read. */
    public long position() {
        return position;
    }

    /** Bytes of the packed stream up to what was read, those begun included. */
    public long packedPosition() {
        return taken - count / Byte.SIZE;
    }

    /** Where the next byte begins a block, so that decoding can begin there; else null. */
    public @Nullable Restart restart() {
        if (state != State.BETWEEN || served != made) {
            return null;
        }
        return new Restart(
                taken * Byte.SIZE - count, position, Arrays.copyOfRange(out, Math.max(0, made - WINDOW), made));
    }

    /**
     * The next bytes; never across the end of a block.
     *
     * @return how many, -1 at the end
     * @throws IOException if it is no deflate stream, or cut off
     */
    public int read(byte[] target, int offset, int length) throws IOException {
        while (served == made) {
            if (state == State.ENDED) {
                return -1;
            }
            decode();
        }
        int some = Math.min(length, made - served);
        System.arraycopy(out, served, target, offset, some);
        served += some;
        position += some;
        return some;
    }

    private void decode() throws IOException {
        if (made > out.length - WINDOW) {
            System.arraycopy(out, made - WINDOW, out, 0, WINDOW);
            made = WINDOW;
            served = made;
        }
        switch (state) {
            case BETWEEN -> beginBlock();
            case STORED -> copyStored();
            case CODED -> decodeSymbols();
            case ENDED -> throw new IllegalStateException();
        }
    }

    private void beginBlock() throws IOException {
        last = take(1) == 1;
        switch (take(2)) {
            case Symbols.STORED -> beginStored();
            case Symbols.FIXED -> {
                symbols = new CodeTable(FIXED_LENGTHS, FIXED_LENGTHS.length);
                places = new CodeTable(FIXED_DISTANCE_LENGTHS, FIXED_DISTANCE_LENGTHS.length);
                state = State.CODED;
            }
            case Symbols.DYNAMIC -> beginDynamic();
            default -> throw new IOException("a block of no known kind");
        }
    }

    private void beginStored() throws IOException {
        take(count % Byte.SIZE);
        int length = take(16);
        if ((take(16) ^ length) != 0xffff) {
            throw new IOException("a stored block whose lengths differ");
        }
        storedLeft = length;
        state = State.STORED;
        endIf(length == 0);
    }

    private void copyStored() throws IOException {
        int some = Math.min(storedLeft, WINDOW);
        for (int i = 0; i < some; i++) {
            out[made++] = (byte) take(Byte.SIZE);
        }
        storedLeft -= some;
        endIf(storedLeft == 0);
    }

    private void endIf(boolean end) {
        if (end) {
            state = last ? State.ENDED : State.BETWEEN;
        }
    }

    private void beginDynamic() throws IOException {
        int symbolCount = take(5) + FIRST_LENGTH;
        int placeCount = take(5) + 1;
        int lengthCount = take(4) + 4;
        byte[] own = new byte[CODE_LENGTHS];
        for (int i = 0; i < lengthCount; i++) {
            own[Symbols.CODE_LENGTH_ORDER[i]] = (byte) take(3);
        }
        CodeTable code = new CodeTable(own, CODE_LENGTHS);
        byte[] lengths = new byte[symbolCount + placeCount];
        for (int i = 0; i < lengths.length; ) {
            int symbol = next(code);
            int run = 1;
            byte length = (byte) symbol;
            if (symbol >= Symbols.REPEAT) {
                boolean repeat = symbol == Symbols.REPEAT;
                if (repeat && i == 0) {
                    throw new IOException("a repeated code length before the first");
                }
                length = repeat ? lengths[i - 1] : 0;
                run = take(Symbols.CODE_LENGTH_EXTRA[symbol]) + (symbol == Symbols.MANY_ZEROS ? 11 : 3);
            }
            if (run > lengths.length - i) {
                throw new IOException("more code lengths than there are symbols");
            }
            Arrays.fill(lengths, i, i + run, length);
            i += run;
        }
        symbols = new CodeTable(lengths, symbolCount);
        places = new CodeTable(Arrays.copyOfRange(lengths, symbolCount, lengths.length), placeCount);
        state = State.CODED;
    }

    /** Decodes until the block ends or there is no room for another match. */
    private void decodeSymbols() throws IOException {
        CodeTable symbolCode = Objects.requireNonNull(symbols);
        CodeTable placeCode = Objects.requireNonNull(places);
        while (made <= out.length - Symbols.MAX_MATCH) {
            int symbol = next(symbolCode);
            if (symbol < END_OF_BLOCK) {
                out[made++] = (byte) symbol;
            } else if (symbol == END_OF_BLOCK) {
                endIf(true);
                return;
            } else {
                int code = symbol - FIRST_LENGTH;
                if (code >= Symbols.LENGTH_BASE.length) {
                    throw new IOException("a match of no known length");
                }
                int length = Symbols.LENGTH_BASE[code] + take(Symbols.LENGTH_EXTRA[code]);
                int place = next(placeCode);
                if (place >= Symbols.DISTANCES) {
                    throw new IOException("a match at no known distance");
                }
                copy(Symbols.DISTANCE_BASE[place] + take(Symbols.DISTANCE_EXTRA[place]), length);
            }
        }
    }

    private void copy(int distance, int length) throws IOException {
        if (distance > made) {
            throw new IOException("a match that begins before the first byte");
        }
        int from = made - distance;
        if (distance >= length) {
            System.arraycopy(out, from, out, made, length);
            made += length;
        } else {
            for (int i = 0; i < length; i++) {
                out[made++] = out[from++];
            }
        }
    }

    private int next(CodeTable code) throws IOException {
        if (count < code.bits) {
            fill();
        }
        int entry = code.entry(bits);
        int length = CodeTable.length(entry);
        if (length == 0 || length > count) {
            throw length == 0 ? new IOException("bits that are no code") : new EOFException("the stream is cut off");
        }
        bits >>>= length;
        count -= length;
        return CodeTable.symbol(entry);
    }

    private int take(int length) throws IOException {
        if (count < length) {
            fill();
            if (count < length) {
                throw new EOFException("the stream is cut off");
            }
        }
        int value = (int) (bits & ((1L << length) - 1));
        bits >>>= length;
        count -= length;
        return value;
    }

    /** Takes as many whole bytes as there is room for, as far as there are any. */
    private void fill() throws IOException {
        while (count <= Long.SIZE - 2 * Byte.SIZE) {
            if (inputAt == inputEnd) {
                inputEnd = Math.max(0, in.read(input, 0, input.length));
                inputAt = 0;
                if (inputEnd == 0) {
                    return;
                }
            }
            bits |= (input[inputAt++] & 0xffL) << count;
            count += Byte.SIZE;
            taken++;
        }
    }
}
