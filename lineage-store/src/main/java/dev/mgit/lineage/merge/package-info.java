/** Merging the weights of models that share an ancestor. */
@NullMarked
package dev.mgit.lineage.merge;

import org.jspecify.annotations.NullMarked;
