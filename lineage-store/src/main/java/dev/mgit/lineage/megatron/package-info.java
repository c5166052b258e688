/** Puts the shards of Megatron-LM's legacy checkpoints together to the model they are parts of. */
@NullMarked
package dev.mgit.lineage.megatron;

import org.jspecify.annotations.NullMarked;
