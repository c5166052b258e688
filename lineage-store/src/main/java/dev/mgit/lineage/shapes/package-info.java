/**
 * A model's dimensions, read from headers and {@code config.json} alone, and what GPUs think of them. Reads no weights
 * and measures nothing.
 */
@NullMarked
package dev.mgit.lineage.shapes;

import org.jspecify.annotations.NullMarked;
