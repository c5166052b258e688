/**
 * Imports folders full of checkpoints: finds them, names them, and commits them parents first. Finding only reads.
 */
@NullMarked
package dev.mgit.lineage.imports;

import org.jspecify.annotations.NullMarked;
