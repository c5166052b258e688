package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.format.hdf5.ObjectHeader.Message;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The hard links of a group, in the three ways there are: a symbol table (sections III.A to III.D), link messages in its
 * header (IV.A.2.g), and many of these in a {@link FractalHeap}.
 */
final class GroupLinks {
    private static final int MAX_NAME = 4096;
    private static final int HARD = 0;
    private static final int SOFT_ENTRY = 2;

    private final Hdf5File file;
    private final Map<String, Long> links = new LinkedHashMap<>();

    private GroupLinks(Hdf5File file) {
        this.file = file;
    }

    /** Where the header of each member is, by name. */
    static Map<String, Long> of(Hdf5File file, ObjectHeader group) throws IOException {
        var read = new GroupLinks(file);
        for (Message table : group.all(ObjectHeader.SYMBOL_TABLE)) {
            file.in.seek(table.offset());
            long tree = file.address();
            read.symbolTable(tree, file.address());
        }
        for (Message link : group.all(ObjectHeader.LINK)) {
            read.link(link.offset());
        }
        for (Message info : group.all(ObjectHeader.LINK_INFO)) {
            read.dense(info);
        }
        return read.links;
    }

    private void symbolTable(long root, long heap) throws IOException {
        file.enter(heap, "HEAP");
        file.in.skip(4);
        long length = file.length();
        file.skipLengths(1);
        long names = file.address();
        Deque<Long> nodes = new ArrayDeque<>();
        Set<Long> known = new HashSet<>();
        nodes.push(root);
        while (!nodes.isEmpty()) {
            long node = nodes.pop();
            if (!known.add(node)) {
                throw new FormatException("the tree of a group leads back to byte " + node);
            }
            if (file.isAt(node, "SNOD")) {
                symbols(names, length);
            } else {
                file.enter(node, "TREE");
                children(nodes);
            }
        }
    }

    private void children(Deque<Long> nodes) throws IOException {
        file.in.skip(2);
        int count = file.in.u16();
        file.in.skip(2L * file.addressBytes());
        Deque<Long> children = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            file.skipLengths(1);
            children.push(file.address());
        }
        children.forEach(nodes::push);
    }

    private void symbols(long names, long length) throws IOException {
        file.in.skip(2);
        int count = file.in.u16();
        for (int i = 0; i < count; i++) {
            file.step();
            long name = file.unsigned(file.addressBytes());
            long header = file.address();
            long kind = file.in.u32();
            file.in.skip(20);
            long next = file.in.position();
            if (name < 0 || name >= length) {
                throw new FormatException("the name of a member of a group is outside of its heap, at byte " + next);
            }
            if (kind != SOFT_ENTRY) {
                links.put(text(names + name), header);
            }
            file.in.seek(next);
        }
    }

    private String text(long at) throws IOException {
        file.in.seek(at);
        int length = 0;
        while (file.in.u8() != 0) {
            if (++length > MAX_NAME) {
                throw new UnsupportedFormatException("the name at byte " + at + " is longer than " + MAX_NAME);
            }
        }
        file.in.seek(at);
        return file.in.utf8(length, MAX_NAME);
    }

    /** A link message, wherever it is kept. */
    private void link(long at) throws IOException {
        file.step();
        file.in.seek(at);
        int version = file.in.u8();
        int flags = file.in.u8();
        if (version != 1) {
            throw new UnsupportedFormatException("a link has version " + version);
        }
        int type = (flags & 8) != 0 ? file.in.u8() : HARD;
        file.in.skip((flags & 4) != 0 ? 8 : 0);
        file.in.skip((flags & 16) != 0 ? 1 : 0);
        String name = file.in.utf8(file.unsigned(1 << (flags & 3)), MAX_NAME);
        if (type == HARD) {
            links.put(name, file.address());
        }
    }

    private void dense(Message info) throws IOException {
        file.in.seek(info.offset());
        file.in.skip(1);
        int flags = file.in.u8();
        file.in.skip((flags & 1) != 0 ? 8 : 0);
        long heap = file.address();
        long names = file.address();
        if (heap != Hdf5File.NOWHERE && names != Hdf5File.NOWHERE) {
            for (long link : new FractalHeap(file, heap).places(names)) {
                link(link);
            }
        }
    }
}
