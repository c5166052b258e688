/**
 * The diff of two checkpoints: what is compared, what changed in files, layers and tensors, and what to say of it in a
 * sentence. Matching and measuring have packages below, and so does printing, which alone may know this one.
 */
@NullMarked
package dev.mgit.lineage.diff;

import org.jspecify.annotations.NullMarked;
