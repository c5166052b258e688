package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The messages of a group or dataset (section IV.A), of both versions. */
final class ObjectHeader {
    static final int DATASPACE = 0x1;
    static final int LINK_INFO = 0x2;
    static final int DATATYPE = 0x3;
    static final int OLD_FILL_VALUE = 0x4;
    static final int FILL_VALUE = 0x5;
    static final int LINK = 0x6;
    static final int EXTERNAL_FILES = 0x7;
    static final int LAYOUT = 0x8;
    static final int FILTERS = 0xb;
    static final int SYMBOL_TABLE = 0x11;

    private static final int CONTINUATION = 0x10;
    private static final int SHARED = 2;

    /**
     * One message.
     *
     * @param isShared whether it only says where the message is
     */
    record Message(int type, boolean isShared, long offset, int length) {}

    /** A run of messages. */
    private record Block(long offset, long length) {}

    private final Hdf5File file;
    private final List<Message> messages = new ArrayList<>();
    private final Deque<Block> blocks = new ArrayDeque<>();
    private final Set<Long> known = new HashSet<>();
    private int prefixBytes;
    private boolean isOrdered;

    private ObjectHeader(Hdf5File file) {
        this.file = file;
    }

    static ObjectHeader read(Hdf5File file, long address) throws IOException {
        var header = new ObjectHeader(file);
        if (file.isAt(address, "OHDR")) {
            header.second();
        } else {
            header.first(address);
        }
        while (!header.blocks.isEmpty()) {
            header.block(header.blocks.pop());
        }
        return header;
    }

    Optional<Message> find(int type) {
        return messages.stream().filter(message -> message.type() == type).findFirst();
    }

    List<Message> all(int type) {
        return messages.stream().filter(message -> message.type() == type).toList();
    }

    boolean has(int type) {
        return find(type).isPresent();
    }

    private void first(long address) throws IOException {
        int version = file.in.u8();
        if (version != 1) {
            throw new FormatException("byte " + address + " should begin the header of an object");
        }
        file.in.skip(7);
        long length = file.in.u32();
        file.in.skip(4);
        add(file.in.position(), length);
    }

    private void second() throws IOException {
        int version = file.in.u8();
        if (version != 2) {
            throw new UnsupportedFormatException("the header of an object has version " + version);
        }
        int flags = file.in.u8();
        prefixBytes = 4;
        isOrdered = (flags & 4) != 0;
        file.in.skip((flags & 0x20) != 0 ? 16 : 0);
        file.in.skip((flags & 0x10) != 0 ? 4 : 0);
        long length = file.number(1 << (flags & 3));
        add(file.in.position(), length);
    }

    private void add(long offset, long length) {
        if (!known.add(offset)) {
            throw new FormatException("the header of an object goes on in itself, at byte " + offset);
        }
        blocks.add(new Block(offset, length));
    }

    private void block(Block block) throws IOException {
        file.in.seek(block.offset());
        long outer = file.in.enter(block.length());
        int prefix = prefixBytes == 0 ? 8 : prefixBytes + (isOrdered ? 2 : 0);
        while (file.in.remaining() >= prefix) {
            file.step();
            int type = prefixBytes == 0 ? file.in.u16() : file.in.u8();
            int length = file.in.u16();
            int flags = file.in.u8();
            file.in.skip(prefix - (prefixBytes == 0 ? 5 : 4));
            long at = file.in.position();
            file.in.skip(length);
            if (type == CONTINUATION) {
                continuation(at, outer);
            } else if (type != 0) {
                messages.add(new Message(type, (flags & SHARED) != 0, at, length));
            }
        }
        file.in.leave(outer);
    }

    private void continuation(long at, long outer) throws IOException {
        long inner = file.in.limit();
        long position = file.in.position();
        file.in.leave(outer);
        file.in.seek(at);
        long address = file.address();
        long length = file.length();
        if (prefixBytes == 0) {
            add(address, length);
        } else {
            file.enter(address, "OCHK");
            add(file.in.position(), length - 8); // the letters before and the checksum behind
        }
        file.in.seek(position);
        file.in.enter(inner - position);
    }
}
