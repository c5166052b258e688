package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.lineage.remote.pack.ListedPack;
import java.util.ArrayList;
import java.util.List;

/** A frame of a pack in the store, by its number in the pack. */
record PlacedFrame(ListedPack pack, int number) {
    BlockId id() {
        return pack.listing().name(number);
    }

    int offset() {
        return pack.listing().offset(number);
    }

    int length() {
        return pack.listing().length(number);
    }

    List<BlockId> sources() {
        List<BlockId> sources = new ArrayList<>(pack.listing().sourceCount(number));
        pack.listing()
                .forEachSource(number, source -> sources.add(pack.listing().name(source)));
        return sources;
    }
}
