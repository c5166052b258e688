/**
 * Residual coding: turns a block and a prediction of it into as few bytes as possible, and back bit for bit. Sees
 * bytes and a dtype; where a prediction comes from is not its business. No zstd type leaves this package.
 */
@NullMarked
package dev.mgit.delta.codec;

import org.jspecify.annotations.NullMarked;
