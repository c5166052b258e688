/**
 * Frames: the stored form of a block, self-describing down to the blocks it is predicted from. The byte grammar is in
 * {@code docs/format-frame.md}. Payloads stay opaque here.
 */
@NullMarked
package dev.mgit.delta.frame;

import org.jspecify.annotations.NullMarked;
