package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.version.ObjectId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which frames make what is wanted readable here, each after those it is predicted from: found from the listings alone,
 * in one step. About 100 bytes a frame.
 */
final class FetchPlan {
    private final ParameterStore local;
    private final RemoteIndex remote;
    private final String url;
    private final Map<ObjectId, StoredObject> objects = new LinkedHashMap<>();
    private final List<PlacedFrame> frames = new ArrayList<>();
    private final Set<BlockId> planned = new HashSet<>();
    private final Set<BlockId> missing = new LinkedHashSet<>();

    FetchPlan(ParameterStore local, RemoteIndex remote, String url, Collection<Want> wants) {
        this.local = local;
        this.remote = remote;
        this.url = url;
        Set<ObjectId> nowhere = new LinkedHashSet<>();
        for (Want want : wants) {
            Optional<StoredObject> object = local.object(want.object()).or(() -> found(want.object()));
            if (object.isEmpty()) {
                nowhere.add(want.object());
            } else {
                want.blocks(object.get()).forEach(block -> add(block.id()));
            }
        }
        requireAll(nowhere);
    }

    private Optional<StoredObject> found(ObjectId id) {
        Optional<StoredObject> object = remote.object(id);
        object.ifPresent(found -> objects.put(id, found));
        return object;
    }

    /** Depth is bounded: only frames whose chains end are chosen. */
    private void add(BlockId id) {
        if (!planned.add(id) || local.hasBlock(id)) {
            return;
        }
        Optional<PlacedFrame> frame = remote.frame(id);
        if (frame.isEmpty()) {
            missing.add(id);
        } else {
            frame.get().sources().forEach(this::add);
            frames.add(frame.get());
        }
    }

    private void requireAll(Set<ObjectId> nowhere) {
        if (nowhere.isEmpty() && missing.isEmpty()) {
            return;
        }
        String what = !nowhere.isEmpty()
                ? count(nowhere.size(), "tensor") + " (object "
                        + nowhere.iterator().next().abbreviated()
                : count(missing.size(), "block") + " ("
                        + missing.iterator().next().hex().substring(0, 12);
        throw new MgitException(
                MgitException.Kind.REMOTE,
                "the store " + url + " lacks " + what + (nowhere.size() + missing.size() > 1 ? " and others)" : ")"),
                "push from a machine that has these parameters, then run the command again");
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s") + " of what is wanted";
    }

    List<PlacedFrame> frames() {
        return frames;
    }

    /** Objects that are wanted and not known here yet. */
    Collection<StoredObject> objects() {
        return objects.values();
    }
}
