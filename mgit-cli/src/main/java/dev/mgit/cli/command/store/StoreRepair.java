package dev.mgit.cli.command.store;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Exchanges;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.BlockId;
import dev.mgit.lineage.maintain.FsckReport;
import dev.mgit.lineage.maintain.FsckReport.Place;
import dev.mgit.lineage.maintain.FsckReport.Touched;
import dev.mgit.lineage.remote.StoreMaintenance;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Mends what a check found damaged in the parameter store from a remote. */
final class StoreRepair {
    private final Context context;
    private final Session session;
    private final WaitOption wait;

    StoreRepair(Context context, Session session, WaitOption wait) {
        this.context = context;
        this.session = session;
        this.wait = wait;
    }

    /** @return what was done, a line each */
    List<String> run(String remote, FsckReport report) throws IOException {
        var store = new StoreMaintenance(
                Exchanges.of(context, session, wait), Exchanges.remotes(session).get(remote));
        List<ObjectId> objects =
                report.damaged(Place.OBJECT).stream().map(ObjectId::new).toList();
        List<BlockId> blocks =
                report.damaged(Place.BLOCK).stream().map(BlockId::parse).toList();
        List<String> done = new ArrayList<>();
        int left = store.repair(objects, blocks);
        int mended = objects.size() + blocks.size() - left;
        if (mended > 0) {
            done.add(mended + " tensors and blocks, from " + remote);
        }
        Set<VersionId> incomplete = report.damage().stream()
                .filter(damage -> damage.place() == Place.STORE || damage.place() == Place.OBJECT)
                .flatMap(damage -> damage.touched().stream())
                .map(Touched::version)
                .collect(Collectors.toSet());
        if (!incomplete.isEmpty()) {
            store.complete(incomplete);
        }
        return done;
    }
}
