/** The vocabulary of lineage: versions, edges, manifests, and the contract of the store that keeps them. */
@NullMarked
package dev.mgit.lineage.version;

import org.jspecify.annotations.NullMarked;
