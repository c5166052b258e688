/**
 * Sparse updates: the elements in which one version's weights differ from another's, as the safetensors file in which
 * reinforcement learning sends them from the trainer to inference; written from two versions, and applied to one.
 */
@NullMarked
package dev.mgit.lineage.sparse;

import org.jspecify.annotations.NullMarked;
