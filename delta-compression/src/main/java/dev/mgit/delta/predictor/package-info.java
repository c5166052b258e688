/**
 * Predictors: pure functions from the bytes of stored tensors to a prediction of a block. A prediction need not be
 * right, only close; the residual coder makes up the difference exactly. One predictor is one class and one line in
 * {@link dev.mgit.delta.predictor.Predictors}. No search, no sampling and no reading of stores: that is the planner's.
 */
@NullMarked
package dev.mgit.delta.predictor;

import org.jspecify.annotations.NullMarked;
