/**
 * Finds out what came from what by looking at weights: sketches of checkpoints, an index over them, and the reading of
 * families. See {@code docs/detection.md}.
 */
@NullMarked
package dev.mgit.lineage.detect;

import org.jspecify.annotations.NullMarked;
