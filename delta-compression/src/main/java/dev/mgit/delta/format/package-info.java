/**
 * The door to the format readers: {@link dev.mgit.delta.format.Formats} picks the reader of a file, which turns it into a
 * {@link dev.mgit.delta.layout.Layout}. One format per package below; here is only what is asked about files of any format.
 * Every reader is lossless by construction, since the ranges of a layout cover the file.
 */
@NullMarked
package dev.mgit.delta.format;

import org.jspecify.annotations.NullMarked;
