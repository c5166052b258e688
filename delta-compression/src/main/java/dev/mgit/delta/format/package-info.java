/**
 * Readers that turn a checkpoint file into a {@link dev.mgit.delta.format.Layout}: the ordered byte ranges of the
 * file, some of which are tensors. Every reader is lossless by construction, since the ranges cover the file.
 */
@NullMarked
package dev.mgit.delta.format;

import org.jspecify.annotations.NullMarked;
