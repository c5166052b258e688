package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.Effort;
import dev.mgit.delta.frame.Frame;
import dev.mgit.lineage.parameters.BlockReader;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.remote.pack.Numbers;
import dev.mgit.lineage.remote.pack.Pack;
import dev.mgit.lineage.remote.pack.PackedFrame;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.ObjectIds;
import java.io.IOException;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/**
 * What a store lacks for some objects to be readable from it: frames, each after those it is predicted from, and the
 * objects themselves. A frame is sent as it is here, unless it would lie too deep there. Some 60 bytes a frame sent,
 * and four an object.
 */
final class UploadPlan implements AutoCloseable, Pack.Frames {
    private final ParameterStore local;
    private final RemoteIndex remote;
    private final BlockReader reader;
    private final ShallowFrames shallow;
    private final RemoteIndex.Reliance reliance;
    private final ObjectIds wanted;
    private final PlannedFrames frames = new PlannedFrames();
    /** Frames, by number, that are sent otherwise than they are here. */
    private final BitSet recoded = new BitSet();
    /** Numbers of the wanted objects that the store lacks. */
    private final Numbers objects = new Numbers();

    UploadPlan(ParameterStore local, RemoteIndex remote, Collection<ObjectId> wanted, Effort effort, int maxDepth) {
        this.local = local;
        this.remote = remote;
        this.wanted = ObjectIds.of(wanted);
        this.reliance = remote.new Reliance();
        this.reader = new BlockReader(local);
        this.shallow = new ShallowFrames(reader, effort, maxDepth, this::depth);
        boolean ready = false;
        try {
            for (int number = 0; number < this.wanted.size(); number++) {
                addObject(number);
            }
            ready = true;
        } finally {
            if (!ready) {
                close();
            }
        }
    }

    private void addObject(int number) {
        StoredObject object = object(number);
        for (StoredObject.Block block : object.blocks()) {
            add(block.id(), Frame.MAX_DEPTH);
        }
        if (!isListed(object)) {
            objects.add(number);
        }
    }

    private StoredObject object(int number) {
        ObjectId id = wanted.get(number);
        return local.object(id)
                .or(() -> remote.object(id))
                .orElseThrow(() -> MgitException.integrity("object " + id.abbreviated() + " is missing"));
    }

    private boolean isListed(StoredObject object) {
        try {
            return remote.object(object.id()).isPresent();
        } catch (MgitException e) {
            return false; // its entry is damaged
        }
    }

    private void add(BlockId id, int depthLeft) {
        if (frames.find(id) >= 0) {
            return;
        }
        if (remote.isReadable(id)) {
            reliance.add(id);
            return;
        }
        if (depthLeft < 0) {
            throw MgitException.integrity("block " + id.hex() + " is damaged: it is predicted from itself");
        }
        byte[] stored = stored(id);
        Frame frame = parse(id, stored);
        ShallowFrames.sources(frame).forEach(source -> add(source, depthLeft - 1));
        if (shallow.fits(frame)) {
            frames.add(entry(id, frame, stored.length));
        } else {
            Frame other = shallow.shallower(id, frame);
            recoded.set(frames.size());
            frames.add(entry(id, other, other.encode().length));
        }
    }

    private PackedFrame entry(BlockId id, Frame frame, int length) {
        return new PackedFrame(id, length, frame.rawLength(), shallow.depth(frame), ShallowFrames.sources(frame));
    }

    private byte[] stored(BlockId id) {
        return local.frame(id).orElseThrow(() -> MgitException.integrity("block " + id.hex() + " is missing"));
    }

    private static Frame parse(BlockId id, byte[] stored) {
        try {
            return Frame.parse(stored);
        } catch (MgitException e) {
            throw new MgitException(e.kind(), "block " + id.hex() + ": " + e.getMessage(), e.hint(), e);
        }
    }

    private int depth(BlockId id) {
        int planned = frames.find(id);
        return planned >= 0 ? frames.depth(planned) : remote.depth(id);
    }

    /** What the store lacks, in the order to send it. */
    PlannedFrames frames() {
        return frames;
    }

    /** Those the store lacks, each read when it is asked for. */
    List<StoredObject> objects() {
        return objects.as(this::object);
    }

    /** What is in the store already and must stay there. */
    RemoteIndex.Reliance reliance() {
        return reliance;
    }

    int recoded() {
        return recoded.cardinality();
    }

    @Override
    public byte[] frame(BlockId id) throws IOException {
        byte[] stored = stored(id);
        Frame sound = parse(id, stored);
        return recoded.get(frames.find(id)) ? shallow.shallower(id, sound).encode() : stored;
    }

    @Override
    public void close() {
        shallow.close();
        reader.close();
    }
}
