package dev.mgit.lineage.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.frame.Frame;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.TaskGraph;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A line of versions longer than a chain may be; made. */
class ChainsTest {
    private static final int MOST = 4;

    @TempDir
    private Path folder;

    /** However long the line, no block is too deep and none is stored without its parents for being so. */
    @Test
    void everyVersionIsPredictedAndNoneIsTooDeep() throws IOException {
        List<VersionId> versions = new ArrayList<>();
        List<MadeModel> models = TaskGraph.of(1, new ModelShape(200, 64, 1, Element.F32), 1, 11, 4.5e-4);
        try (var made = new MadeRepository(folder)) {
            for (MadeModel model : models) {
                versions.add(made.commit(model, model.parents().toArray(String[]::new)));
            }
            try (ParameterStore store = made.repository().parameters()) {
                int[] deepest = new int[1];
                store.forEachBlock((id, frame) ->
                        deepest[0] = Math.max(deepest[0], Frame.parse(frame).depth()));
                assertThat(deepest[0]).isEqualTo(MOST);
            }
            long alone = new DiskUsage(made.repository(), CopyProgress.none())
                    .measure(List.of()).representations().stream()
                            .filter(way -> way.predictor().equals("none"))
                            .mapToLong(DiskUsageReport.Representation::rawBytes)
                            .sum();
            // the base, and each version's header and norms
            assertThat(alone).isLessThan(models.get(0).byteLength() * 5 / 4);
            made.requireSame(versions.get(11), "task-1-v11");
            assertThat(made.fsck().isClean()).isTrue();
        }
    }
}
