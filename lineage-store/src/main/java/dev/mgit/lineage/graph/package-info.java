/**
 * The lineage as a graph in memory, and the index file it is loaded from. Derived from Git and never the truth;
 * questions about it live in {@code query}.
 */
@NullMarked
package dev.mgit.lineage.graph;

import org.jspecify.annotations.NullMarked;
