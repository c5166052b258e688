/**
 * Tensors, layouts and their compression: what a checkpoint file is made of, how a tensor is predicted from the models
 * it came from, and how the rest is coded. Only what several of the packages below need lives here. Nothing here or
 * below knows RocksDB, Git or the command line.
 */
@NullMarked
package dev.mgit.delta;

import org.jspecify.annotations.NullMarked;
