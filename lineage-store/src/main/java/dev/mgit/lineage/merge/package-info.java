/**
 * Merging the weights of models that share an ancestor: planned from manifests, computed in a stream. Making the
 * result a version is not its business.
 */
@NullMarked
package dev.mgit.lineage.merge;

import org.jspecify.annotations.NullMarked;
