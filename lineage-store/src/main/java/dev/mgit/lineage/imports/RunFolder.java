package dev.mgit.lineage.imports;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The folder of a training run, as opposed to a checkpoint. */
public final class RunFolder {
    private RunFolder() {}

    /**
     * Whether a folder holds checkpoints of several steps, and no model beside them. {@code global_stepN} are parts that
     * DeepSpeed writes into a checkpoint.
     */
    public static boolean is(Path folder) throws IOException {
        if (!ModelFolders.isFolder(folder)) {
            return false;
        }
        List<Path> children = ModelFolders.children(folder);
        List<Path> own =
                children.stream().filter(child -> !ImportScan.isStep(child)).toList();
        List<Path> weights = own.stream().filter(ModelFolders::isWeights).toList();
        if (!weights.isEmpty() || ModelTree.isOne(folder, own, weights)) {
            return false;
        }
        for (Path child : children) {
            boolean part = ModelFolders.name(child).startsWith("global_step");
            if (!part && ImportScan.isStep(child) && ModelFolders.hasWeightsBelow(child)) {
                return true;
            }
        }
        return false;
    }
}
