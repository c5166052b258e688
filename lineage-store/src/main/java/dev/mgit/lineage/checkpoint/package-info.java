/**
 * Checkpoints between folders and the repository: what is read at a commit, and what is written at a checkout. Who may
 * commit, and what follows, is decided above.
 */
@NullMarked
package dev.mgit.lineage.checkpoint;

import org.jspecify.annotations.NullMarked;
