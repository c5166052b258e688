/**
 * The diff of two checkpoints: what is compared, and the result. Matching, measuring and reporting have a package
 * each.
 */
@NullMarked
package dev.mgit.lineage.diff;

import org.jspecify.annotations.NullMarked;
