package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.frame.Frame;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.remote.pack.ListedPack;
import dev.mgit.lineage.remote.pack.Pack;
import dev.mgit.lineage.remote.pack.PackIndex;
import dev.mgit.lineage.remote.pack.PackedFrame;
import dev.mgit.lineage.remote.store.Content;
import dev.mgit.lineage.remote.store.RemoteStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Moves what is needed out of packs that are mostly unused into new ones. One new pack is in memory at a time. */
final class PackCopier {
    private final RemoteStore store;
    private final RemoteIndex index;
    private final PackCutter cutter;

    PackCopier(RemoteStore store, RemoteIndex index, PackCutter cutter) {
        this.store = store;
        this.index = index;
        this.cutter = cutter;
    }

    /**
     * Copies and makes the copies known.
     *
     * @return the new packs
     * @throws MgitException of kind INTEGRITY if a frame is damaged
     */
    List<ListedPack> copy(Collection<ListedPack> sparse, NeededFrames needed) throws IOException {
        Map<BlockId, PlacedFrame> places = new LinkedHashMap<>();
        List<StoredObject> objects = new ArrayList<>();
        for (ListedPack pack : sparse) {
            needed.frames(pack.name()).forEach(frame -> places.put(frame.id(), frame));
            objects.addAll(needed.objects(pack.name()));
        }
        PlannedFrames frames = PlannedFrames.of(places.values().stream()
                .map(place -> {
                    PackedFrame frame = place.pack().listing().frame(place.number());
                    return new PackedFrame(
                            frame.id(), frame.length(), frame.rawLength(), index.depth(frame.id()), frame.sources());
                })
                .sorted(Comparator.comparingInt(PackedFrame::depth))
                .toList());
        List<ListedPack> copies = new ArrayList<>();
        for (PackCutter.Cut cut : cutter.cut(frames, objects)) {
            StagedFrames read = fetch(cut, places);
            Pack pack =
                    Pack.of(cut.frames(), cut.objects(), id -> read.frame(id).orElseThrow());
            store.put(pack.name().packKey(), new PackContent(pack));
            copies.add(pack.listed());
        }
        for (PackIndex.Encoded encoded : PackIndex.encode(copies)) {
            store.put(encoded.name().indexKey(), Content.of(encoded.bytes()));
        }
        return copies;
    }

    private StagedFrames fetch(PackCutter.Cut cut, Map<BlockId, PlacedFrame> places) {
        List<PlacedFrame> wanted = cut.frames().stream()
                .flatMap(frame -> Optional.ofNullable(places.get(frame.id())).stream())
                .toList();
        StagedFrames staged = new StagedFrames(id -> Optional.empty());
        PackRange.of(wanted).forEach(range -> range.read(store, staged));
        for (PlacedFrame frame : wanted) {
            if (staged.frame(frame.id()).filter(read -> isSound(frame, read)).isEmpty()) {
                throw damaged(frame);
            }
        }
        return staged;
    }

    /** The checksum of a frame says that it is what was pushed; what it is worth is seen by who decodes it. */
    private static boolean isSound(PlacedFrame place, byte[] read) {
        try {
            return new HashSet<>(ShallowFrames.sources(Frame.parse(read))).equals(new HashSet<>(place.sources()));
        } catch (MgitException e) {
            return false;
        }
    }

    private static MgitException damaged(PlacedFrame place) {
        return new MgitException(
                MgitException.Kind.INTEGRITY,
                "block " + place.id().hex() + " is damaged in pack "
                        + place.pack().name().hex(),
                "push it again from a machine that has it; nothing was removed");
    }
}
