/** The lineage graph on Git and the parameter store on RocksDB, and what is done with both: commit, checkout, diff, gc. Never talks to a terminal. */
@NullMarked
package dev.mgit.lineage;

import org.jspecify.annotations.NullMarked;
