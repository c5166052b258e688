/**
 * Predictors: pure functions from the bytes of already stored tensors to a guess at a block. A guess need not be
 * right, only close; the residual coder makes up the difference exactly.
 */
@NullMarked
package dev.mgit.delta.predict;

import org.jspecify.annotations.NullMarked;
