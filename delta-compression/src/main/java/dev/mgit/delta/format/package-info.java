/**
 * The door to the format readers: a reader turns a file into a {@link dev.mgit.delta.format.Layout}, the ordered byte
 * ranges of the file, some of which are tensors. Every reader is lossless by construction, since the ranges cover the
 * file. What several formats share lives here, one format per package below. No reader executes anything, writes
 * anything, or believes a length before it is checked.
 */
@NullMarked
package dev.mgit.delta.format;

import org.jspecify.annotations.NullMarked;
