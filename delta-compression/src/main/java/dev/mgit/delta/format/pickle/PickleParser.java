package dev.mgit.delta.format.pickle;

import dev.mgit.delta.format.pickle.Pickle.Bytes;
import dev.mgit.delta.format.pickle.Pickle.Call;
import dev.mgit.delta.format.pickle.Pickle.Global;
import dev.mgit.delta.format.pickle.Pickle.Items;
import dev.mgit.delta.format.pickle.Pickle.Pairs;
import dev.mgit.delta.format.pickle.Pickle.Persistent;
import dev.mgit.delta.format.pickle.Pickle.UnsupportedException;
import dev.mgit.delta.layout.ByteEscapes;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.FormatException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Parses a pickle into inert data ({@link Pickle}). The opcodes are those that protocols 0 to 5 use for plain objects,
 * numbered as in Python's {@code pickletools}; any other ends the parse. Time and memory are bounded by
 * {@link #MAX_STEPS}.
 */
public final class PickleParser {
    /** Opcodes executed at most; the state of a large optimiser takes some hundred thousand. */
    public static final int MAX_STEPS = 1 << 21;
    /** Bytes of text and of byte strings kept at most. */
    static final int MAX_TEXT = 1 << 25;

    private static final int MAX_LINE = 4096;
    /** Bytes of the longest text that is read: no name is longer. */
    private static final int MAX_NAME = 1 << 17;

    private static final List<ByteEscapes> UTF_8 = List.of(ByteEscapes.UTF_8);
    private static final List<ByteEscapes> LINE_ESCAPES = List.of(ByteEscapes.UNICODE, ByteEscapes.UNICODE_LINE);
    private static final List<ByteEscapes> SINGLE_QUOTED = List.of(ByteEscapes.SINGLE_QUOTED);
    private static final List<ByteEscapes> DOUBLE_QUOTED = List.of(ByteEscapes.DOUBLE_QUOTED);
    private static final Object MARK = new Object();

    private final Cursor in;
    private final StateListener listener;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private final IdentityHashMap<Object, Bytes> texts = new IdentityHashMap<>();
    private int textLeft = MAX_TEXT;

    /** Is told of each object that gets its state. */
    @FunctionalInterface
    public interface StateListener {
        /**
         * @param in stands behind the opcode, and is to be left where the next one begins
         * @param texts where each text that was read is, which may have been meant as bytes
         */
        void stateSet(Call object, Cursor in, IdentityHashMap<Object, Bytes> texts)
                throws IOException, UnsupportedException;
    }

    private PickleParser(Cursor in, StateListener listener) {
        this.in = in;
        this.listener = listener;
    }

    /**
     * Parses one pickle and leaves the cursor behind its last byte.
     *
     * @throws UnsupportedException if it uses what this parser does not know, or makes no sense
     * @throws FormatException if it is cut off
     */
    public static Object parse(Cursor in) throws IOException, UnsupportedException {
        return parse(in, (object, behind, texts) -> {});
    }

    /** As {@link #parse(Cursor)}, of a pickle into which a library writes data of its own. */
    public static Object parse(Cursor in, StateListener listener) throws IOException, UnsupportedException {
        var parser = new PickleParser(in, listener);
        for (int step = 0; step < MAX_STEPS; step++) {
            int opcode = in.u8();
            if (opcode == '.') {
                return parser.pop();
            }
            parser.step(opcode);
        }
        throw new UnsupportedException("more than " + MAX_STEPS + " opcodes");
    }

    private void step(int opcode) throws IOException, UnsupportedException {
        switch (opcode) {
            case 0x80 -> in.skip(1); // PROTO
            case 0x95 -> in.skip(8); // FRAME
            case '(' -> stack.add(MARK);
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> stack.add(top());
            case 'N' -> stack.add(Pickle.NONE);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'K' -> stack.add((long) in.u8());
            case 'M' -> stack.add((long) in.u16());
            case 'J' -> stack.add((long) in.i32());
            case 'I', 'L' -> stack.add(PickleLines.integer(line()));
            case 'F' -> stack.add(PickleLines.real(line()));
            case 'S' -> quoted();
            case 'V' -> unicode();
            case 0x8a -> stack.add(integer(in.u8()));
            case 0x8b -> stack.add(integer(in.u32()));
            case 'G' -> stack.add(Double.longBitsToDouble(Long.reverseBytes(in.i64())));
            case 'X' -> text(in.u32());
            case 0x8c -> text(in.u8());
            case 0x8d -> text(in.i64());
            case 'U' -> oldText(in.u8());
            case 'T' -> oldText(in.u32());
            case 'C' -> skipBytes(in.u8());
            case 'B' -> skipBytes(in.u32());
            case 0x8e, 0x96 -> skipBytes(in.i64());
            case 'p' -> memo.put(place(), top());
            case 'g' -> recall(place());
            case 'q' -> memo.put((long) in.u8(), top());
            case 'r' -> memo.put(in.u32(), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'h' -> recall(in.u8());
            case 'j' -> recall(in.u32());
            case 'c' -> stack.add(new Global(line(), line()));
            case 0x93 -> stackGlobal();
            case 'Q' -> stack.add(new Persistent(pop()));
            case 'P' -> throw new UnsupportedException("storages named by text, as protocol 0 has them");
            default -> build(opcode);
        }
    }

    private void build(int opcode) throws IOException, UnsupportedException {
        switch (opcode) {
            case '}' -> stack.add(new Pairs());
            case ']', ')', 0x8f -> stack.add(new Items());
            case 't', 'l', 0x91 -> stack.add(new Items(popToMark()));
            case 0x85 -> tuple(1);
            case 0x86 -> tuple(2);
            case 0x87 -> tuple(3);
            case 'a' -> append(List.of(pop()));
            case 'e', 0x90 -> append(popToMark());
            case 's' -> {
                Object value = pop();
                set(List.of(pop(), value));
            }
            case 'u' -> set(popToMark());
            case 'd' -> {
                List<Object> pairs = popToMark();
                stack.add(new Pairs());
                set(pairs);
            }
            case 'i' -> {
                var function = new Global(line(), line());
                stack.add(new Call(function, new Items(popToMark())));
            }
            case 'o' -> {
                List<Object> parts = popToMark();
                if (parts.isEmpty()) {
                    throw new UnsupportedException("an object without a class");
                }
                stack.add(new Call(parts.remove(0), new Items(parts)));
            }
            case 'R', 0x81 -> {
                Object arguments = pop();
                stack.add(new Call(pop(), arguments));
            }
            case 0x92 -> { // NEWOBJ_EX
                pop();
                Object arguments = pop();
                stack.add(new Call(pop(), arguments));
            }
            case 'b' -> {
                Object state = pop();
                if (top() instanceof Call call) {
                    call.state = state;
                    listener.stateSet(call, in, texts);
                }
            }
            default -> throw new UnsupportedException("opcode " + opcode);
        }
    }

    private Object pop() throws UnsupportedException {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    private Object top() throws UnsupportedException {
        if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
            throw new UnsupportedException("nothing on the stack");
        }
        return stack.get(stack.size() - 1);
    }

    private List<Object> popToMark() throws UnsupportedException {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            throw new UnsupportedException("no mark on the stack");
        }
        List<Object> above = new ArrayList<>(stack.subList(mark + 1, stack.size()));
        stack.subList(mark, stack.size()).clear();
        return above;
    }

    private void tuple(int size) throws UnsupportedException {
        List<Object> values = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            values.add(0, pop());
        }
        stack.add(new Items(values));
    }

    private void append(List<Object> values) throws UnsupportedException {
        if (top() instanceof Items items) {
            items.values.addAll(values);
        } else if (top() instanceof Call call) {
            call.items.values.addAll(values);
        } else {
            throw new UnsupportedException("append to something that is not a list");
        }
    }

    private void set(List<Object> keysAndValues) throws UnsupportedException {
        Pairs pairs = top() instanceof Pairs plain ? plain : top() instanceof Call call ? call.pairs : null;
        if (pairs == null || keysAndValues.size() % 2 != 0) {
            throw new UnsupportedException("items set on something that is not a dictionary");
        }
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            pairs.put(keysAndValues.get(i), keysAndValues.get(i + 1));
        }
    }

    private void recall(long key) throws UnsupportedException {
        Object value = memo.get(key);
        if (value == null) {
            throw new UnsupportedException("no memo entry " + key);
        }
        stack.add(value);
    }

    private void stackGlobal() throws UnsupportedException {
        Object name = pop();
        if (!(name instanceof String nameText) || !(pop() instanceof String module)) {
            throw new UnsupportedException("a global whose name is not a string");
        }
        stack.add(new Global(module, nameText));
    }

    /** Text that is more than is kept is no name, but may be what escapes an array's bytes. */
    private void text(long length) throws IOException, UnsupportedException {
        var place = new Bytes(in.position(), length, UTF_8);
        if (length > Math.min(MAX_NAME, textLeft)) {
            in.skip(length);
            stack.add(place);
        } else {
            keep(kept(length), place);
        }
    }

    private void keep(Object text, Bytes place) {
        stack.add(text);
        texts.put(text, place);
    }

    private String kept(long length) throws IOException, UnsupportedException {
        if (length < 0) {
            throw new UnsupportedException("a text of a negative length");
        }
        textLeft -= (int) length;
        boolean whole = length <= in.remaining();
        try {
            return in.utf8(length, MAX_TEXT);
        } catch (FormatException e) {
            // Python writes halves of surrogate pairs as if they were characters.
            if (whole) {
                throw new UnsupportedException("text that is not UTF-8");
            }
            throw e;
        }
    }

    private void skipBytes(long length) {
        long offset = in.position();
        in.skip(length);
        stack.add(new Bytes(offset, length));
    }

    /** What Python 2 had for text and bytes alike; what is long, or not UTF-8, is no name. */
    private void oldText(long length) throws IOException, UnsupportedException {
        if (length > MAX_LINE) {
            skipBytes(length);
            return;
        }
        textLeft -= (int) length;
        var place = new Bytes(in.position(), length);
        String text = new String(in.bytes((int) length), StandardCharsets.UTF_8);
        if (textLeft < 0 || text.indexOf('\ufffd') >= 0) {
            stack.add(place);
        } else {
            keep(text, place);
        }
    }

    private long place() throws IOException, UnsupportedException {
        if (PickleLines.integer(line()) instanceof Long place) {
            return place;
        }
        throw new UnsupportedException("a memo without a number");
    }

    private void quoted() throws IOException, UnsupportedException {
        long start = in.position();
        Optional<String> line = shortLine();
        long end = in.position() - 1;
        int quote = end - start < 2 ? 0 : byteAt(start);
        if ((quote != '\'' && quote != '"') || byteAt(end - 1) != quote) {
            throw new UnsupportedException("a string without quotes");
        }
        boolean plain = line.isPresent() && line.get().indexOf('\\') < 0;
        if (plain) {
            String text = line.get().substring(1, line.get().length() - 1);
            keep(text, new Bytes(start + 1, text.length()));
        } else {
            List<ByteEscapes> escapes = quote == '"' ? DOUBLE_QUOTED : SINGLE_QUOTED;
            stack.add(new Bytes(start + 1, end - start - 2, escapes));
        }
    }

    private int byteAt(long position) throws IOException {
        long here = in.position();
        in.seek(position);
        int value = in.u8();
        in.seek(here);
        return value;
    }

    private void unicode() throws IOException, UnsupportedException {
        long start = in.position();
        Optional<String> line = shortLine();
        var place = new Bytes(start, in.position() - 1 - start, LINE_ESCAPES);
        if (line.isPresent()) {
            keep(PickleLines.unicode(line.get()), place);
        } else {
            stack.add(place);
        }
    }

    private String line() throws IOException, UnsupportedException {
        return shortLine()
                .orElseThrow(() -> new UnsupportedException("a line of more than " + MAX_LINE + " characters"));
    }

    /** Goes behind a line; empty if it is more than is kept. */
    private Optional<String> shortLine() throws IOException {
        var line = new StringBuilder();
        boolean isShort = true;
        for (int next = in.u8(); next != '\n'; next = in.u8()) {
            isShort &= line.length() < MAX_LINE && textLeft > 0;
            if (isShort) {
                line.append((char) next);
                textLeft--;
            }
        }
        return isShort ? Optional.of(line.toString()) : Optional.empty();
    }

    /** Little-endian two's complement. */
    private Object integer(long length) throws IOException, UnsupportedException {
        if (length > 255) {
            throw new UnsupportedException("an integer of " + length + " bytes");
        }
        byte[] bytes = in.bytes((int) length);
        for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
            byte low = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = low;
        }
        BigInteger value = bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
        return PickleLines.number(value);
    }
}
