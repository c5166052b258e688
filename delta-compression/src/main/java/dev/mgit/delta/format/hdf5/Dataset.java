package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.hdf5.ObjectHeader.Message;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.LogicalTensor.Order;
import dev.mgit.delta.layout.LogicalTensor.Piece;
import dev.mgit.delta.layout.LogicalTensor.Pieces;
import dev.mgit.delta.layout.LogicalTensor.Sign;
import dev.mgit.delta.layout.LogicalTensor.Strided;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A dataset's elements: in one run, in the header, or in chunks (section IV.A.2.i). Compressed ones are listed only. */
final class Dataset {
    private static final int COMPACT = 0;
    private static final int CONTIGUOUS = 1;
    private static final int CHUNKED = 2;
    private static final int COMMITTED = 2;

    private final Hdf5File file;
    private final ObjectHeader header;
    private final LayoutBuilder layout;
    private final String name;
    private final ElementType type;
    private final Extent extent;
    private final List<Long> shape;

    private Dataset(
            Hdf5File file, ObjectHeader header, LayoutBuilder layout, String name, ElementType type, Extent extent) {
        this.file = file;
        this.header = header;
        this.layout = layout;
        this.name = name;
        this.type = type;
        this.extent = extent;
        this.shape = extent.shape();
    }

    /** Adds a dataset to a layout; nothing if it is no tensor. */
    static void add(Hdf5File file, ObjectHeader header, String name, LayoutBuilder layout) throws IOException {
        Optional<Message> typeMessage = header.find(ObjectHeader.DATATYPE);
        Optional<Message> space = header.find(ObjectHeader.DATASPACE);
        Optional<Message> place = header.find(ObjectHeader.LAYOUT);
        if (typeMessage.isEmpty() || space.isEmpty() || place.isEmpty()) {
            return;
        }
        Optional<Extent> extent = Extent.read(file, space.get());
        if (extent.isEmpty()) {
            return;
        }
        Optional<Message> meant = typeMessage.get().isShared() ? committed(file, typeMessage.get()) : typeMessage;
        if (meant.isEmpty()) {
            layout.view(LogicalTensor.unreadable(
                    name, extent.get().shape(), 0, 0, "its type is kept elsewhere in the file"));
            return;
        }
        ElementType type = ElementType.read(file, meant.get());
        if (type.isNumeric()) {
            new Dataset(file, header, layout, name, type, extent.get()).place(place.get());
        }
    }

    /** The type that an object of its own is, as a shared message says (section IV.A.2); empty if it is kept in a heap. */
    private static Optional<Message> committed(Hdf5File file, Message shared) throws IOException {
        file.in.seek(shared.offset());
        int version = file.in.u8();
        int kind = file.in.u8();
        if (version < 1 || version > 3 || (version == 3 && kind != COMMITTED)) {
            return Optional.empty();
        }
        file.in.skip(version == 1 ? 6 : 0);
        return ObjectHeader.read(file, file.address())
                .find(ObjectHeader.DATATYPE)
                .filter(message -> !message.isShared());
    }

    private void place(Message place) throws IOException {
        if (!header.all(ObjectHeader.FILTERS).isEmpty()) {
            hidden("it is compressed");
            return;
        }
        if (header.has(ObjectHeader.EXTERNAL_FILES)) {
            hidden("it is in another file");
            return;
        }
        LayoutBuilder.checkedLength(new TensorSpec(name, Dtype.OPAQUE, shape));
        file.in.seek(place.offset());
        int version = file.in.u8();
        if (version < 3) {
            old();
            return;
        }
        int kind = file.in.u8();
        switch (kind) {
            case COMPACT -> run(file.in.u16(), true);
            case CONTIGUOUS -> contiguous(file.address());
            case CHUNKED -> {
                Optional<ChunkIndex> chunks = ChunkIndex.read(file, version, extent, type.bytes());
                if (chunks.isPresent()) {
                    chunked(chunks.get());
                } else {
                    hidden("its chunks are indexed in a way that is not known");
                }
            }
            default -> hidden("it is made of other datasets");
        }
    }

    /** Versions 1 and 2: a rank, a kind, and dimensions of 32 bits. */
    private void old() throws IOException {
        file.in.skip(1);
        int kind = file.in.u8();
        file.in.skip(5);
        if (kind == CONTIGUOUS) {
            contiguous(file.address());
        } else {
            hidden("it is laid out as HDF5 did before 1.6");
        }
    }

    private void contiguous(long address) throws IOException {
        if (address == Hdf5File.NOWHERE) {
            if (shape.contains(0L)) {
                run(0, false);
            } else if (FillValue.isZero(file, header)) {
                pieces(List.of(), shape);
            } else {
                hidden("it was never written");
            }
        } else {
            file.in.seek(address);
            run(bytes(shape), false);
        }
    }

    private long bytes(List<Long> dimensions) {
        try {
            return Math.multiplyExact(new TensorSpec(name, Dtype.OPAQUE, dimensions).elements(), type.bytes());
        } catch (ArithmeticException e) {
            throw new FormatException(
                    "dataset " + name + " has the shape " + dimensions + ", which is more than any file can hold");
        }
    }

    /** Elements that lie one after the other from where the file is read. */
    private void run(long length, boolean mayBeLonger) throws IOException {
        long due = bytes(shape);
        if (mayBeLonger ? due > length : due != length) {
            throw new FormatException("dataset " + name + " takes " + due + " bytes, but has " + length);
        }
        elements(file.in.position(), shape);
    }

    /** @param stored dimensions of what is stored: rows may be longer than the dataset's own */
    private void elements(long offset, List<Long> stored) {
        boolean big = isBigEndian();
        boolean plain = type.dtype() != Dtype.OPAQUE;
        long length = bytes(stored);
        layout.range(
                offset,
                plain && !big ? new TensorSpec(name, type.dtype(), stored) : LayoutBuilder.opaque(name, length));
        if (plain) {
            layout.view(new LogicalTensor(
                    new TensorSpec(name, type.dtype(), shape),
                    new Strided(
                            offset,
                            LogicalTensor.rowMajorStrides(stored),
                            big ? Order.BIG_ENDIAN : Order.LITTLE_ENDIAN,
                            Sign.AS_STORED)));
        } else {
            layout.view(LogicalTensor.unreadable(name, shape, offset, length, "its elements are no plain numbers"));
        }
    }

    /** Chunks of whole rows in a row are one run; of others each is a range of its own, and a piece of the tensor. */
    private void chunked(ChunkIndex chunks) throws IOException {
        Optional<Long> run = chunks.run();
        if (shape.contains(0L)) {
            run(0, false);
        } else if (run.isPresent()) {
            elements(run.get(), chunks.rows());
        } else if (!chunks.isComplete() && !FillValue.isZero(file, header)) {
            chunkRanges(chunks);
            hidden("not all of it was written");
        } else {
            chunkRanges(chunks);
            pieces(chunks.pieces(), chunks.shape());
        }
    }

    private void chunkRanges(ChunkIndex chunks) {
        for (ChunkIndex.Chunk chunk : chunks.list()) {
            String part = name + chunk.from();
            layout.range(
                    chunk.address(),
                    type.dtype() != Dtype.OPAQUE && !isBigEndian()
                            ? new TensorSpec(part, type.dtype(), chunks.shape())
                            : LayoutBuilder.opaque(part, chunks.bytes()));
        }
    }

    /** @param stored dimensions of every piece in the file */
    private void pieces(List<Piece> pieces, List<Long> stored) {
        if (type.dtype() == Dtype.OPAQUE) {
            hidden("its elements are no plain numbers");
            return;
        }
        layout.view(new LogicalTensor(
                new TensorSpec(name, type.dtype(), shape),
                new Pieces(
                        pieces,
                        LogicalTensor.rowMajorStrides(stored),
                        isBigEndian() ? Order.BIG_ENDIAN : Order.LITTLE_ENDIAN)));
    }

    private boolean isBigEndian() {
        return type.order() == Order.BIG_ENDIAN && type.bytes() > 1;
    }

    private void hidden(String reason) {
        layout.view(LogicalTensor.unreadable(name, shape, 0, 0, reason));
    }
}
