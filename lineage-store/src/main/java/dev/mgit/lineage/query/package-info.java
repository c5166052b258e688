/**
 * Questions to the lineage graph: ancestry, blame, impact, staleness, bisection, search. Each answers from a snapshot
 * and changes nothing.
 */
@NullMarked
package dev.mgit.lineage.query;

import org.jspecify.annotations.NullMarked;
