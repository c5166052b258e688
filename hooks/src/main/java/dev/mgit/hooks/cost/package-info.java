/**
 * What it costs to run a model: sizes and operations from its dimensions, and the idealized runtime of "Cheaply Estimating
 * Inference Efficiency Metrics for Autoregressive Transformer Models" (2305.02440) from measurements. Runs nothing.
 */
@NullMarked
package dev.mgit.hooks.cost;

import org.jspecify.annotations.NullMarked;
