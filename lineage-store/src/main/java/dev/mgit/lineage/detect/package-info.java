/**
 * Lineage detection: finds which checkpoint was derived from which by their weights, from sketches and an index over
 * them. See {@code docs/detection.md}. Suggests edges; records none.
 */
@NullMarked
package dev.mgit.lineage.detect;

import org.jspecify.annotations.NullMarked;
