/**
 * Residual coding: turns a block and a guess at it into as few bytes as possible, and back bit for bit. No zstd type
 * leaves this package.
 */
@NullMarked
package dev.mgit.delta.codec;

import org.jspecify.annotations.NullMarked;
