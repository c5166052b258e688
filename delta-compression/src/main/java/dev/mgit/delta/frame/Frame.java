package dev.mgit.delta.frame;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The stored form of a block: what it is, what it was predicted from, and the coded residual. The byte grammar is in
 * {@code docs/format-frame.md}; {@link #encode} and {@link #parse} are inverse on every frame either accepts.
 *
 * @param rawLength bytes of the block itself, at most {@link #MAX_RAW_LENGTH}
 * @param depth frames a reader has to decode before this one, along the longest path; 0 exactly if nothing is predicted
 * @param generation how many versions of this block precede it along its line of parents, whether or not a reader has to
 *     decode them: what lets a writer skip back so that depth stays logarithmic; 0 exactly if nothing is predicted
 * @param payload the coded residual (or the coded block, where nothing is predicted); opaque here
 */
@SuppressWarnings("ArrayRecordComponent") // handed from reader to decoder, never compared
public record Frame(
        Dtype dtype, int rawLength, int depth, int generation, Optional<Prediction> prediction, byte[] payload) {
    public static final int VERSION = 1;
    public static final int MIN_VERSION = 1;

    public static final int MAX_RAW_LENGTH = 1 << 26;
    public static final int MAX_DEPTH = 255;
    public static final int MAX_REGIONS = 64;
    public static final int MAX_BLOCKS = 1 << 16;
    /** All regions of one prediction together; a reader needs this much memory beside the block. */
    public static final int MAX_SOURCE_BYTES = 1 << 28;

    public static final int MAX_PARAMETERS = 1 << 24;

    private static final int MAGIC = 0xd7;
    private static final int TRAILER = 4;
    /** All but the payload of nearly every frame fits this. */
    private static final int HEADER_ROOM = 128;

    /** The block was predicted. */
    private static final int PREDICTED = 1;
    /** The prediction's only source is one whole block of the same length: the case small tensors pay for. */
    private static final int WHOLE = 2;

    /** @throws IllegalArgumentException if a limit is broken, or depth and prediction disagree */
    public Frame {
        if (rawLength < 0 || rawLength > MAX_RAW_LENGTH) {
            throw new IllegalArgumentException("no block has " + rawLength + " bytes");
        }
        if (depth < 0 || depth > MAX_DEPTH || prediction.isPresent() != (depth > 0)) {
            throw new IllegalArgumentException("depth " + depth + " does not fit the prediction");
        }
        if (generation < depth || (depth == 0 && generation != 0)) {
            throw new IllegalArgumentException("generation " + generation + " does not fit depth " + depth);
        }
        prediction.ifPresent(Frame::checkLimits);
    }

    /** A frame of a block that was not predicted. */
    public static Frame root(Dtype dtype, int rawLength, byte[] payload) {
        return new Frame(dtype, rawLength, 0, 0, Optional.empty(), payload);
    }

    /** Bytes that a prediction adds to the frame of a block of {@code rawLength}. */
    public static int bytesOf(Prediction prediction, int rawLength) {
        byte[] payload = {};
        Frame with = new Frame(Dtype.OPAQUE, rawLength, 1, 1, Optional.of(prediction), payload);
        return with.encode().length - root(Dtype.OPAQUE, rawLength, payload).encode().length;
    }

    private static void checkLimits(Prediction prediction) {
        long bytes = 0;
        long blocks = 0;
        for (Region region : prediction.sources()) {
            bytes += region.length();
            blocks += region.blocks().size();
        }
        if (prediction.sources().size() > MAX_REGIONS || bytes > MAX_SOURCE_BYTES || blocks > MAX_BLOCKS) {
            throw new IllegalArgumentException("a prediction reads " + bytes + " bytes in " + blocks + " blocks of "
                    + prediction.sources().size() + " regions");
        }
        if (prediction.parameters().length > MAX_PARAMETERS) {
            throw new IllegalArgumentException(prediction.parameters().length + " bytes of parameters");
        }
    }

    public byte[] encode() {
        boolean whole = prediction.filter(this::readsOneWholeBlock).isPresent();
        FieldWriter head = new FieldWriter(HEADER_ROOM);
        head.u8(MAGIC).u8(VERSION).u8((prediction.isPresent() ? PREDICTED : 0) | (whole ? WHOLE : 0));
        head.u8(dtype.code()).varint(rawLength);
        prediction.ifPresent(p -> write(p, whole, head.u8(depth).varint(generation)));
        FieldWriter out = new FieldWriter(head.size() + payload.length + TRAILER);
        out.bytes(head.toBytes()).bytes(payload);
        return out.i32(crc(out.array(), out.size())).toBytes();
    }

    private boolean readsOneWholeBlock(Prediction p) {
        if (p.sources().size() != 1) {
            return false;
        }
        Region only = p.sources().get(0);
        return only.blocks().size() == 1 && only.skip() == 0 && only.length() == rawLength;
    }

    private static void write(Prediction p, boolean whole, FieldWriter out) {
        out.varint(p.predictor());
        if (whole) {
            out.bytes(p.sources().get(0).blocks().get(0).bytes());
        } else {
            out.u8(p.sources().size());
            for (Region region : p.sources()) {
                out.varint(region.blocks().size()).varint(region.skip()).varint(region.length());
                region.blocks().forEach(id -> out.bytes(id.bytes()));
            }
        }
        out.varint(p.parameters().length).bytes(p.parameters());
    }

    /**
     * Reads a frame.
     *
     * @throws FrameException if the bytes are damaged, or of a version this code does not read
     */
    public static Frame parse(byte[] bytes) {
        // The checksum closes frames of every version, so that a damaged version byte is not taken for a new version.
        if (bytes.length < 2 + TRAILER || (bytes[0] & 0xff) != MAGIC) {
            throw FrameException.corrupt("wrong magic number");
        }
        int end = bytes.length - TRAILER;
        if (new FieldReader(bytes, end, bytes.length, FrameException::corrupt).i32() != crc(bytes, end)) {
            throw FrameException.corrupt("its checksum does not match its bytes");
        }
        int version = bytes[1] & 0xff;
        if (version < MIN_VERSION) {
            throw FrameException.tooOld(version);
        }
        if (version > VERSION) {
            throw FrameException.tooNew(version);
        }
        return read(new FieldReader(bytes, 2, end, FrameException::corrupt));
    }

    private static Frame read(FieldReader in) {
        int flags = in.u8();
        in.require(flags <= (PREDICTED | WHOLE) && flags != WHOLE, "it has unknown flags " + flags);
        int code = in.u8();
        Dtype dtype = Dtype.byCode(code).orElseThrow(() -> FrameException.corrupt("dtype " + code + " is not known"));
        int rawLength = in.varint(MAX_RAW_LENGTH, "its raw length");
        int depth = 0;
        int generation = 0;
        Optional<Prediction> prediction = Optional.empty();
        if ((flags & PREDICTED) != 0) {
            depth = in.u8();
            in.require(depth > 0, "a predicted block has depth 0");
            generation = in.varint(Integer.MAX_VALUE, "its generation");
            in.require(generation >= depth, "its generation is less than its depth");
            prediction = Optional.of(readPrediction(in, (flags & WHOLE) != 0, rawLength));
        }
        return new Frame(dtype, rawLength, depth, generation, prediction, in.bytes(in.remaining()));
    }

    private static Prediction readPrediction(FieldReader in, boolean whole, int rawLength) {
        int predictor = in.varint(Integer.MAX_VALUE, "its predictor");
        List<Region> sources = new ArrayList<>();
        if (whole) {
            sources.add(Region.whole(BlockId.of(in.bytes(BlockId.BYTES)), rawLength));
        } else {
            int count = in.u8();
            in.require(count <= MAX_REGIONS, "it names " + count + " regions");
            int bytesLeft = MAX_SOURCE_BYTES;
            int blocksLeft = MAX_BLOCKS;
            for (int i = 0; i < count; i++) {
                Region region = readRegion(in, blocksLeft, bytesLeft);
                blocksLeft -= region.blocks().size();
                bytesLeft -= region.length();
                sources.add(region);
            }
            boolean shouldBeWhole = count == 1
                    && sources.get(0).blocks().size() == 1
                    && sources.get(0).skip() == 0
                    && sources.get(0).length() == rawLength;
            in.require(!shouldBeWhole, "its source is not in its shortest form");
        }
        byte[] parameters = in.bytes(in.varint(MAX_PARAMETERS, "its parameter length"));
        return new Prediction(predictor, sources, parameters);
    }

    private static Region readRegion(FieldReader in, int maxBlocks, int maxBytes) {
        int blocks = in.varint(maxBlocks, "a region's block count");
        int skip = in.varint(MAX_RAW_LENGTH, "a region's skip");
        int length = in.varint(maxBytes, "a region's length");
        in.require(blocks > 0 || length == 0, "a region names no block");
        // Checked before the list is made: a count that the bytes cannot hold allocates nothing.
        in.require((long) blocks * BlockId.BYTES <= in.remaining(), "it ends early");
        List<BlockId> ids = new ArrayList<>(blocks);
        for (int i = 0; i < blocks; i++) {
            ids.add(BlockId.of(in.bytes(BlockId.BYTES)));
        }
        return new Region(ids, skip, length);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
