/** The lineage contract's tests, and the lineage in memory that other tests build on. */
@NullMarked
package dev.mgit.lineage.version;

import org.jspecify.annotations.NullMarked;
