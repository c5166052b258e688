package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What to check out where.
 *
 * @param model name under which the folder's next version would be committed
 * @param files paths to write; empty for all
 * @param tensors names; if given, only these tensors are written, as safetensors
 * @param weightsOnly leave out files of training state
 * @param force overwrite files that were changed
 */
public record CheckoutRequest(
        VersionId version,
        String model,
        Path folder,
        Optional<Glob> files,
        Optional<Glob> tensors,
        boolean weightsOnly,
        boolean force) {
    public static CheckoutRequest whole(VersionId version, String model, Path folder) {
        return new CheckoutRequest(version, model, folder, Optional.empty(), Optional.empty(), false, false);
    }
}
