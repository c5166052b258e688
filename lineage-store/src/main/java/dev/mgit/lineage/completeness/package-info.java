/** Finds out what a checkpoint names and does not have. */
@NullMarked
package dev.mgit.lineage.completeness;

import org.jspecify.annotations.NullMarked;
