package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.version.VersionId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a commit did.
 *
 * @param sameAs the version of another model that the folder was checked out from, if that is all it holds
 * @param bytes of all files
 * @param newBytes raw bytes of the blocks that were not in the store
 * @param storedBytes bytes those blocks take there
 * @param choosing processor time spent choosing predictions
 * @param sampling processor time spent reading samples of parents to choose by; much of what is decoded for it is kept
 *     and used again
 * @param leftovers files among those stored that look like leftovers of tools: locks, caches, temporary files
 * @param findings what was noticed about the files: those kept as opaque bytes, and what is missing
 * @param loss what is not as it was on disk; empty if every bit is
 */
public record CommitResult(
        VersionId version,
        String model,
        Optional<VersionId> previous,
        List<CommitRequest.Origin> origins,
        Optional<VersionId> sameAs,
        int files,
        int tensors,
        long bytes,
        long newBytes,
        long storedBytes,
        Duration choosing,
        Duration sampling,
        List<String> ignored,
        List<String> leftovers,
        Findings findings,
        Optional<LossReport> loss) {}
