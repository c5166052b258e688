/**
 * Which tensor of one checkpoint corresponds to which of the other: by content, by structure, by name. Measures no
 * change.
 */
@NullMarked
package dev.mgit.lineage.diff.match;

import org.jspecify.annotations.NullMarked;
