/**
 * The vocabulary of lineage: versions, edges, manifests, and the contract of the store that keeps them. Values and
 * interfaces only: no file is opened here.
 */
@NullMarked
package dev.mgit.lineage.version;

import org.jspecify.annotations.NullMarked;
