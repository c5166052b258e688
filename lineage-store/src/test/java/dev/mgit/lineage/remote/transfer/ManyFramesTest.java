package dev.mgit.lineage.remote.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.BlockId;
import dev.mgit.fixtures.LiveObjects;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.remote.pack.PackedFrame;
import dev.mgit.lineage.remote.store.MemoryStore;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.ObjectIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A version may have a million blocks: what is planned for all of them at once is numbers, not an object for each. */
class ManyFramesTest {
    private static final int MANY = 3000;
    /** Such as caches hold. */
    private static final long FEW = 300;

    @TempDir
    private Path cache;

    private final MemoryStore store = new MemoryStore();
    private final MadeParameters here = new MadeParameters();
    private final ObjectIds wanted = ObjectIds.of(here.tiny(MANY));

    private RemoteIndex index() throws IOException {
        return new IndexLoader(store, new IndexCache(cache), 1).load(Set.of());
    }

    /** How many objects of some classes there are. */
    private static List<Long> live() {
        return List.of(
                LiveObjects.of(BlockId.class),
                LiveObjects.of(ObjectId.class),
                LiveObjects.of(StoredObject.class),
                LiveObjects.of(PackedFrame.class),
                LiveObjects.of(PlacedFrame.class));
    }

    private static void requireNoMore(List<Long> before) {
        List<Long> now = live();
        for (int i = 0; i < now.size(); i++) {
            assertThat(now.get(i) - before.get(i)).as("of class " + i).isLessThan(FEW);
        }
    }

    private void push() throws IOException {
        try (ParameterRemote remote =
                        ParameterRemote.using(store, cache, TransferSettings.usual(), PackCutter.USUAL, true);
                Push push = remote.push(here, wanted, CopyProgress.none())) {
            assertThat(push.report().blocks()).isEqualTo(MANY);
            assertThat(push.report().objects()).isEqualTo(MANY);
        }
    }

    @Test
    void whatIsToBeSent() throws IOException {
        RemoteIndex index = index();
        List<Long> before = live();
        try (var plan =
                new UploadPlan(here, index, wanted, TransferSettings.usual().effort(), 4)) {
            List<PackCutter.Cut> cuts = PackCutter.USUAL.cut(plan.frames(), plan.objects());
            requireNoMore(before);
            assertThat(cuts).hasSize(1);
            assertThat(cuts.get(0).frames()).hasSize(MANY);
            assertThat(cuts.get(0).objects()).extracting(StoredObject::id).containsExactlyElementsOf(wanted);
        }
    }

    @Test
    void whatAStoreHasAndWhatIsToBeFetched() throws IOException {
        push();
        var there = new MadeParameters();
        List<Long> before = live();
        RemoteIndex index = index();
        var plan = new FetchPlan(there, index, store.url(), Want.whole(wanted, 0, wanted.size()));
        var needed = new NeededFrames(index, wanted);
        requireNoMore(before);
        assertThat(plan.frames()).hasSize(MANY);
        assertThat(plan.objects()).extracting(StoredObject::id).containsExactlyElementsOf(wanted);
        assertThat(needed.unreadable()).isZero();
    }

    @Test
    void aBatchOfSmallFramesCountsWhatHoldsThem() throws IOException {
        push();
        var plan = new FetchPlan(new MadeParameters(), index(), store.url(), Want.whole(wanted, 0, wanted.size()));
        assertThat(Downloader.batchEnd(plan.frames(), 0, 1 << 20)).isBetween(1000, (1 << 20) / 512);
        assertThat(Downloader.batchEnd(plan.frames(), 10, 1)).isEqualTo(11);
    }
}
