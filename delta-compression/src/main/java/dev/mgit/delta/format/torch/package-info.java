/**
 * What {@code torch.save} writes: zip archives and bare pickles. Pickles are parsed as inert data and never executed.
 */
@NullMarked
package dev.mgit.delta.format.torch;

import org.jspecify.annotations.NullMarked;
