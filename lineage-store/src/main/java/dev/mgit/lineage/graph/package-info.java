/** Questions to the lineage graph: who came from whom, who is affected, what changed where; answered from a snapshot. */
@NullMarked
package dev.mgit.lineage.graph;

import org.jspecify.annotations.NullMarked;
