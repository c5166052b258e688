/** What {@code torch.save} writes, zip archives and bare pickles, and {@code torch.distributed.checkpoint} with it. */
@NullMarked
package dev.mgit.delta.format.torch;

import org.jspecify.annotations.NullMarked;
