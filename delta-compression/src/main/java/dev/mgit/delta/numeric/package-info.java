/**
 * What the bytes of an element mean: floats and integers of every dtype to Java's numbers and back, and the rounding of
 * each dtype. Everything that computes with elements reads and writes them here. Knows dtypes and byte arrays only: no
 * tensors, no files, no predictors.
 */
@NullMarked
package dev.mgit.delta.numeric;

import org.jspecify.annotations.NullMarked;
