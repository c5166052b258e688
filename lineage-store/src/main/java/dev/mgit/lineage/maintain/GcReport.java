package dev.mgit.lineage.maintain;

import java.util.List;
import java.util.Optional;

/**
 * What a clean-up did, or would do.
 *
 * @param operations entries dropped from the operation log
 * @param versions versions removed
 * @param gitObjects Git objects removed, those of versions included
 * @param objects tensors and other byte ranges removed from the parameter store
 * @param blocks blocks removed
 * @param blockBytes bytes the frames of those blocks took
 * @param liveBlocks blocks that stay
 * @param repacked what recoding did, if it was asked for
 * @param dropped the training state that was given up, if that was asked for
 * @param bytesBefore bytes of all files of the repository before
 * @param bytesAfter the same after; of a dry run, as before
 */
public record GcReport(
        boolean dryRun,
        int operations,
        int versions,
        int gitObjects,
        long objects,
        long blocks,
        long blockBytes,
        long liveBlocks,
        Optional<Repacked> repacked,
        Optional<Dropped> dropped,
        long bytesBefore,
        long bytesAfter) {
    /**
     * What recoding did.
     *
     * @param blocks blocks whose frame was replaced
     * @param rebased those of them whose chain was too long
     * @param bytesBefore bytes of the replaced frames
     * @param bytesAfter bytes of the new ones
     */
    public record Repacked(long blocks, long rebased, long bytesBefore, long bytesAfter) {}

    /**
     * Training state that was given up.
     *
     * @param models those that had some
     * @param recoded blocks that were predicted from some and are no longer
     */
    public record Dropped(List<OfModel> models, Repacked recoded) {
        public Dropped {
            models = List.copyOf(models);
        }
    }

    /**
     * Training state given up of one model.
     *
     * @param bytes sizes of the files
     */
    public record OfModel(String model, int versions, int files, long bytes) {}
}
