/**
 * Maintenance of a repository: what is live, garbage collection, repacking, checking, disk usage. Removes nothing that
 * anything live needs.
 */
@NullMarked
package dev.mgit.lineage.maintain;

import org.jspecify.annotations.NullMarked;
