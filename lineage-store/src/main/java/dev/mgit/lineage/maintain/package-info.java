/** Upkeep of a repository: what is live, removing the rest, recoding, checking, and where the bytes go. */
@NullMarked
package dev.mgit.lineage.maintain;

import org.jspecify.annotations.NullMarked;
