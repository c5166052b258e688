/** Checkpoints between folders and the repository: commit, checkout, status and diff. */
@NullMarked
package dev.mgit.lineage.checkpoint;

import org.jspecify.annotations.NullMarked;
