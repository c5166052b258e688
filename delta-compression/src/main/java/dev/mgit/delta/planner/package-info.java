/**
 * The search for a prediction: reads samples of a new tensor and of its candidates, tries likely predictors, and
 * decides from what each block is predicted. Its result can always be ignored: a worse plan costs bytes, never
 * correctness. Writes nothing.
 */
@NullMarked
package dev.mgit.delta.planner;

import org.jspecify.annotations.NullMarked;
