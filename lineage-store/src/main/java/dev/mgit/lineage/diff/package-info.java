/**
 * What differs between two checkpoints: files, tensors matched by content, structure and name, the size of every
 * change, and one line that says it in plain words.
 */
@NullMarked
package dev.mgit.lineage.diff;

import org.jspecify.annotations.NullMarked;
