/**
 * The lineage drawn: as text lanes, SVG, HTML, and for other programs. Names and messages cannot break out of a
 * format.
 */
@NullMarked
package dev.mgit.lineage.drawing;

import org.jspecify.annotations.NullMarked;
