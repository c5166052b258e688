/** Takes in folders full of checkpoints: finds them, names them, and commits them parents first. */
@NullMarked
package dev.mgit.lineage.imports;

import org.jspecify.annotations.NullMarked;
