package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.IdSet;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.remote.pack.Numbers;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.ObjectIds;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Which frames make what is wanted readable here, each after those it is predicted from: found from the listings alone,
 * in one step. Frames and objects are kept as numbers of the index, four bytes each.
 */
final class FetchPlan {
    private final ParameterStore local;
    private final RemoteIndex remote;
    private final String url;
    private final Numbers objects = new Numbers();
    private final BitSet found = new BitSet();
    private final Numbers frames = new Numbers();
    /** Blocks of the index that were looked at. */
    private final BitSet planned = new BitSet();
    /** What is neither here nor there. */
    private final ObjectIds nowhere = new ObjectIds();

    private final IdSet missing = new IdSet();

    FetchPlan(ParameterStore local, RemoteIndex remote, String url, Collection<Want> wants) {
        this.local = local;
        this.remote = remote;
        this.url = url;
        for (Want want : wants) {
            Optional<StoredObject> object = local.object(want.object()).or(() -> found(want.object()));
            if (object.isEmpty()) {
                nowhere.add(want.object());
            } else {
                want.blocks(object.get()).forEach(block -> add(block.id()));
            }
        }
        requireAll();
    }

    private Optional<StoredObject> found(ObjectId id) {
        int number = remote.number(id);
        if (number < 0) {
            return Optional.empty();
        }
        StoredObject object = remote.object(number);
        if (!found.get(number)) {
            found.set(number);
            objects.add(number);
        }
        return Optional.of(object);
    }

    private void add(BlockId id) {
        int block = remote.block(id);
        if (block >= 0) {
            add(block);
        } else if (!local.hasBlock(id)) {
            missing.add(id.bytes());
        }
    }

    /** Depth is bounded: only frames whose chains end are chosen. */
    private void add(int block) {
        if (planned.get(block)) {
            return;
        }
        planned.set(block);
        BlockId id = remote.id(block);
        if (local.hasBlock(id)) {
            return;
        }
        int frame = remote.frame(block);
        if (frame < 0) {
            missing.add(id.bytes());
        } else {
            remote.forEachSource(frame, this::add);
            frames.add(frame);
        }
    }

    private void requireAll() {
        if (nowhere.isEmpty() && missing.size() == 0) {
            return;
        }
        String what = !nowhere.isEmpty()
                ? count(nowhere.size(), "tensor") + " (object " + nowhere.get(0).abbreviated()
                : count(missing.size(), "block") + " ("
                        + BlockId.of(missing.get(0)).hex().substring(0, 12);
        throw new MgitException(
                MgitException.Kind.REMOTE,
                "the store " + url + " lacks " + what + (nowhere.size() + missing.size() > 1 ? " and others)" : ")"),
                "push from a machine that has these parameters, then run the command again");
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s") + " of what is wanted";
    }

    /** Made when they are asked for. */
    List<PlacedFrame> frames() {
        return frames.as(remote::placed);
    }

    /** Objects that are wanted and not known here yet, made when they are asked for. */
    List<StoredObject> objects() {
        return objects.as(remote::object);
    }
}
