/**
 * Frames: the stored form of a block, self-describing down to the blocks it was predicted from. The byte grammar is
 * written in {@code docs/format-frame.md}.
 */
@NullMarked
package dev.mgit.delta.frame;

import org.jspecify.annotations.NullMarked;
