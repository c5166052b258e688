/** Compares the experts of mixtures one by one, whatever layout and order they are kept in. */
@NullMarked
package dev.mgit.lineage.diff.experts;

import org.jspecify.annotations.NullMarked;
