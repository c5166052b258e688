/**
 * Merges as versions: tests decide, the result becomes a version, its recipe makes it again. How weights are merged is
 * {@code dev.mgit.lineage.merge}'s.
 */
@NullMarked
package dev.mgit.hooks.merge;

import org.jspecify.annotations.NullMarked;
