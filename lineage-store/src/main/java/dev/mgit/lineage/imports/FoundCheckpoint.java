package dev.mgit.lineage.imports;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A checkpoint on disk.
 *
 * @param path a file or folder
 * @param name what its place suggests for the model's name, not yet made legal
 * @param group the folder whose checkpoints are versions of one model; the path itself where it stands alone
 * @param label which version of the group, for people: a commit of a hub, {@code checkpoint-500}; else empty
 * @param loose whether nothing but a name as {@code final} puts it into the group, so its weights have to agree
 * @param when the weights were last written
 */
public record FoundCheckpoint(Path path, String name, Path group, String label, boolean loose, Instant when) {}
