/**
 * What a recipe declares its model to share with others, layers kept frozen, entangled or initialised from elsewhere, and
 * whether versions keep to it. Told by the hashes of tensors; no weight is read.
 */
@NullMarked
package dev.mgit.hooks.sharing;

import org.jspecify.annotations.NullMarked;
