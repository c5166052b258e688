/**
 * The tensors of one checkpoint, opened to be read as numbers, under their parameter names, quantized ones
 * dequantized. For diff, detection and merging alike; compares nothing itself.
 */
@NullMarked
package dev.mgit.lineage.tensors;

import org.jspecify.annotations.NullMarked;
